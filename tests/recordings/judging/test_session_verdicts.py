"""Exchanges of a recording are judged together, by host and key, and by what they speak."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from run_contracts.recordings.file_parts import Entries
from run_contracts.recordings.formats.entry_parts import request, response
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.part_verdict import MAY_BE_SHARED, PartVerdict, judged_part
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.recorded import Entry, Recorded, Unread
from run_contracts.traffic.exchange import Request
from tests.samples import NOW, page, refusal, run

RUNS = "/v1/threads/thread_1/runs"
RUN = f"{RUNS}/run_1"


def _asked(path: str, answered: Any, method: str = "GET", **more: Any) -> Recorded:
    """Return a recorded exchange: `status`, `key` and `host` may be given, and `sent`."""
    headers = {"Authorization": f"Bearer {more.get('key', 'a')}"}
    sent = json.dumps(more["sent"]).encode() if "sent" in more else b""
    return Recorded(
        request=request(method, f"http://{more.get('host', 'a.example')}{path}", headers, sent),
        response=response(more.get("status", 200), (), json.dumps(answered).encode()),
        at=more.get("at", 0.0),
    )


def _judged(*entries: Recorded) -> PartVerdict:
    return judged_part(Entries(name="x", entries=entries), AskedFor(), 99)


def _broken(*entries: Recorded) -> set[str]:
    return {one.requirement for one in _judged(*entries).said}


BACK = _asked(RUN, run("completed")), _asked(RUN, run("in_progress"))


def test_exchanges_of_one_client_are_a_history() -> None:
    """What was read later comes later."""
    assert _broken(*BACK) == {"RUN-LIFE-002"}


def test_other_hosts_and_keys_are_other_sessions() -> None:
    """The same id means another run elsewhere, and to somebody else."""
    first, second = BACK
    for elsewhere in ({"host": "b.example"}, {"key": "b"}):
        assert _broken(first, _asked(RUN, run("in_progress"), **elsewhere)) == set()
    assert _broken(replace(first, is_stub=True), replace(second, is_stub=True)) == set()


def test_what_another_key_may_have_changed_is_judged_alone() -> None:
    """Nobody knows what became of it in between; what was refused changed nothing."""
    first, second = BACK
    change = {"sent": {"metadata": {"k": "b"}}, "key": "b"}
    modified = _asked(RUN, run("completed", metadata={"k": "b"}), "POST", **change)
    refused = _asked(RUN, refusal(), "POST", status=404, **change)
    assert _broken(first, second) == {"RUN-LIFE-002"}
    assert _broken(first, modified, second) == set()
    assert _broken(first, refused, second) == {"RUN-LIFE-002"}


MODIFY = {"method": "POST", "sent": {"metadata": {"k": "b"}}, "key": "b"}
DELETE = {"method": "DELETE", "key": "b"}
DELETED = {"id": "thread_1", "object": "thread.deleted", "deleted": True}
AZURE = "/openai/threads/thread_1/runs/run_1?api-version="
AZURE_HOST = {"host": "x.openai.azure.com"}


def test_what_another_key_deleted_is_judged_alone() -> None:
    """A thread may be made again with its id."""
    first, second = BACK
    deleted = _asked("/v1/threads/thread_1", DELETED, **DELETE)
    assert _broken(first, deleted, second) == set()
    assert _broken(first, replace(deleted, response=response(404)), second) == {"RUN-LIFE-002"}


@pytest.mark.parametrize(
    ("method", "path", "shown"),
    [
        ("GET", "/v1/threads/thread_2/runs", page),
        ("GET", "/v1/threads/REDACTED/runs/REDACTED", dict),
        ("POST", "/v1/threads/runs", dict),
    ],
    ids=["list", "hidden", "created"],
)
def test_what_an_answer_is_about_may_have_been_changed_by_others_too(
    method: str, path: str, shown: Callable[[Any], Any]
) -> None:
    """A path need not name it: a list shows runs, and a creation the one that it made."""
    modified = _asked(RUN, run("completed", metadata={"k": "b"}), **MODIFY)
    first, second = (_asked(path, shown(run(one)), method) for one in ("completed", "in_progress"))
    assert "RUN-LIFE-002" in _broken(first, second)
    assert "RUN-LIFE-002" not in _broken(first, modified, second)


@pytest.mark.parametrize("spelled", ["A.EXAMPLE", "a.example:80", "A.example:80"])
def test_a_host_is_one_however_it_is_written(spelled: str) -> None:
    """Neither capitals nor the port that is meant anyhow make another server of it."""
    first, second = BACK
    assert _broken(first, replace(second, request=_at(second, spelled))) == {"RUN-LIFE-002"}
    modified = replace(CHANGED, request=_at(CHANGED, spelled))
    other_key = _asked(RUN, run("queued"), host=spelled, key="b")
    assert _found_alone(CREATED, modified) == ({"RUN-ECHO-003"}, False)
    assert _found_alone(CREATED, CHANGED, other_key) == (set(), True)


def _at(recorded: Recorded, host: str) -> Request:
    url = recorded.request.url.replace("a.example", host)
    return replace(recorded.request, url=url)


@pytest.mark.parametrize(
    "change",
    [
        _asked(AZURE + "2024-07-01-preview", run("completed"), "POST", sent={}, **AZURE_HOST),
        _asked("/openai/v1" + RUN.removeprefix("/v1"), {}, "POST", sent={}, **AZURE_HOST),
    ],
    ids=["api-version", "path"],
)
def test_what_was_changed_through_another_path_of_the_host_is_judged_alone(
    change: Recorded,
) -> None:
    """Azure has its objects under several paths and in several versions."""
    first, second = (
        _asked(AZURE + "2024-05-01-preview", run(one), **AZURE_HOST)
        for one in ("completed", "in_progress")
    )
    assert "RUN-LIFE-002" in _broken(first, second)
    assert "RUN-LIFE-002" not in _broken(first, change, second)


CREATED = _asked(
    RUNS,
    run("queued", metadata={"k": "a"}),
    "POST",
    sent={"assistant_id": "asst_1", "metadata": {"k": "a"}},
)
CHANGED = _asked(RUN, run("queued", metadata={"k": "b"}))


def _found_alone(*entries: Entry) -> tuple[set[str], bool]:
    """Return what is broken where somebody says that nobody else is at work, and any doubt."""
    verdict = judged_part(Entries(name="x", entries=entries), AskedFor(is_alone=True), 99)
    broken = {one.requirement for one in verdict.said if one.requirement}
    return broken, any(MAY_BE_SHARED in one.text for one in verdict.said)


def test_what_somebody_unseen_may_have_changed_is_no_defect() -> None:
    """Who says that nobody else is at work has it judged."""
    assert _broken(CREATED, CHANGED) == set()
    assert _found_alone(CREATED, CHANGED) == ({"RUN-ECHO-003"}, False)


@pytest.mark.parametrize(
    "beside",
    [
        _asked("/v1/threads/thread_2/runs/run_1", run("queued", thread_id="thread_2"), key="b"),
        replace(_asked(RUN, run("completed")), is_stub=True),
        Recorded(response=response(200, (), json.dumps(run("queued", id="run_2")).encode())),
        Unread("entry 3", "it has not the form that its recorder writes"),
    ],
)
def test_nobody_is_alone_beside_what_may_have_changed_things(beside: Entry) -> None:
    """Another session at the server, or what could not be read: the recording is doubted aloud."""
    assert _found_alone(CREATED, CHANGED, beside) == (set(), True)


def test_a_session_at_another_server_leaves_one_alone() -> None:
    """It cannot have changed anything there."""
    elsewhere = _asked(RUN, run("queued"), host="b.example", key="b")
    assert _found_alone(CREATED, CHANGED, elsewhere) == ({"RUN-ECHO-003"}, False)


def test_moments_decide_the_order() -> None:
    """Entries may stand in any order, if all of them say when they were asked for."""
    later, earlier = (replace(one, at=at) for one, at in zip(BACK, (20.0, 10.0), strict=True))
    assert _broken(later, earlier) == set()
    assert _broken(later, replace(earlier, at=0.0)) == {"RUN-LIFE-002"}


def test_what_was_under_way_together_has_no_order() -> None:
    """A read that began before another was answered may be answered with an older status."""
    first, second = (replace(one, at=at) for one, at in zip(BACK, (10.0, 10.5), strict=True))
    slow = replace(first, response=replace(first.response, seconds=2.0))
    assert _broken(slow, second) == set()
    assert _broken(first, second) == {"RUN-LIFE-002"}


def test_a_read_that_was_refused_for_something_else_is_no_missing_run() -> None:
    """Only 404 says that a created run is not there."""
    created = _asked(RUNS, run("queued"), "POST", sent={"assistant_id": "asst_1"})
    wrong = refusal(message="name the edition", code="invalid_beta")
    assert "RUN-CREATE-003" not in _broken(created, _asked(RUN, wrong, status=400))
    gone = _broken(created, _asked(RUN, run("queued")), _asked(RUN, wrong, status=404))
    assert "RUN-CREATE-003" not in gone


def test_ids_that_were_taken_out_say_nothing() -> None:
    """What somebody hid in a path is taken from the answer, and what is left is judged."""
    hidden = "/v1/threads/REDACTED/runs/{run_id}"
    assert _broken(_asked(hidden, run("completed"))) == set()
    assert _broken(_asked(hidden, run("completed", model=7))) == {"RUN-SHAPE-015"}
    assert "RUN-ID-011" in _broken(_asked("/v1/threads/thread_1/runs/run_2", run("completed")))


def test_other_endpoints_are_counted_apart() -> None:
    """They break nothing and verify nothing."""
    verdict = _judged(_asked("/v1/models", {"data": []}), _asked(RUN, run("completed")))
    assert verdict.answers == {Standing.BESIDE: 1, Standing.HOLDS: 1}


def test_the_dialect_of_a_session_is_found_and_told() -> None:
    """A gateway of Azure's refuses with a code and a message, and that holds."""
    bare = {"error": {"code": "404", "message": "Resource not found"}}
    path = f"/openai{RUN.removeprefix('/v1')}?api-version=2024-05-01-preview"
    verdict = _judged(
        _asked(path, bare, status=400, host="it.openai.azure.com"),
        _asked(path, run("completed", created_at=NOW), host="it.openai.azure.com"),
    )
    assert verdict.said == ()
    (spoken,) = verdict.spoken
    assert spoken.reason == "host it.openai.azure.com"


def test_a_cassette_of_several_years_is_judged_by_each() -> None:
    """What was recorded anew in part speaks what was spoken on each day."""
    old = run("completed", "v1", created_at=1_701_388_800, started_at=1_701_388_801)
    old |= {"completed_at": 1_701_388_802}
    lacked = ("usage", "required_action", "incomplete_details", "temperature", "tool_choice")
    lacked += ("max_prompt_tokens", "max_completion_tokens", "truncation_strategy", "top_p")
    old = {name: value for name, value in old.items() if name not in (*lacked, "response_format")}
    verdict = _judged(_asked(RUN, old), _asked(RUN.replace("run_1", "run_2"), run(id="run_2")))
    assert verdict.said == ()
    assert {one[:2] for one in verdict.spoken} == {("v1", "openai-2023-11"), ("v2", None)}


def _streamed(*names: str, end: str = "") -> Recorded:
    """Return a recorded stream of the events of a run."""
    frames = "".join(
        f"event: thread.run.{name}\ndata: {json.dumps(run(status))}\n\n"
        for name, status in (("created", "queued"), *((one, one) for one in names))
    )
    headers = {"Content-Type": "text/event-stream"}
    return Recorded(
        request=request("POST", f"http://a.example{RUNS}", (), b'{"stream": true}'),
        response=response(200, headers, (frames + end).encode()),
    )


def test_a_stream_that_was_left_early_is_not_cut_off() -> None:
    """Nobody knows who ended it, unless its run came to rest: then its end is missing."""
    assert "RUN-STREAM-003" not in _broken(_streamed("queued", "in_progress"))
    assert "RUN-STREAM-003" in _broken(_streamed("queued", "in_progress", "completed"))


def test_what_one_client_asked_in_a_row_is_judged_together() -> None:
    """Each entry of a file stands at a place of its own, and is by the same client all the same."""
    polls = [_asked(RUN, run("completed"), at=float(at)) for at in range(1, 40)]
    placed = tuple(replace(one, place=f"entry {at}") for at, one in enumerate(polls))
    part = Entries(name="x", entries=placed)
    assert {one.requirement for one in judged_part(part, AskedFor(judges="client"), 99).said} == {
        "CLIENT-POLL-001"
    }


@pytest.mark.parametrize("status", ["in_progress", "cancelling"])
def test_a_recording_does_not_say_how_long_a_run_may_take(status: str) -> None:
    """Nobody waits with what was recorded; only a check says how long it does."""
    polls = tuple(_asked(RUN, run(status), at=10.0 * at) for at in range(1, 20))
    assert _broken(*polls) == set()
    whole = judged_part(Entries(name="x", entries=polls, is_whole=True), AskedFor(), 99)
    waited_for = "RUN-LIFE-004" if status == "cancelling" else "RUN-LIFE-005"
    assert waited_for in {one.requirement for one in whole.said}


def test_a_part_of_a_recording_says_nothing_that_its_next_part_may_mend() -> None:
    """A run may end in the next part; a requirement that nothing mends is broken all the same."""
    polls = tuple(_asked(RUN, run("in_progress"), at=10.0 * at) for at in range(1, 20))
    for is_cut, said in ((True, False), (False, True)):
        part = Entries(name="x", entries=polls, is_cut=is_cut, is_whole=True)
        broken = {one.requirement for one in judged_part(part, AskedFor(), 99).said}
        assert ("RUN-LIFE-005" in broken) is said
    back = judged_part(Entries(name="x", entries=BACK, is_cut=True), AskedFor(), 99)
    assert {one.requirement for one in back.said} == {"RUN-LIFE-002"}
