"""What belongs together: one server, one key, one life of it, in an order that is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from run_contracts.recordings.recorded import Recorded
from run_contracts.recordings.sessions import sessions
from run_contracts.traffic.exchange import Request, Response
from tests import samples
from tests.recordings.calls import ASKED, RUNS, STARTED, Call, calls
from tests.recordings.documents_of_calls import WRITERS
from tests.recordings.verdicts_of import verdicts_of

AZURE = "/openai/threads/thread_1/runs/run_1?api-version="
THREAD = Call(method="POST", path="/v1/threads", sent={}, answer=samples.thread(), at=STARTED - 1)


def _recorded(call: Call) -> Recorded:
    return Recorded(
        request=Request(method=call.method, url=call.url, body=call.sent_body.encode()),
        response=Response(
            status=call.status,
            headers=(("Content-Type", call.media_type),),
            body=call.body.encode(),
        ),
        at=call.at,
    )


def _numbers(every: list[Recorded]) -> list[list[str]]:
    """Return the places of what belongs together, session by session."""
    placed = [replace(one, place=str(at)) for at, one in enumerate(every)]
    return [
        [one.source.rpartition(", ")[2] for one in found.exchanges]
        for found in sessions(placed, "x", None)
    ]


def test_what_stands_before_the_paths_tells_servers_apart() -> None:
    """A gateway without hosts in its log may have several servers behind it."""
    paths = ("/v1/threads/t/runs/r", "/other/v1/threads/t/runs/r", "/v1/assistants/a")
    every = [_recorded(replace(calls()[1], path=path)) for path in paths]
    assert _numbers(every) == [["0", "2"], ["1"]]


def test_versions_of_azure_are_sessions_of_their_own() -> None:
    """Each speaks a dialect of its own."""
    versions = ("2024-02-15-preview", "2024-05-01-preview", "2024-02-15-preview")
    every = [
        _recorded(replace(calls()[1], path=AZURE + one, at=STARTED + at))
        for at, one in enumerate(versions)
    ]
    assert _numbers(every) == [["0", "2"], ["1"]]


def test_what_a_log_has_twice_counts_once() -> None:
    """The same exchange at the same moment is delivered again; at another one it was made again."""
    again = [_recorded(one) for one in calls()[:2]]
    assert _numbers(again * 2) == [["0", "1"]]
    later = replace(again[1], at=STARTED + 2)
    unknown = [replace(one, at=0.0) for one in again]
    assert _numbers([*again, later]) == [["0", "1", "2"]]
    assert _numbers(unknown * 2) == [["0", "1", "2", "3"]]


def test_a_fake_that_is_started_again_begins_anew(tmp_path: Path) -> None:
    """What it makes then has the ids of before, and nothing is wrong with that."""
    once = [THREAD, *calls()]
    late = [replace(one, at=one.at + 100) for one in once]
    file = tmp_path / "x.json"
    file.write_text(json.dumps(WRITERS["HAR"](once + late)))
    found = verdicts_of(file)
    assert found.broken == set(), found.said


def test_a_run_that_is_made_again_in_one_life_breaks_its_rule(tmp_path: Path) -> None:
    """A server that goes on gives no id to two runs."""
    again = Call(
        method="POST", path=RUNS, sent=ASKED, answer=samples.run("queued"), at=STARTED + 100
    )
    file = tmp_path / "x.json"
    file.write_text(json.dumps(WRITERS["HAR"]([THREAD, *calls(), again])))
    assert "RUN-ID-013" in verdicts_of(file).broken


def test_of_one_second_nothing_is_known_where_lines_have_no_order() -> None:
    """Lines out of order that share a moment may have come in any."""
    every = [replace(_recorded(one), at=STARTED) for one in calls()[:3]]
    out_of_order = [every[0], replace(every[0], at=STARTED - 9), *every[1:]]
    (found,) = sessions(out_of_order, "x", None)
    assert len({one.together for one in found.exchanges[1:]} - {0}) == 1
    (found,) = sessions(every, "x", None)
    assert {one.together for one in found.exchanges} == {0}


def test_what_has_no_moment_stands_alone_where_lines_have_no_order() -> None:
    """Where others stand out of order its place says nothing; where they stand in order it does."""
    first, undated, last = (
        replace(_recorded(one), at=at)
        for one, at in zip(calls(), (STARTED, 0.0, STARTED + 9), strict=False)
    )
    assert _numbers([first, undated, last]) == [["0", "1", "2"]]
    middle = replace(last, at=STARTED + 5)
    assert _numbers([last, undated, first, middle]) == [["2", "3", "0"], ["1"]]


def test_a_check_of_ours_is_one_session() -> None:
    """Its report has its own order, and everything that the server did in it counts."""
    every = [replace(_recorded(one), at=0.0, is_checked=True) for one in (THREAD, *calls())]
    assert len(_numbers(every * 2)) == 1
