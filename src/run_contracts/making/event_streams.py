"""Streams: the events of a run's life in the order and form that were recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from run_contracts.contract.lifecycle import (
    CANCELLED,
    CANCELLING,
    COMPLETED,
    EXPIRED,
    FAILED,
    IN_PROGRESS,
    INCOMPLETE,
    QUEUED,
    REQUIRES_ACTION,
)
from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.choosing import plain_plans
from run_contracts.making.forms import Make, Text
from run_contracts.making.plans import ObjectPlan
from run_contracts.making.stream_objects import (
    call_pieces,
    closed_message,
    open_message,
    pieces,
    step_delta,
    text_delta,
)
from run_contracts.making.stream_script import StreamScript
from run_contracts.traffic.streamed_events import DONE, DONE_DATA
from run_contracts.types import JSONObject

STREAM_ENDINGS = (COMPLETED, INCOMPLETE, FAILED, EXPIRED, CANCELLED, REQUIRES_ACTION)
"""How a stream may end, the plainest first."""
REPLY_TEXT = Text(least=0, most=2000, name="reply")
OUTPUT_TEXT = Text(least=0, most=200, name="output")


def stream(  # noqa: PLR0913 - what a stream may be of
    contract: Contract,
    make: Make,
    first: ObjectPlan,
    ending: str,
    *,
    resumed: bool = False,
    with_thread: bool = False,
) -> list[JSONObject]:
    """Return the events of a stream that ends in a status.

    It is of a run just created, or `resumed`: the one that answers a submit.
    """
    script = started(contract, make, first, with_thread=with_thread)
    if resumed:
        ask(script)
        submit(script)
    if ending == REQUIRES_ACTION:
        ask(script)
    else:
        write(script, ending)
    script.emit(DONE, DONE_DATA)
    return script.events


def started(
    contract: Contract, make: Make, first: ObjectPlan, *, with_thread: bool = False
) -> StreamScript:
    """Return a script in which a run was just created and works; with its thread if asked."""
    run = first.made(make)
    if "started_at" in run:
        run["started_at"] = None
    if run.get("metadata") is None:
        run["metadata"] = {}  # as servers answer a request that gave none
    script = StreamScript(contract=contract, make=make, run=run, clock=run["created_at"])
    if with_thread:
        (plan,) = plain_plans(contract, "thread", None)
        thread = plan.made(make)
        moment = {"created_at": run["created_at"]}
        script.emit("thread.created", {**thread, "id": run["thread_id"], **moment})
    script.emit("thread.run.created", run)
    script.emit("thread.run.queued", run)
    script.enter(IN_PROGRESS)
    return script


def write(script: StreamScript, ending: str) -> None:
    """Let the run write a message, piece by piece, and end; also when it ends too early."""
    message = open_message(script)
    inner = {"message_id": message["id"]}
    script.open_step({"type": "message_creation", "message_creation": inner})
    for name in ("created", IN_PROGRESS):
        script.emit(f"thread.message.{name}", message)
    reply = script.make(REPLY_TEXT)
    for at, piece in enumerate(pieces(reply)):
        script.emit("thread.message.delta", text_delta(message, piece, is_first=at == 0))
    if ending == CANCELLED:
        script.enter(CANCELLING)
    closed = closed_message(message, reply, ending, script.clock)
    script.emit(f"thread.message.{closed['status']}", closed)
    life = script.contract.lifecycle
    script.close_step(ending if ending in life.steps else COMPLETED)
    script.change(ending)
    if script.step.get("usage") is not None and script.run.get("usage") is not None:
        script.run["usage"] = script.step["usage"]
    script.emit_run()


def ask(script: StreamScript) -> None:
    """Let the run call functions, piece by piece, and ask for their outputs."""
    script.open_step({"type": "tool_calls", "tool_calls": []})
    script.change(REQUIRES_ACTION)
    calls = script.run["required_action"]["submit_tool_outputs"]["tool_calls"]
    for index, call in enumerate(calls):
        for piece in call_pieces(index, call):
            script.emit("thread.run.step.delta", step_delta(script.step, piece))
    open_calls = [_with_output(one, None) for one in calls]
    script.step["step_details"] = {"type": "tool_calls", "tool_calls": open_calls}
    script.emit_run()


def submit(script: StreamScript) -> None:
    """Answer the calls: a new stream begins, which closes their step and works on."""
    calls = script.step["step_details"]["tool_calls"]
    answered = [
        {**one, "function": {**one["function"], "output": script.make(OUTPUT_TEXT)}}
        for one in calls
    ]
    script.step["step_details"] = {"type": "tool_calls", "tool_calls": answered}
    script.events.clear()
    script.close_step(COMPLETED)
    script.enter(QUEUED)
    script.enter(IN_PROGRESS)


def _with_output(call: JSONObject, output: str | None) -> JSONObject:
    return {**call, "function": {**call["function"], "output": output}}


def checked_ending(contract: Contract, ending: str) -> str:
    """Return an ending as it is; raise `UsageError` if no stream of the edition ends so."""
    allowed = [one for one in STREAM_ENDINGS if one in contract.lifecycle.statuses]
    if ending not in allowed:
        raise UsageError(f"no stream ends {ending!r}; it may end {', '.join(allowed)}")
    return ending


def as_sse(events: Sequence[Mapping[str, Any]]) -> str:
    r"""Return events as the text of a stream, to be sent as UTF-8.

    >>> as_sse([{"event": "done", "data": "[DONE]"}])
    'event: done\ndata: [DONE]\n\n'
    """
    return "".join(f"event: {one['event']}\ndata: {_data(one['data'])}\n\n" for one in events)


def _data(data: Any) -> str:
    return data if isinstance(data, str) else json.dumps(data)
