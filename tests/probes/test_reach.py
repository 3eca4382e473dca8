"""Probes need only what they need: what a server lacks costs what shows it, and no more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from run_contracts.client.session import Session
from run_contracts.contract.loading import load
from run_contracts.engine.cleaning_up import CLEANING
from run_contracts.engine.runner import check
from run_contracts.events import (
    Decided,
    Event,
    Exchanged,
    Finished,
    OperationSeen,
    ProbeEnded,
    Surveyed,
    exchanges,
)
from run_contracts.probes import Blocked, Inconclusive, ProbeContext
from run_contracts.probes.forcing import Forcing
from run_contracts.probes.pace import SHORT_WAIT, RunPatience
from tests.probes.lacking import (
    PATIENCE,
    checked,
    connected,
    lacking,
    operations_sent,
    results,
    right,
)

MOST_OF_SMOKE = 80
"""Requests of a smoke check at most."""
MESSAGES = 20
"""Messages of a whole page, as one probe asks for."""
ROUTERS = {"detail": "Not Found"}
NO_ASSISTANT = {"error": {"message": "No assistant.", "type": "x", "param": None, "code": None}}


def test_runs_are_had_without_threads_of_their_own() -> None:
    """Where a thread cannot be created together with its run, one comes after the other."""
    said = results(checked(lacking("createThreadAndRun", answer=ROUTERS)))
    assert said["RUN-CANCEL-001"] == said["RUN-LIST-009"] == said["RUN-ID-016"] == "pass"


def test_threads_are_had_from_runs() -> None:
    """Where threads are only created with a run, that run's thread serves."""
    said = results(checked(lacking("createThread", answer=ROUTERS)))
    assert said["RUN-LIFE-001"] == said["RUN-LIST-007"] == said["RUN-SUBMIT-001"] == "pass"


def test_runs_are_had_where_no_thread_takes_any() -> None:
    """A run on a thread of its own is a run, too, and so many are not made without end."""
    events = checked(lacking("createRun", answer=ROUTERS))
    assert results(events)["RUN-STATUS-004"] == "pass"
    assert sum(one.source != CLEANING for one in exchanges(events)) <= 80


def test_runs_are_had_without_assistants() -> None:
    """Where none can be made and any will do, runs are asked for by one that nobody made."""
    events = checked(lacking("createAssistant", answer=ROUTERS), "RUN-ERR-012")
    said = results(events)
    assert said["RUN-LIFE-001"] == said["RUN-SUBMIT-001"] == said["RUN-STREAM-001"] == "pass"
    assert said["RUN-CREATE-001"] == "pass"
    (reason,) = (one.reason for one in _operations(events) if one.operation == "createRun")
    assert reason == "takes an assistant that nobody made; none can be made"


@pytest.mark.parametrize("refusal", [None, {"detail": "Assistant not found"}, NO_ASSISTANT])
def test_an_assistant_that_nobody_made_may_be_refused(refusal: Any) -> None:
    """However it is: it is asked for once, and nothing is broken or missing for it."""

    def change(operation: str, _: Any, status: int, answer: Any) -> tuple[int, Any]:
        if operation == "createAssistant":
            return 404, ROUTERS
        return (404, refusal) if operation == "createRun" and refusal else (status, answer)

    events = checked(change)
    assert operations_sent(events).count("createRun") == 1
    assert "fail" not in results(events).values()
    reasons = {one.reason for one in events if isinstance(one, Decided) and one.result == "blocked"}
    assert all("does not offer POST /assistants; give --assistant-id" in one for one in reasons)
    assert not any(one.state in ("missing", "broken") for one in _operations(events))


def _operations(events: list[Event]) -> list[OperationSeen]:
    (surveyed,) = (one for one in events if isinstance(one, Surveyed))
    return list(surveyed.operations)


def test_a_server_that_knows_few_fields_is_asked_plainly() -> None:
    """That it refuses others is one finding; runs, steps and calls are seen all the same."""

    def change(operation: str, asked: Any, status: int, answer: Any) -> tuple[int, Any]:
        known = {"assistant_id", "tools", "tool_choice", "stream"}
        is_known = operation != "createRun" or not isinstance(asked, dict) or asked.keys() <= known
        refusal = {"error": {"message": "No.", "type": "x", "param": None, "code": None}}
        return (status, answer) if is_known else (422, refusal)

    said = results(checked(change))
    assert said["RUN-CREATE-001"] == "fail"
    assert said["RUN-STEP-001"] == said["RUN-SUBMIT-001"] == said["RUN-STREAM-009"] == "pass"


def test_a_refusal_that_says_success_is_no_run() -> None:
    """Where every refusal is answered 200, calls and refusals are tried to their ends."""

    def change(_: str, __: Any, status: int, answer: Any) -> tuple[int, Any]:
        return (200, {"success": False}) if status >= 400 else (status, answer)

    events = checked(change)
    ended = {one.probe: one.ending for one in events if isinstance(one, ProbeEnded)}
    assert ended["tools"] == ended["refusals"] == "done"
    assert results(events)["RUN-SUBMIT-001"] == "pass"
    assert results(events)["RUN-ERR-010"] == "fail"


@pytest.mark.parametrize("operation", ["listMessages", "createMessage"])
def test_what_one_probe_alone_shows_is_shown_again(operation: str) -> None:
    """By a check of that requirement, which carries out the probes that may show it."""

    def change(asked_for: str, asked: Any, status: int, answer: Any) -> tuple[int, Any]:
        is_long = isinstance(answer, dict) and len(answer.get("data", ())) == MESSAGES
        is_late = isinstance(asked, dict) and asked.get("content") == "And order 8?"
        if status and asked_for == operation and (is_long or is_late):
            return 200, {"data": [{}]} if is_long else {}
        return status, answer

    with connected(change) as (target, connection):
        again = list(check(target, connection=connection, only=["RUN-OBJ-001"]))
    assert results(again)["RUN-OBJ-001"] == "fail"


def test_an_end_by_an_unknown_name_is_not_waited_for() -> None:
    """A cancelled run that stays in a status of the server's own costs two looks at it."""

    def change(_: str, __: Any, status: int, answer: Any) -> tuple[int, Any]:
        is_cancelled = isinstance(answer, dict) and answer.get("status") in (
            "cancelled",
            "cancelling",
        )
        return status, answer | {"status": "canceled"} if is_cancelled else answer

    events = checked(change)
    assert results(events)["RUN-CANCEL-005"] == "fail"
    assert results(events)["RUN-LIST-007"] == results(events)["RUN-MODIFY-001"] == "pass"
    shown = [one.exchange for one in events if isinstance(one, Exchanged)]
    ends = [
        one.request.url
        for one in shown
        if one.operation_id == "getRun" and b"canceled" in one.response.body
    ]
    assert max(map(ends.count, ends)) <= 3


def test_messages_that_a_thread_does_not_take_are_added() -> None:
    """A server may take messages one by one alone."""

    def change(operation: str, asked: Any, status: int, answer: Any) -> tuple[int, Any]:
        if operation == "createThread" and isinstance(asked, dict) and "messages" in asked:
            return 400, {"error": {"message": "No.", "type": "x", "param": None, "code": None}}
        return status, answer

    assert results(checked(change))["RUN-LIST-015"] == "pass"


@pytest.mark.parametrize("refused", ["tools", "a named choice", "both"])
def test_a_call_is_forced_by_some_means(refused: str) -> None:
    """By the run's tools or the assistant's, by a named choice or by any."""

    def change(operation: str, asked: Any, status: int, answer: Any) -> tuple[int, Any]:
        fields = asked if operation == "createRun" and isinstance(asked, dict) else {}
        has_tools, is_named = "tools" in fields, isinstance(fields.get("tool_choice"), dict)
        if (has_tools and refused != "a named choice") or (is_named and refused != "tools"):
            return 400, {"error": {"message": "No.", "type": "x", "param": None, "code": None}}
        return status, answer

    said = results(checked(change))
    assert said["RUN-SUBMIT-001"] == said["RUN-STEP-029"] == said["RUN-THREAD-001"] == "pass"


def _forces(asked: Any) -> bool:
    """Say whether a request wants a call: others choose none, or leave the choice null."""
    return isinstance(asked, dict) and asked.get("tool_choice") not in (None, "none")


def test_a_means_that_does_not_work_is_not_tried_again() -> None:
    """Five runs are spent on forcing a call, for all probes together."""

    def change(operation: str, asked: Any, status: int, answer: Any) -> tuple[int, Any]:
        is_forced = _forces(asked)
        refusal = {"error": {"message": "No.", "type": "x", "param": None, "code": None}}
        return (400, refusal) if is_forced and operation == "createRun" else (status, answer)

    events = checked(change)
    forced = [
        one.exchange for one in events if isinstance(one, Exchanged) and _forces(one.exchange.asked)
    ]
    # The first way is tried by two requests at once.
    assert len({one.request.body for one in forced}) == 5
    assert len(forced) <= 7


def test_runs_that_never_end_cost_one_patience_and_what_waits_for_an_end() -> None:
    """Lists, isolation and refusals are seen all the same, in few requests beside the last."""
    with connected(right, "RUN-LIFE-009") as (target, connection):
        started = connection.now()
        events = list(check(target, connection=connection))
        waited = connection.now() - started
    said = results(events)
    assert said["RUN-LIFE-009"] == "fail"
    assert said["RUN-LIST-006"] == said["RUN-ID-014"] == said["RUN-ERR-006"] == "pass"
    assert said["RUN-MODIFY-002"] == "pass"
    assert waited < 2 * PATIENCE
    (finished,) = (one for one in events if isinstance(one, Finished))
    rarer = [one for one in events if isinstance(one, Exchanged) and "rarer" in one.exchange.source]
    assert finished.requests - len(rarer) < MOST_OF_SMOKE - 10
    assert finished.requests <= MOST_OF_SMOKE
    assert finished.error is None
    assert not finished.is_cut


@pytest.mark.parametrize("has_more", [False, None])
def test_cursors_are_tried_whatever_pages_say(has_more: bool | None) -> None:
    """That a page says nothing, or lies, about what follows does not keep the cursor unseen."""

    def change(operation: str, _: Any, status: int, answer: Any) -> tuple[int, Any]:
        if operation == "listRuns" and status == 200:
            answer = {name: value for name, value in answer.items() if name != "has_more"}
            answer |= {} if has_more is None else {"has_more": has_more}
        return status, answer

    said = results(checked(change))
    assert said["RUN-LIST-008"] == said["RUN-LIST-014"] == "pass"
    assert said["RUN-LIST-005"] == ("fail" if has_more is False else said["RUN-LIST-005"])


def test_a_run_in_another_success_is_used_and_judged() -> None:
    """A server that answers creates with 201 is told that, and nothing is kept from it."""

    def change(operation: str, _: Any, status: int, answer: Any) -> tuple[int, Any]:
        return (201 if operation.startswith("create") and status == 200 else status), answer

    said = results(checked(change))
    assert said["RUN-HTTP-001"] == "fail"
    assert said["RUN-SHAPE-001"] == said["RUN-OBJ-003"] == said["RUN-LIFE-001"] == "pass"


def test_a_server_that_does_not_stream_is_asked_once_by_each_operation() -> None:
    """It answers with a run; two creates and a submit try it."""
    events = checked(right, is_streaming=False)
    asked = [one.exchange.asked for one in events if isinstance(one, Exchanged)]
    assert sum(isinstance(one, dict) and bool(one.get("stream")) for one in asked) == 3
    assert results(events)["RUN-STREAM-005"] == "blocked"
    assert results(events)["RUN-SUBMIT-001"] == "pass"


def test_a_part_costs_itself_and_the_first_that_is_missing_is_told() -> None:
    """What does not depend on it goes on."""
    done: list[str] = []

    def scenario(context: ProbeContext) -> None:
        with context.part():
            raise Blocked("first")
        with context.part():
            done.append("second")
        raise Inconclusive("third")

    with connected(right) as (target, connection), Session(target, connection) as session:
        context = ProbeContext(session, load("v2"))
        with pytest.raises(Blocked, match="first"):
            context.carry_out(scenario)
    assert done == ["second"]


def test_patience_is_short_where_nothing_ever_came_to_rest() -> None:
    """A run that moved, or one that rested before, leaves more of it."""
    lost, moved, rested = (RunPatience(60.0) for _ in range(3))
    rested.rewarded()
    lost.spent(is_unmoved=True)
    moved.spent(is_unmoved=False)
    rested.spent(is_unmoved=True)
    assert (lost.seconds, moved.seconds, rested.seconds) == (SHORT_WAIT, 15.0, 15.0)


def test_what_calls_is_used_from_then_on() -> None:
    """The other ways are not tried any more, and one that fails is left out."""
    with connected(right) as (target, connection), Session(target, connection) as session:
        forcing = Forcing.of(session)
    first, second, *_ = forcing.left
    forcing.learn(first, {"status": "completed"}, rests=True)
    assert first not in forcing.left
    forcing.learn(second, {"status": "requires_action"}, rests=True)
    assert forcing.left == [second]


@pytest.mark.parametrize("fault", ["RUN-ERR-010", "RUN-ERR-012"])
def test_a_run_that_should_have_been_refused_keeps_no_other_away(fault: str) -> None:
    """What is asked for next is refused by nothing that this run locks."""
    said = results(checked(right, fault))
    assert [one for one, result in said.items() if result == "fail"] == [fault]


def test_a_run_may_be_refused_where_nothing_could_be_said() -> None:
    """A given assistant may have no instructions, and the thread takes no message."""
    with connected(lacking("createMessage", answer=ROUTERS)) as (target, connection):
        session = Session(target, connection)  # To close it would end the application's loop.
        made = session.send("createAssistant", json_body={"model": "gpt-4o"}).answered["id"]
        given = replace(target, assistant_id=made, profile="smoke")
        said = results(list(check(given, connection=connection)))
    assert said["RUN-CREATE-001"] != "fail"
