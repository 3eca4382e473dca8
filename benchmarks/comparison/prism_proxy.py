"""Prism as a proxy that validates by our OpenAPI document, and our own watch in its place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.comparison.installs import of_npm, started_by_node
from benchmarks.comparison.over_network import free_port, listening, walked
from benchmarks.comparison.planted import EDITION, Told, planted, print_rows
from benchmarks.comparison.watched import watched
from benchmarks.counted import counted
from run_contracts.contract.operations import match
from run_contracts.making.answered_document import answered
from run_contracts.traffic.exchange import Exchange

PACKAGE = "@stoplight/prism-cli@5.16.0"
HEADER = "sl-violations"
"""The header of an answer in which Prism says what is wrong with it, or with its request."""
RIGHT = 2
"""How often the right server is asked."""
JOBS = 2


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """Prism as it is started, before the reference server with these faults."""

    start: tuple[str, ...]

    def told(self, faults: tuple[str, ...]) -> frozenset[str]:
        """Return what Prism tells of answers while the programs work through it."""
        port = free_port()
        with TemporaryDirectory() as folder, counted(*faults) as server:
            words = [*self.start, "proxy", str(document(Path(folder))), server.url]
            with listening([*words, "-p", str(port), "-v", "error"], port, Path(folder)):
                exchanges, _ = walked(f"http://127.0.0.1:{port}")
        return frozenset(_told(exchanges))


def measure(place: Path, faults: int) -> None:
    """Print what Prism says as a proxy, and what ``run-contracts watch`` says there."""
    proxy = Proxy(start=tuple(started_by_node(of_npm(place, PACKAGE), "prism")))
    chosen = planted(faults)
    servers = [*[()] * RIGHT, *((fault,) for fault in chosen)]
    rows = []
    with ProcessPoolExecutor(JOBS, mp_context=get_context("spawn")) as pool:
        for tool, told in ((f"{PACKAGE} proxy", proxy.told), ("run-contracts watch", watched)):
            found = list(pool.map(told, servers))
            of_faults = dict(zip(chosen, found[RIGHT:], strict=True))
            right = frozenset[str]().union(*found[:RIGHT])
            rows.append(Told(tool=tool, right=right, of_faults=of_faults))
    print_rows(*rows)


def document(folder: Path) -> Path:
    """Write our OpenAPI document into a folder; return the file."""
    file = folder / "openapi.json"
    file.write_text(json.dumps(answered(EDITION)), encoding="utf-8")
    return file


def _told(exchanges: Iterable[Exchange]) -> Iterator[str]:
    """Yield the kinds of complaint about answers: the operation, the code, the place."""
    for exchange in exchanges:
        known = match(EDITION, exchange.request.method, exchange.request.url)
        for name, value in exchange.response.headers:
            for one in json.loads(value) if name.lower() == HEADER else []:
                place = [str(part) for part in one["location"] if not _is_index(part)]
                if place[0] == "response":
                    yield f"{known[0].id if known else '?'} {one['code']} {'/'.join(place)}"


def _is_index(part: Any) -> bool:
    return str(part).isdigit()
