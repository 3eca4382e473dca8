"""Lives of runs that never end, lead back, or belong to others."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from tests.hostile.behaviour import Answer, Asked, Behaviours, Said, runs, to
from tests.hostile.changing import Wire, changed_runs

ALL = Behaviours("lives", on=runs)
SEEN = count()
STATUSES = ("queued", "in_progress", "requires_action", "completed", "failed", "expired")
ENDS = ("completed_at", "failed_at", "cancelled_at", "incomplete_details", "last_error")


def _always(name: str, sentence: str, status: str, *, is_slow: bool = False, **fields: Any) -> None:
    """Add a behaviour whose runs are always in one status."""

    def changed(run: Wire) -> None:
        run.update(dict.fromkeys(ENDS), status=status, **fields)

    changed_runs(name, sentence, changed, ALL, is_slow=is_slow)


def _calls(*calls: Any) -> Wire:
    """Return what a run requires that waits for the outputs of these calls."""
    return {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": [*calls]}}


def _call(number: int, **function: Any) -> Wire:
    made = {"name": "get_weather", "arguments": '{"city": "Lisbon"}', **function}
    return {"id": f"call_{number}", "type": "function", "function": made}


def _waits(name: str, sentence: str, action: Any) -> None:
    """Add a behaviour whose runs wait for outputs, for ever."""
    _always(name, sentence, "requires_action", is_slow=True, required_action=action)


_always("never-begins", "Runs are queued for ever.", "queued", is_slow=True)
_always("never-ends", "Runs are in progress for ever.", "in_progress", is_slow=True)
_always("cancelling-for-ever", "Runs are cancelling for ever.", "cancelling", is_slow=True)
_always("status-unknown", "Runs have a status that nobody knows.", "thinking", is_slow=True)
_always(
    "status-odd",
    "The status of runs is a command.",
    "$(touch owned)\n::error::x\x1b[2J",
    is_slow=True,
)
_always("status-empty", "The status of runs is empty.", "", is_slow=True)
_always("status-upper", "The status of runs is in capitals.", "COMPLETED", is_slow=True)
_always("completed-at-once", "Runs are completed from the first on.", "completed", completed_at=1)
_always("fails-always", "Runs fail from the first on.", "failed", failed_at=1)
_always("expired-always", "Runs are expired from the first on.", "expired")
_always(
    "error-object",
    "The code of each error is an object.",
    "failed",
    failed_at=1,
    last_error={"code": {"a": []}, "message": {"error": {"error": {}}}},
)
_always(
    "error-huge",
    "The message of each error has 1 MB.",
    "failed",
    failed_at=1,
    last_error={"code": "server_error", "message": "x" * 1_000_000},
)
_waits("calls-none", "Runs wait for outputs, and name no calls.", _calls())
_waits("calls-missing", "Runs wait for outputs, and say nothing of it.", None)
_waits(
    "calls-10000", "Runs wait for the outputs of 10,000 calls.", _calls(*map(_call, range(10_000)))
)
_waits("calls-same", "Runs wait for 50 calls of one id.", _calls(*[_call(1)] * 50))
_waits(
    "calls-kinds",
    "Runs wait for calls of kinds that nobody knows.",
    _calls({"id": "call_1", "type": "rocket"}, {"id": 7, "type": None}, {}),
)
_waits(
    "calls-odd-ids",
    "Runs wait for calls whose ids are commands.",
    _calls({**_call(1), "id": "'; touch owned; '\n\x1b[2J"}, {**_call(2), "id": "../../x"}),
)
_waits(
    "arguments-huge",
    "The arguments of calls have 1 MB.",
    _calls(_call(1, arguments="[" * 1_000_000)),
)
_waits(
    "arguments-object",
    "The arguments of calls are an object.",
    _calls(_call(1, arguments={"a": 1})),
)
_waits(
    "arguments-name",
    "The names of functions are paths and commands.",
    _calls(_call(1, name="../../bin/sh -c 'touch owned'"), _call(2, name=None)),
)


def _shuffled(run: Wire) -> None:
    run["status"] = STATUSES[next(SEEN) % len(STATUSES)]


def _back_and_forth(run: Wire) -> None:
    run.update(dict.fromkeys(ENDS), status=STATUSES[next(SEEN) % 2], required_action=None)


def _revived(run: Wire) -> None:
    if run["status"] == "completed" and next(SEEN) % 2:
        run.update(status="in_progress", completed_at=None)


def _later(run: Wire) -> None:
    run["created_at"] += next(SEEN) * 1_000


changed_runs("status-shuffled", "Runs go through all statuses, over and over.", _shuffled, ALL)
changed_runs(
    "back-and-forth",
    "Runs go back and forth between two statuses, for ever.",
    _back_and_forth,
    ALL,
    is_slow=True,
)
changed_runs("revived", "Completed runs go on now and then.", _revived, ALL)
changed_runs("times-move", "The time at which a run was created moves on.", _later, ALL)


@ALL.add(on=to("getRun"))
def lost_at_once(asked: Asked) -> Said:
    """Knows no run that it has just created."""
    asked.target = asked.target.replace("/runs/", "/runs/run_nowhere_")
    yield asked.right().wire()


@ALL.add(on=to("createRun", "createThreadAndRun"))
def run_of_others(asked: Asked) -> Said:
    """Answers each create by the id of a run, a thread and an assistant of others."""
    answer = asked.right()
    others = {"id": "run_others", "thread_id": "thread_others", "assistant_id": "asst_others"}
    if answer.is_json and answer.status == 200:
        answer.body = json.dumps({**answer.value, **others}).encode()
    yield answer.wire()


@ALL.add(on=to("createAssistant", "createThread"))
def created_of_others(asked: Asked) -> Said:
    """Answers each create of an assistant or a thread by an id of others."""
    answer = asked.right()
    answer.body = json.dumps({**answer.value, "id": f"{answer.value['object']}_others"}).encode()
    yield answer.wire()


@ALL.add(on=to("createAssistant", "createThread", "createThreadAndRun"))
def creates_odd_ids(asked: Asked) -> Said:
    """Answers each create by an id that leads to all that there is."""
    answer = asked.right()
    answer.body = json.dumps({**answer.value, "id": "../assistants/*"}).encode()
    yield answer.wire()


@ALL.add(on=to("createRun"))
def creates_nothing(asked: Asked) -> Said:
    """Answers each create of a run 200 by an object with nothing in it."""
    yield Answer(body=b"{}").wire()


@ALL.add(on=to("createRun"))
def creates_three(asked: Asked) -> Said:
    """Three runs are created where one was asked for."""
    answers = [asked.right() for _ in range(3)]
    yield answers[0].wire()
