"""Traffic that is written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from run_contracts.checks import Outcome, outcomes
from run_contracts.contract.loading import load
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import NO_ANSWER, Exchange, Intent, Request, Response

RUN = "/threads/thread_1/runs/run_1"
JSON = (("Content-Type", "application/json"),)


class Traffic:
    """Exchanges with a server, written one by one."""

    def __init__(self, edition: str = "v2") -> None:
        self.edition = edition
        self.exchanges: list[Exchange] = []

    def add(  # noqa: PLR0913 - the parts of an exchange
        self,
        line: str,
        answer: Any,
        *,
        status: int = 200,
        body: Any = None,
        sent: bytes = b"",
        sent_headers: Any = (),
        intent: Intent = Intent.NONE,
        headers: Any = JSON,
        at: float = 0.0,
        together: int = 0,
        is_whole: bool = True,
    ) -> Traffic:
        """Add one request line, like ``GET /threads``, and its answer."""
        method, _, path = line.partition(" ")
        sent = json.dumps(body).encode() if body is not None else sent
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.exchanges.append(
            Exchange(
                number=len(self.exchanges) + 1,
                edition=self.edition,
                request=Request(
                    method=method, url=f"http://h/v1{path}", headers=sent_headers, body=sent
                ),
                response=Response(status=status, headers=headers, body=data, is_whole=is_whole),
                intent=intent,
                seen_at=at,
                together=together,
            )
        )
        return self

    def lose(self, line: str, **response: Any) -> Traffic:
        """Add a request that had no answer; what more is said is of its response."""
        self.add(line, b"", status=NO_ANSWER, headers=())
        last = self.exchanges[-1]
        said: dict[str, Any] = {"failure": "Server disconnected", "silences": 1} | response
        self.exchanges[-1] = replace(last, response=replace(last.response, **said))
        return self

    def results(
        self, requirement: str, *, is_whole: bool = True, is_alone: bool = False
    ) -> list[str]:
        """Return what the traffic says of a requirement: held, broken or not offered, in order."""
        return [
            "broken" if one.violation else "not offered" if one.not_offered else "held"
            for one in self.outcomes(requirement, is_whole=is_whole, is_alone=is_alone)
        ]

    def found(self, requirement: str) -> list[tuple[int, Any]]:
        """Return what was found where a requirement is broken, by the number of its exchange."""
        return [
            (one.exchange.number, one.violation.found)
            for one in self.outcomes(requirement)
            if one.violation
        ]

    def outcomes(
        self, *requirements: str, is_whole: bool = True, is_alone: bool = False
    ) -> Iterator[Outcome]:
        """Return what the traffic says of some requirements, or of all of them."""
        evidence = Evidence(
            contract=load(self.edition),
            exchanges=tuple(self.exchanges),
            is_whole=is_whole,
            is_alone=is_alone,
        )
        return outcomes(evidence, requirements or None)


CREATE = {"assistant_id": "asst_1"}
STREAM = (("Content-Type", "text/event-stream"),)


def stream(*events: tuple[str | None, Any]) -> bytes:
    """Return events as the bytes of a stream."""
    return b"".join(
        (f"event: {name}\n" if name else "").encode()
        + f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()
        for name, data in events
    )
