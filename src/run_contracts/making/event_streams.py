"""Streams: the events of a run's life in the order and form that were recorded."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from run_contracts.making.forms import Identifier, Make, Text
from run_contracts.making.histories import PAUSE, following
from run_contracts.making.plans import ObjectPlan
from run_contracts.traffic.streamed_events import DONE, DONE_DATA

Object = dict[str, Any]
ENDINGS = (COMPLETED, INCOMPLETE, FAILED, EXPIRED, CANCELLED, REQUIRES_ACTION)
"""How a stream may end, the plainest first."""
MESSAGE_REASONS = {
    INCOMPLETE: "max_tokens",
    FAILED: "run_failed",
    EXPIRED: "run_expired",
    CANCELLED: "run_cancelled",
}
"""Why a message stops where the run ends this way."""
REPLY = Text(least=0, most=2000, name="reply")
OUTPUT = Text(least=0, most=200, name="output")


@dataclass(kw_only=True)
class Script:
    """The stream of one run as it is written: what happens, in order, and the run as it is now."""

    contract: Contract
    make: Make
    run: Object
    clock: int
    events: list[Object] = field(default_factory=list)
    step: Object = field(default_factory=dict)

    def tell(self, name: str, data: Any) -> None:
        """Add an event; its data stays as it is now, whatever happens later."""
        self.events.append({"event": name, "data": copy.deepcopy(data)})

    def go(self, status: str) -> None:
        """Let the run go to a status, and tell it."""
        self.change(status)
        self.tell_run()

    def change(self, status: str) -> None:
        """Let the run go to a status, not told yet."""
        self.clock += int(self.make(PAUSE))
        self.run = following(self.contract, self.make, self.run, status, self.clock)
        self.clock = max([self.clock, *_ends(self.run)])

    def tell_run(self) -> None:
        """Tell the run as it is."""
        self.tell(f"thread.run.{self.run['status']}", self.run)

    def open_step(self, details: Object) -> None:
        """Begin a step."""
        (plan,) = plain_plans(self.contract, "run_step", IN_PROGRESS)
        step = plan.made(self.make)
        named = {"run_id": self.run["id"], "expires_at": self.run["expires_at"]}
        shared = {name: self.run[name] for name in ("thread_id", "assistant_id")}
        type_ = {"type": details["type"], "step_details": details, "created_at": self.clock}
        self.step = {**step, **shared, **named, **type_}
        for name in ("created", IN_PROGRESS):
            self.tell(f"thread.run.step.{name}", self.step)

    def close_step(self, status: str) -> None:
        """End the step that is open; a stream's frames keep its expires_at."""
        (plan,) = plain_plans(self.contract, "run_step", status)
        ended: Object = {"status": status}
        for name, wanted in self.contract.lifecycle.steps[status].items():
            if name != "expires_at" and wanted == "set" and self.step.get(name) is None:
                is_moment = name.endswith("_at")
                ended[name] = self.clock if is_moment else plan.part(name, self.make)
        self.step = {**self.step, **ended}
        self.tell(f"thread.run.step.{status}", self.step)


def stream(  # noqa: PLR0913 - what a stream may be of
    contract: Contract,
    make: Make,
    first: ObjectPlan,
    ending: str,
    *,
    resumed: bool = False,
    with_thread: bool = False,
) -> list[Object]:
    """Return the events of a stream that ends in a status.

    It is of a run just created, or `resumed`: the one that answers a submit.
    """
    made = script(contract, make, first, with_thread=with_thread)
    if resumed:
        call(made)
        submit(made)
    if ending == REQUIRES_ACTION:
        call(made)
    else:
        write(made, ending)
    made.tell(DONE, DONE_DATA)
    return made.events


def script(
    contract: Contract, make: Make, first: ObjectPlan, *, with_thread: bool = False
) -> Script:
    """Return a script in which a run was just created and works; with its thread if asked."""
    run = first.made(make)
    if "started_at" in run:
        run["started_at"] = None
    if run.get("metadata") is None:
        run["metadata"] = {}  # as servers answer a request that gave none
    made = Script(contract=contract, make=make, run=run, clock=run["created_at"])
    if with_thread:
        (plan,) = plain_plans(contract, "thread", None)
        thread = plan.made(make)
        moment = {"created_at": run["created_at"]}
        made.tell("thread.created", {**thread, "id": run["thread_id"], **moment})
    made.tell("thread.run.created", run)
    made.tell("thread.run.queued", run)
    made.go(IN_PROGRESS)
    return made


def write(made: Script, ending: str) -> None:
    """Let the run write a message, piece by piece, and end; also when it ends too early."""
    message = _message(made)
    inner = {"message_id": message["id"]}
    made.open_step({"type": "message_creation", "message_creation": inner})
    for name in ("created", IN_PROGRESS):
        made.tell(f"thread.message.{name}", message)
    reply = made.make(REPLY)
    for at, piece in enumerate(pieces(reply)):
        made.tell("thread.message.delta", _text_delta(message, piece, is_first=at == 0))
    if ending == CANCELLED:
        made.go(CANCELLING)
    _close_message(made, message, reply, ending)
    life = made.contract.lifecycle
    made.close_step(ending if ending in life.steps else COMPLETED)
    made.change(ending)
    if made.step.get("usage") is not None and made.run.get("usage") is not None:
        made.run["usage"] = made.step["usage"]
    made.tell_run()


def call(made: Script) -> None:
    """Let the run call functions, piece by piece, and ask for their outputs."""
    made.open_step({"type": "tool_calls", "tool_calls": []})
    made.change(REQUIRES_ACTION)
    calls = made.run["required_action"]["submit_tool_outputs"]["tool_calls"]
    for index, one in enumerate(calls):
        for piece in _call_pieces(index, one):
            made.tell("thread.run.step.delta", _step_delta(made.step, piece))
    open_calls = [{**one, "function": {**one["function"], "output": None}} for one in calls]
    made.step["step_details"] = {"type": "tool_calls", "tool_calls": open_calls}
    made.tell_run()


def submit(made: Script) -> None:
    """Answer the calls: a new stream begins, which closes their step and works on."""
    calls = made.step["step_details"]["tool_calls"]
    answered = [
        {**one, "function": {**one["function"], "output": made.make(OUTPUT)}} for one in calls
    ]
    made.step["step_details"] = {"type": "tool_calls", "tool_calls": answered}
    made.events.clear()
    made.close_step(COMPLETED)
    made.go(QUEUED)
    made.go(IN_PROGRESS)


def checked_ending(contract: Contract, ending: str) -> str:
    """Return an ending as it is; raise `UsageError` if no stream of the edition ends so."""
    allowed = [one for one in ENDINGS if one in contract.lifecycle.statuses]
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


def pieces(text: str) -> list[str]:
    """Return a text in the pieces a stream sends: words with the space before them.

    >>> pieces("one and  two ")
    ['one', ' and', '  two', ' ']
    """
    return re.findall(r"\s*\S+|\s+$", text)


def _ends(run: Object) -> list[int]:
    return [run[n] for n in run if n.endswith("_at") and n != "expires_at" and run[n] is not None]


def _message(made: Script) -> Object:
    """Return the message that a run begins to write, as stream frames show it."""
    (plan,) = plain_plans(made.contract, "message", None)
    message = plan.made(made.make)
    files: Object = {"file_ids": []} if "file_ids" in plan.form.fields else {"attachments": []}
    return {
        **message,
        "id": made.make(Identifier(prefix="msg_")),
        "created_at": made.clock,
        "assistant_id": made.run["assistant_id"],
        "thread_id": made.run["thread_id"],
        "run_id": made.run["id"],
        "status": IN_PROGRESS,
        "incomplete_details": None,
        "incomplete_at": None,
        "completed_at": None,
        "role": "assistant",
        "content": [],
        **files,
    }


def _close_message(made: Script, message: Object, reply: str, ending: str) -> None:
    """Tell the message as it is at last: whole, or cut off for a reason."""
    reason = MESSAGE_REASONS.get(ending)
    status, moment = (INCOMPLETE, "incomplete_at") if reason else (COMPLETED, "completed_at")
    text = {"type": "text", "text": {"value": reply, "annotations": []}}
    last = {
        **message,
        "status": status,
        moment: made.clock,
        "incomplete_details": {"reason": reason} if reason else None,
        "content": [text] if reply else [],
    }
    made.tell(f"thread.message.{status}", last)


def _text_delta(message: Object, piece: str, *, is_first: bool) -> Object:
    """Return a piece of text; the first one says that there are no annotations."""
    text = {"value": piece, "annotations": []} if is_first else {"value": piece}
    content = [{"index": 0, "type": "text", "text": text}]
    return {"id": message["id"], "object": "thread.message.delta", "delta": {"content": content}}


def _step_delta(step: Object, piece: Object) -> Object:
    details = {"type": "tool_calls", "tool_calls": [piece]}
    return {
        "id": step["id"],
        "object": "thread.run.step.delta",
        "delta": {"step_details": details},
    }


def _call_pieces(index: int, one: Object) -> list[Object]:
    """Return a call in pieces: the first names everything, the others add to the arguments."""
    name, arguments = one["function"]["name"], one["function"]["arguments"]
    start = {"name": name, "arguments": "", "output": None}
    first = {"index": index, "id": one["id"], "type": "function", "function": start}
    more = [
        {"index": index, "type": "function", "function": {"arguments": piece}}
        for piece in pieces(arguments)
    ]
    return [first, *more]
