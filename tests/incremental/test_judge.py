"""A judge of growing evidence: what it keeps, what it lets go, and what it never says too early."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from benchmarks.both_verdicts import keys

from run_contracts.checks import CHECKS
from run_contracts.factories import as_sse, factory, make_run
from run_contracts.incremental.judge import IncrementalJudge
from run_contracts.incremental.kept_at_most import KeptAtMost
from run_contracts.traffic.exchange import Exchange, Headers, Intent, Response
from tests.incremental.made_traffic import JSON, V2, Traffic, judged

STREAM = (("Content-Type", "text/event-stream"),)


def test_a_violation_is_found_as_soon_as_it_shows() -> None:
    """And only once, though its run is judged again."""
    traffic, judge = Traffic(), IncrementalJudge(V2)
    wrong = make_run("completed") | {"created_at": "now"}
    assert judged(judge, traffic.read(wrong)) == ["RUN-SHAPE-003"]
    assert judged(judge, traffic.read(wrong))[:1] == ["RUN-SHAPE-003"]
    assert judged(judge) == []
    assert judge.broken["RUN-SHAPE-003"] == 2


def test_what_ended_is_let_go() -> None:
    """However many runs there were, what is kept stays within the limits."""
    limits = KeptAtMost(quiet=10, of_all=50)
    traffic, judge = Traffic(), IncrementalJudge(V2, limits=limits)
    for exchange in traffic.lives(300):
        judge.add(exchange)
        assert len(judge.open_histories) <= limits.quiet + 2
    assert not list(judge.close())
    assert judge.exercised["RUN-SHAPE-001"] == 300


def test_a_run_that_goes_on_is_kept_while_others_come_and_go() -> None:
    """Its history is whole, however much came in between."""
    traffic = Traffic()
    judge = IncrementalJudge(V2, limits=KeptAtMost(quiet=5, of_all=40))
    slow = make_run("completed")
    judge.add(traffic.read(slow | {"status": "expired"}))
    ours = make_run("in_progress")
    judge.add(traffic.read(ours))
    for exchange in traffic.lives(30):
        judge.add(exchange)
    assert judge.open_histories[ours["id"]] == ["in_progress"]


def test_a_thread_goes_on_from_where_it_was_let_go() -> None:
    """An end that changes is found, though its run was judged for good long before."""
    traffic = Traffic()
    judge = IncrementalJudge(V2, limits=KeptAtMost(quiet=5))
    ended = make_run("completed")
    judge.add(traffic.read(ended))
    for exchange in traffic.lives(30):
        judge.add(exchange)
    assert ended["id"] not in judge.open_histories
    again = traffic.read(ended | {"status": "in_progress", "completed_at": None})
    assert "RUN-LIFE-002" in judged(judge, again)


def test_a_run_is_not_called_overdue_before_the_last_exchange() -> None:
    """It may expire with the next; if it never does, the end of all says so."""
    traffic, judge = Traffic(), IncrementalJudge(V2)
    waiting = make_run("requires_action")
    assert judged(judge, *_overdue(traffic, waiting, looks=30)) == []
    assert [one.requirement for one in judge.close()] == ["RUN-LIFE-008"]


def test_an_overdue_run_that_expires_holds() -> None:
    """Whatever was looked at before."""
    traffic, judge = Traffic(), IncrementalJudge(V2)
    waiting = make_run("requires_action")
    for exchange in _overdue(traffic, waiting, looks=30):
        assert judged(judge, exchange) == []
    expired = waiting | {"status": "expired", "required_action": None, "expires_at": None}
    assert judged(judge, traffic.read(expired)) == []
    assert list(judge.close()) == []
    assert judge.exercised["RUN-LIFE-008"] == 1


def _overdue(traffic: Traffic, waiting: dict[str, Any], *, looks: int) -> Iterator[Exchange]:
    """Yield that something younger than a run's expiry was made, and then looks at the run."""
    younger = {"id": "thread_younger", "object": "thread", "metadata": {}, "tool_resources": {}}
    younger |= {"created_at": waiting["expires_at"] + 1_000}
    yield traffic.of("POST", "/threads", younger, {})
    for _ in range(looks):
        yield traffic.read(waiting)


def test_a_run_through_two_threads_joins_them() -> None:
    """What belongs to one and is shown by the other is judged with both."""
    traffic = Traffic()
    judge = IncrementalJudge(V2)
    made = make_run("queued")
    asked = {"assistant_id": made["assistant_id"]}
    judge.add(traffic.of("POST", f"/threads/{made['thread_id']}/runs", made, asked))
    judge.add(traffic.read(make_run("completed")))
    through = traffic.of("GET", f"/threads/thread_other/runs/{made['id']}", made)
    assert "RUN-ID-014" in judged(judge, through)


def test_a_thread_that_never_rests_is_bounded() -> None:
    """Of one thread the newest exchanges are kept, and none is judged more than a few times."""
    limits = KeptAtMost(of_one=40)
    traffic, judge = Traffic(), IncrementalJudge(V2, limits=limits)
    busy = make_run("in_progress")
    for _ in range(500):
        judge.add(traffic.read(busy))
    assert list(judge.close()) == []
    assert judge.exercised["RUN-SHAPE-001"] == 500


def test_large_bodies_are_let_go_early() -> None:
    """What is kept is bounded in bytes, too, though all of it is about runs that go on."""
    limits = KeptAtMost(size=200_000)
    traffic, judge = Traffic(), IncrementalJudge(V2, limits=limits)
    for _ in range(40):
        judge.add(traffic.read(make_run("in_progress") | {"instructions": "x" * 20_000}))
    assert len(judge.open_histories) <= 10


def test_what_was_never_answered_costs_nothing_else() -> None:
    """A request without an answer is no evidence, and what came before it is judged."""
    traffic, judge = Traffic(), IncrementalJudge(V2)
    nothing = Response(status=0, failure="it hung up")
    ended = make_run("completed")
    wrong = ended | {"object": "run"}
    assert judged(judge, traffic.read(ended, response=nothing), traffic.read(wrong))
    assert judge.own_errors.total() == 0


def test_an_error_of_ours_costs_one_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is counted by the name of the check, and the others go on."""

    def broken_check(_evidence: object) -> Iterator[Any]:
        raise ZeroDivisionError
        yield

    monkeypatch.setitem(CHECKS, "RUN-LIFE-001", broken_check)
    traffic, judge = Traffic(), IncrementalJudge(V2)
    wrong = make_run("completed") | {"created_at": "now"}
    assert "RUN-SHAPE-003" in judged(judge, traffic.read(wrong))
    assert judge.own_errors == {"broken_check": 1}


def test_nothing_shows_nothing() -> None:
    """Without an exchange no requirement is exercised, and no violation found."""
    judge = IncrementalJudge(V2)
    assert list(keys(judge.close())) == []
    assert not judge.exercised


def test_what_is_kept_of_a_busy_thread_is_bounded_in_every_respect() -> None:
    """Runs whose exchanges were let go are forgotten, with their ids."""
    traffic, judge = Traffic(), IncrementalJudge(V2, limits=KeptAtMost(of_one=40))
    for _ in range(300):
        judge.add(traffic.read(make_run("in_progress") | {"thread_id": "thread_busy"}))
    assert len(judge.open_histories) <= 40


def test_a_tail_is_the_newest_of_its_thread() -> None:
    """A part that waited until more was known of the server does not come between."""
    traffic = Traffic()
    judge = IncrementalJudge(V2, limits=KeptAtMost(quiet=3, undecided=20))
    ended = make_run("completed", metadata={"k": "a"})
    error = {"error": {"message": "it has ended", "type": "invalid_request_error"}}
    refused = Response(status=400, headers=JSON, body=json.dumps(error).encode())
    path = f"/threads/{ended['thread_id']}/runs/{ended['id']}"

    def others() -> None:
        for exchange in traffic.lives(5):
            judge.add(exchange)

    judge.add(traffic.read(ended))
    judge.add(traffic.of("POST", f"{path}/cancel", None, response=refused))
    others()
    new = ended | {"metadata": {"k": "b"}}
    judge.add(traffic.of("POST", path, new, {"metadata": {"k": "b"}}))
    others()
    for _ in range(30):
        judge.add(traffic.of("POST", f"{path}x/cancel", None, response=refused))
    others()
    asked = {"tool_outputs": [{"tool_call_id": "call_1", "output": "x"}]}
    judge.add(traffic.of("POST", f"{path}/submit_tool_outputs", None, asked, response=refused))
    judge.add(traffic.read(new))
    assert "RUN-SUBMIT-005" not in {one.requirement for one in judge.close()}


def test_one_cancelled_run_shows_that_cancels_take_effect() -> None:
    """However many were completed all the same before."""
    traffic, judge = Traffic(), IncrementalJudge(V2, limits=KeptAtMost(quiet=3))
    for at in range(40):
        end = make_run("completed" if at < 30 else "cancelled")
        cancelling = make_run("cancelling") | {name: end[name] for name in ("id", "thread_id")}
        path = f"/threads/{end['thread_id']}/runs/{end['id']}"
        judge.add(traffic.of("POST", f"{path}/cancel", cancelling))
        judge.add(traffic.of("GET", path, cancelling | {"status": end["status"]}))
    list(judge.close())
    assert judge.exercised["RUN-CANCEL-008"]
    assert judge.broken["RUN-CANCEL-008"] == 0


def test_who_is_no_more_alone_is_judged_as_one_beside_others() -> None:
    """What was not judged yet may be somebody else's doing; what was found stays found."""
    for is_still, found in ((True, ["RUN-LIFE-007"]), (False, [])):
        traffic, judge = Traffic(), IncrementalJudge(V2, is_alone=True)
        waiting = make_run("requires_action", id="run_1", thread_id="thread_1")
        worked = waiting | {"status": "in_progress", "required_action": None}
        judge.add(traffic.read(waiting))
        judge.is_alone = is_still
        judge.add(traffic.read(worked))
        assert [one.requirement for one in judge.close()] == found


def test_a_refused_stream_is_judged_when_it_is_known_whether_the_server_streams() -> None:
    """A server that streams later may not refuse to; one that never does does not offer it."""
    for streams, times in ((True, 1), (False, 0)):
        traffic, judge = Traffic(), IncrementalJudge(V2, limits=KeptAtMost(quiet=3), is_alone=True)
        judge.add(_created(traffic, make_run("queued"), JSON))
        refusal = {"message": "no", "type": "invalid_request_error", "param": None, "code": None}
        judge.add(_created(traffic, {"error": refusal}, JSON, status=400, stream=True))
        for exchange in traffic.lives(10):
            judge.add(exchange)
        if streams:
            started = as_sse(factory("v2", seed=1).stream("completed"))
            judge.add(_created(traffic, started, STREAM, stream=True))
        assert [one.requirement for one in judge.close()].count("RUN-CREATE-001") == times


def _created(
    traffic: Traffic, answer: Any, headers: Headers, *, status: int = 200, **asked: Any
) -> Exchange:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    response = Response(status=status, headers=headers, body=text.encode())
    wish = {"assistant_id": "asst_1", "thread": {}, **asked}
    intent = Intent.ORDINARY
    return traffic.of("POST", "/threads/runs", None, wish, response=response, intent=intent)
