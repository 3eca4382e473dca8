"""Recorded traffic of the hosted APIs: what real servers sent is not to be called wrong."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from run_contracts import violations
from run_contracts.checks import outcomes
from run_contracts.contract.loading import load
from run_contracts.contract.readings import dialect_on
from run_contracts.recordings.file_reading import entries
from run_contracts.recordings.recorded import Recorded
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange, Request, Response

FEWEST_FILES = 150
FEWEST_EXCHANGES = 400
FEWEST_STEPS = 150
"""Pairs of observations of one run that followed one another."""
FEWEST_DECISIONS = 20_000
BASE = "https://recorded.example"


def live_rows(recorded: Path) -> Iterator[dict[str, str]]:
    """Yield what is known of each answer that a hosted service was recorded sending."""
    with (recorded / "index.csv").open(encoding="utf-8") as file:
        yield from (row for row in csv.DictReader(file) if row["kind"] == "recorded-live")


def dialect_of_row(row: dict[str, str]) -> str | None:
    """Return the dialect a file was recorded in, by family, edition and day."""
    day = dt.date.fromisoformat(row["recorded"])
    return dialect_on(day, family=row["dialect"], edition=row["api_version"])


def test_every_recorded_answer_holds(recorded: Path) -> None:
    """Each answer, judged alone under its dialect, breaks no requirement, MUST or SHOULD."""
    judged, broken = 0, []
    for row in live_rows(recorded):
        contract = load(row["api_version"], dialect=dialect_of_row(row))
        (entry,) = entries(recorded / row["file"])
        assert isinstance(entry, Recorded)
        exchanges = (entry.exchange(1, row["api_version"]),)
        judgements = list(outcomes(Evidence(contract=contract, exchanges=exchanges)))
        judged += any(not one.requirement.startswith("RUN-BODY") for one in judgements)
        broken += [f"{row['file']}: {one.violation}" for one in judgements if one.violation]
    assert broken == []
    assert judged >= FEWEST_FILES


def test_every_recorded_exchange_holds(recorded: Path) -> None:
    """The exchanges of each era and dialect, in order, break no requirement that is a MUST.

    Each is taken with its request, so that refusals, identity and echo are judged too.
    """
    by_file = {row["file"]: row for row in live_rows(recorded)}
    judged, broken = 0, []
    for line in (recorded / "exchanges.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        row = by_file.get(entry["file"])
        if row is None:
            continue
        exchange = exchange_of(entry, row, (recorded / row["file"]).read_bytes())
        contract = load(row["api_version"], dialect=dialect_of_row(row))
        for outcome in outcomes(Evidence(contract=contract, exchanges=(exchange,))):
            judged += 1
            if outcome.violation is not None:
                broken.append(
                    f"{entry['method']} {entry['path']} {row['file']}: {outcome.violation}"
                )
    assert sorted(set(broken)) == []
    assert judged >= FEWEST_EXCHANGES


def test_every_recorded_history_holds(recorded: Path) -> None:
    """What was recorded together, in the order of its dates, breaks no requirement at all.

    Each recording is read by the dialect that was spoken on its day. It may be a part of what
    was said, so what is missing proves nothing.
    """
    decided, broken, steps = 0, [], 0
    for (source, edition, dialect), exchanges in histories(recorded).items():
        evidence = Evidence(contract=load(edition, dialect=dialect), exchanges=tuple(exchanges))
        steps += sum(1 for history in evidence.histories.values() for _ in history.pairs())
        for outcome in outcomes(evidence):
            decided += 1
            if outcome.violation is not None:
                broken.append(f"{source}: {outcome.exchange}: {outcome.violation}")
    assert broken == []
    assert steps >= FEWEST_STEPS
    assert decided >= FEWEST_DECISIONS


def histories(recorded: Path) -> dict[tuple[str, str, str | None], list[Exchange]]:
    """Return the exchanges of each recording, oldest first, by source, edition and dialect."""
    rows = {row["file"]: row for row in live_rows(recorded)}
    lines = (recorded / "exchanges.jsonl").read_text(encoding="utf-8").splitlines()
    known = [entry for entry in map(json.loads, lines) if entry["file"] in rows]
    groups: dict[tuple[str, str, str | None], list[Exchange]] = {}
    for entry in sorted(known, key=_moment):
        row = rows[entry["file"]]
        group = groups.setdefault((entry["source"], row["api_version"], dialect_of_row(row)), [])
        exchange = exchange_of(entry, row, (recorded / row["file"]).read_bytes())
        group.append(replace(exchange, number=len(group) + 1, seen_at=_moment(entry)))
    return groups


def _moment(entry: dict[str, str]) -> float:
    """Return when an exchange was recorded, in seconds since the epoch; 0 if that is unknown."""
    return parsedate_to_datetime(entry["date"]).timestamp() if entry["date"] else 0.0


def exchange_of(entry: dict[str, object], row: dict[str, str], body: bytes) -> Exchange:
    """Return a recorded exchange."""
    request = Request(
        method=str(entry["method"]),
        url=BASE + str(entry["path"]),
        body=str(entry["request_body"] or "").encode(),
    )
    content_type = str(entry["content_type"] or "application/json")
    status = int(str(entry["status"]))
    response = Response(status=status, headers=(("Content-Type", content_type),), body=body)
    return Exchange(number=1, edition=row["api_version"], request=request, response=response)


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_published_reading_refuses_every_recorded_run(recorded: Path, edition: str) -> None:
    """This is why the contract is the published one corrected by evidence."""
    files = [
        row["file"]
        for row in live_rows(recorded)
        if (row["object"], row["api_version"]) == ("thread.run", edition)
    ]
    values = [json.loads((recorded / file).read_text(encoding="utf-8")) for file in files]
    assert len(values) > 40
    assert all(violations(one, edition=edition, reading="published") for one in values)
