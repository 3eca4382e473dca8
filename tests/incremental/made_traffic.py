"""Exchanges of one client, made one by one, and what a judge finds in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from run_contracts.contract.loading import load
from run_contracts.factories import make_run
from run_contracts.incremental.judge import IncrementalJudge
from run_contracts.traffic.exchange import Exchange, Request, Response

JSON = (("Content-Type", "application/json"),)
URL = "http://judged.example/v1"
V2 = load("v2")


class Traffic:
    """Exchanges of one client, numbered as they come, a second apart."""

    def __init__(self) -> None:
        """Begin at one."""
        self._numbers = count(1)

    def of(self, method: str, path: str, value: Any, asked: Any = None, **more: Any) -> Exchange:
        """Return the next exchange."""
        number = next(self._numbers)
        body = b"" if asked is None else json.dumps(asked).encode()
        response = Response(status=200, headers=JSON, body=json.dumps(value).encode())
        return replace(
            Exchange(
                number=number,
                edition="v2",
                request=Request(method=method, url=URL + path, body=body),
                response=more.pop("response", response),
                seen_at=1_800_000_000.0 + number,
            ),
            **more,
        )

    def read(self, value: dict[str, Any], **more: Any) -> Exchange:
        """Return that a run was read."""
        path = f"/threads/{value['thread_id']}/runs/{value['id']}"
        return self.of("GET", path, value, **more)

    def lives(self, number: int) -> Iterator[Exchange]:
        """Yield reads of so many runs, each completed on a thread of its own."""
        for _ in range(number):
            yield self.read(make_run("completed"))


def judged(judge: IncrementalJudge, *exchanges: Exchange) -> list[str]:
    """Return the requirements that are found to be broken by some exchanges."""
    for exchange in exchanges:
        judge.add(exchange)
    return [one.requirement for one in judge.judged()]
