"""Ids of what is there, for somebody's own ``st run``: the right cases it draws come to something.

An id that is drawn names nothing, so most cases would end in 404 before a server looks at the rest.
Right cases get the ids of a few things that are made for them once: an assistant, threads, a run
that ended, some that wait for outputs or are alive. What a case uses up is made anew a few times.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache, partial
from threading import RLock, local
from types import MappingProxyType
from typing import Any, TypeGuard

from run_contracts.client.checked_target import DEFAULT_MODEL, Target
from run_contracts.contract.lifecycle import COMPLETED, FAILED, REQUIRES_ACTION
from run_contracts.probes.run_requests import answers, asked_calls, function_tool, named_function
from run_contracts.probes.search import schemathesis_bridge as bridge

Ids = dict[str, str]
CallBeside = Callable[[str, Ids, Any], Any]
"""Sends a request for an operation with ids and a body; returns the JSON answer of a success."""

MOST_USED_UP: Mapping[str, int] = MappingProxyType(
    {"createRun": 20, "cancelRun": 3, "submitToolOutputs": 3}
)
"""For how many cases something is made that they use up: threads cost nothing, runs may."""
POLLS_TO_REST, REST_PAUSE = 20, 0.1
"""Looks at a run until it rests, and the seconds between two."""
ANY_THREAD = ("getThread", "createMessage", "listMessages", "listRuns")
ENDED_RUN = ("getRun", "modifyRun", "listRunSteps", "getRunStep")
WITH_ASSISTANT = ("createRun", "createThreadAndRun")
FIRST_MESSAGES = [{"role": "user", "content": "Say hello."}]


class KnownIds:
    """What was made on one server for the cases that are sent to it."""

    def __init__(self) -> None:
        """Nothing is made before a case needs it."""
        self._made: dict[str, dict[str, Any]] = {}
        self._times: Counter[str] = Counter()
        self._lock = RLock()

    def parts(self, operation: str, call: CallBeside) -> tuple[Ids, dict[str, Any]]:
        """Return the ids for the path of a right case, and members for its body.

        What cannot be made is left out: then the case goes as it was drawn.
        """
        with self._lock:
            body: dict[str, Any] = {}
            assistant = self._once("assistant", call) if operation in WITH_ASSISTANT else {}
            if assistant:
                body["assistant_id"] = assistant["assistant_id"]
            if operation in ANY_THREAD:
                return _ids(self._once("thread", call)), body
            if operation in ENDED_RUN:
                return _ids(self._once("ended run", call)), body
            if operation in NEEDS:
                made = self._anew(operation, call)
                return _ids(made), body | made.get("body", {})
            return {}, body

    def _once(self, name: str, call: CallBeside) -> dict[str, Any]:
        """Return something that is made once; a second try is not made."""
        if name not in self._made:
            self._made[name] = {}
            self._made[name] = self._make(name, call)
        return self._made[name]

    def _anew(self, operation: str, call: CallBeside) -> dict[str, Any]:
        """Return something new for an operation, or the last one when enough was made."""
        if self._times[operation] < MOST_USED_UP[operation]:
            self._times[operation] += 1
            self._made[operation] = self._make(NEEDS[operation], call)
        return self._made[operation]

    def _make(self, name: str, call: CallBeside) -> dict[str, Any]:
        if name == "assistant":
            made = call("createAssistant", {}, {"model": DEFAULT_MODEL, "name": "run-contracts"})
            return {"assistant_id": made["id"]} if _has_id(made) else {}
        if name == "thread":
            made = call("createThread", {}, {"messages": FIRST_MESSAGES})
            return {"thread_id": made["id"]} if _has_id(made) else {}
        assistant = self._once("assistant", call)
        fields = FORCED_CALL if name == "waiting run" else {}
        body = {**assistant, "thread": {"messages": FIRST_MESSAGES}, **fields}
        run = call("createThreadAndRun", {}, body) if assistant else None
        if not _has_id(run):
            return {}
        ids = {"thread_id": str(run.get("thread_id")), "run_id": run["id"]}
        return ids if name == "live run" else _rested(name, ids, call)


NEEDS: Mapping[str, str] = {
    "createRun": "thread",
    "cancelRun": "live run",
    "submitToolOutputs": "waiting run",
}
"""What the operations that use something up are about."""
FORCED_CALL: dict[str, Any] = {"tools": [function_tool()], "tool_choice": named_function()}
"""What makes a run wait for the outputs of a call."""


def _rested(name: str, ids: Ids, call: CallBeside) -> dict[str, Any]:
    """Return the ids of a run that has come to rest, with a step's, or with its outputs."""
    for _ in range(POLLS_TO_REST):
        run = call("getRun", ids, None)
        if isinstance(run, dict) and run.get("status") in (COMPLETED, FAILED, REQUIRES_ACTION):
            break
        time.sleep(REST_PAUSE)
    else:
        return {}
    if name == "waiting run":
        calls = asked_calls(run)
        return {**ids, "body": answers(calls)} if calls else {}
    steps = call("listRunSteps", ids, None)
    first = next(iter(steps.get("data") or ()), None) if isinstance(steps, dict) else None
    return {**ids, "step_id": first["id"]} if _has_id(first) else ids


def _has_id(made: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(made, dict) and isinstance(made.get("id"), str)


def _ids(made: Mapping[str, Any]) -> Ids:
    return {name: id_ for name, id_ in made.items() if isinstance(id_, str)}


def fill(case: Any) -> None:
    """Put ids of what is there into a right case, before it is sent.

    One that follows a link has the ids of that, and wants an assistant at most.
    """
    if getattr(_making, "is_under_way", False) or not bridge.is_right(case):
        return
    operation, is_linked = bridge.operation_of(case), bridge.is_linked(case)
    if is_linked and operation not in WITH_ASSISTANT:
        return
    _making.is_under_way = True
    try:
        known = _on_server(str(case.operation.base_url))
        ids, members = known.parts(operation, partial(bridge.call_beside, case))
    finally:
        _making.is_under_way = False
    hide = Target(url="", headers=bridge.headers_of(case)).hidden
    said = f"{ids} {members}"
    if hide(said) == said:  # What is shown of a case is not for us to hide.
        bridge.with_ids(case, {} if is_linked else ids, members)


_making = local()
"""Whether this thread makes something now: the hook sees that, too."""


@cache
def _on_server(_base_url: str) -> KnownIds:
    """Return what was made on a server in this process."""
    return KnownIds()
