"""Kinds of streamed traffic: in how many recorded streams each is, and in how many made ones.

`python -m benchmarks kinds FOLDER` takes the folder of recorded traffic that the tests take, with
its `index.csv`; without one, the environment variable says where it is. Nothing of it is printed
but counts.
"""

from __future__ import annotations

import csv
import os
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.making import examples
from benchmarks.stream_kinds import kinds
from run_contracts import strategies
from run_contracts.contract.loading import load
from run_contracts.contract.operations import STREAM_TYPE
from run_contracts.contract.requirements import EDITIONS
from run_contracts.factories import as_sse, factory
from run_contracts.making.lives.stream_events import STREAM_ENDINGS
from run_contracts.recordings.file_reading import entries
from run_contracts.recordings.recorded import Recorded
from run_contracts.traffic.exchange import OK, Exchange, Request, Response
from run_contracts.traffic.streamed_events import StreamedEvent
from run_contracts.types import Edition

VARIABLE = "RUN_CONTRACTS_RECORDED"
STREAMS = 2000
LIVE = "recorded-live"
Events = Sequence[StreamedEvent]


def measure(arguments: list[str]) -> None:
    folder = Path(arguments[0] if arguments else os.environ.get(VARIABLE, ""))
    if not (folder / "index.csv").is_file():
        sys.exit(f"no index.csv in {str(folder)!r}; name the folder of recorded traffic")
    for edition in EDITIONS:
        columns = {
            "recorded": list(map(set, map(kinds, recorded(folder, edition)))),
            "drawn": list(map(set, map(kinds, drawn(edition)))),
            "made": list(map(set, map(kinds, made(edition)))),
        }
        print(f"kinds in streams of {edition}: how many have each, and where it is met first:")
        table(columns)


def _exchanges(file: Path, edition: Edition) -> Iterator[Exchange]:
    for number, one in enumerate(entries(file), start=1):
        if isinstance(one, Recorded):
            yield one.exchange(number, edition)


def recorded(folder: Path, edition: str) -> Iterator[Events]:
    """Yield the streams that were recorded of real servers."""
    with (folder / "index.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == LIVE]
    for row in rows:
        if row["api_version"] == edition and row["file"].endswith(".sse"):
            for exchange in _exchanges(folder / row["file"], edition):
                yield exchange.events


def drawn(edition: str) -> Iterator[Events]:
    """Yield streams that hypothesis drew."""
    _, found = examples(strategies.event_streams(edition=edition), 1, STREAMS)
    return (streamed(events, edition) for events in found)


def made(edition: str) -> Iterator[Events]:
    """Yield streams of a factory, of each ending and beginning alike."""
    source, maker = random.Random(1), factory(edition, seed=1)
    endings = [one for one in STREAM_ENDINGS if one in load(edition).lifecycle.statuses]
    for _ in range(STREAMS):
        start: Any = source.choice([{}, {"resumed": True}, {"with_thread": True}])
        yield streamed(maker.stream(source.choice(endings), **start), edition)


def streamed(events: Sequence[Any], edition: str) -> Events:
    """Return made events as a client reads them."""
    headers = (("Content-Type", STREAM_TYPE),)
    answer = Response(status=OK, headers=headers, body=as_sse(events).encode())
    request = Request(method="", url="")
    return Exchange(number=1, edition=edition, request=request, response=answer).events


def table(columns: dict[str, list[set[str]]]) -> None:
    """Print for each kind the share of the streams that have it, and the first that has."""
    names = sorted({kind for streams in columns.values() for kind in set().union(*streams)})
    counts = {
        name: Counter(kind for one in streams for kind in one) for name, streams in columns.items()
    }
    sizes = "".join(f"{f'{name} ({len(streams):,})':>24}" for name, streams in columns.items())
    print(f"  {'':<40}{sizes}")
    for kind in names:
        cells = (cell(counts[name][kind], kind, streams) for name, streams in columns.items())
        print(f"  {kind:<40}{''.join(cells)}".rstrip())


def cell(found: int, kind: str, streams: Iterable[set[str]]) -> str:
    if not found:
        return f"{'-':>24}"
    first = next(at for at, one in enumerate(streams, start=1) if kind in one)
    return f"{found:>10,}{f'first {first}':>14}"
