"""Nothing is judged across what could not be read: it may have been anything."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from run_contracts.recordings import entries_at_once
from run_contracts.recordings.bodies_apart import BodiesApart
from run_contracts.recordings.entries_at_once import document_parts
from run_contracts.recordings.file_parts import Entries
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.part_verdict import judged_part
from run_contracts.recordings.recorded import Entry, Recorded, Unread
from run_contracts.recordings.unread_gaps import with_gaps
from run_contracts.traffic.exchange import Request, Response
from tests import samples
from tests.recordings.calls import ASKED, RUNS, STARTED, Call, calls
from tests.recordings.verdicts_of import verdicts_of

UNREAD = Unread("", "no JSON")
THREAD = Call(method="POST", path="/v1/threads", sent={}, answer=samples.thread(), at=STARTED - 1)
AGAIN = Call(method="POST", path=RUNS, sent=ASKED, answer=samples.run("queued"), at=STARTED + 100)


def _lines(every: Iterable[Call]) -> list[str]:
    return [
        json.dumps(
            {"time": one.at, "method": one.method, "url": one.url, "status": one.status}
            | {"request_body": one.sent_body, "response_body": one.body}
            | {"response_headers": {"content-type": one.media_type}}
        )
        for one in every
    ]


@pytest.mark.parametrize("is_dated", [True, False])
def test_a_server_that_may_have_been_started_again_breaks_nothing(
    tmp_path: Path, *, is_dated: bool
) -> None:
    """The line that cannot be read may be that of the thread that it made anew."""
    every = [replace(one, at=one.at * is_dated) for one in (THREAD, *calls(), AGAIN)]
    *lines, again = _lines(every)
    file = tmp_path / "x.jsonl"
    file.write_text("\n".join([*lines, again]))
    assert "RUN-ID-013" in verdicts_of(file).broken
    file.write_text("\n".join([*lines, again[: len(again) // 2], again]))
    found = verdicts_of(file)
    assert found.broken == set(), found.said


def _reads(*moments: float) -> list[Recorded]:
    body = json.dumps(samples.run("completed")).encode()
    received = (("Content-Type", "application/json"),)
    return [
        Recorded(
            request=Request(method="GET", url="http://h/v1/threads/thread_1/runs/run_1"),
            response=Response(status=200, headers=received, body=body),
            at=at,
        )
        for at in moments
    ]


def _gaps(entries: Iterable[Entry]) -> list[int]:
    return [one.gaps for one in with_gaps(list(entries)) if isinstance(one, Recorded)]


def test_each_stands_alone_where_nobody_knows_when_that_was() -> None:
    """In the order of time what could not be read has a place; else it may be anywhere."""
    assert _gaps([*_reads(1, 2), UNREAD, *_reads(3, 4)]) == [0, 0, 1, 1]
    assert _gaps([*_reads(4, 3), UNREAD, *_reads(2, 1)]) == [0, 0, 1, 1]
    assert len(set(_gaps([*_reads(3, 1), UNREAD, *_reads(4, 2)]))) == 4
    assert _gaps(_reads(3, 1, 4, 2)) == [0, 0, 0, 0]


def test_a_document_that_is_cut_keeps_its_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be read stands in the first part; the others know of it all the same."""
    monkeypatch.setattr(entries_at_once, "MOST_TOGETHER", 3)
    every: list[Entry] = [*_reads(1, 2, 3), *_reads(4), UNREAD, *_reads(5)]
    _, last = document_parts(every, BodiesApart("-"), "x", "a form")
    first_gaps, last_gaps = (one.gaps for one in last.entries[-2:] if isinstance(one, Recorded))
    assert first_gaps < last_gaps


@pytest.mark.parametrize("judges", ["server", "client"])
def test_what_stands_on_either_side_is_judged(judges: str) -> None:
    """One who asks too often does so before it and after it, and not by both together."""
    broken = {"server": set(), "client": {"CLIENT-POLL-001"}}[judges]
    asked = AskedFor(judges=judges)  # type: ignore[arg-type]
    half = range(1, 30)
    few = Entries(name="x", entries=(*_reads(1.0), UNREAD, *_reads(2.0)))
    many = Entries(name="x", entries=(*_reads(*half), UNREAD, *_reads(*(at + 30 for at in half))))
    assert {one.requirement for one in judged_part(few, asked, 99).said if one.requirement} == set()
    verdict = judged_part(many, asked, 99)
    assert {one.requirement for one in verdict.said if one.requirement} == broken
