"""Steps and messages of a life as stream frames and lists show them, and the pieces of steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from run_contracts.contract.lifecycle import (
    CANCELLED,
    COMPLETED,
    EXPIRED,
    FAILED,
    IN_PROGRESS,
    INCOMPLETE,
)
from run_contracts.making.called_functions import FUNCTION
from run_contracts.making.choosing import plain_plans
from run_contracts.making.forms import Identifier, Make
from run_contracts.making.generators.content import PREFIXES
from run_contracts.making.lives.reply import Part, pieces_of
from run_contracts.making.lives.story import Story
from run_contracts.making.lives.work import CALLED, RUNS_CODE, Step
from run_contracts.making.narrowing import plain_form
from run_contracts.types import JSONObject

MESSAGE_REASONS = {
    INCOMPLETE: "max_tokens",
    FAILED: "run_failed",
    EXPIRED: "run_expired",
    CANCELLED: "run_cancelled",
}
"""Why a message stops where the run ends this way."""
MESSAGE_ID = Identifier(prefix=PREFIXES["message_id"])
OF_ITS_RUN = ("thread_id", "assistant_id")


def opened_step(plot: Story, make: Make, details: JSONObject, moment: int) -> JSONObject:
    """Return a step that begins at a moment."""
    plan = plain_plans(plot.contract, "run_step", IN_PROGRESS)[0]
    return {
        **plan.made(make),
        **{name: plot.run[name] for name in OF_ITS_RUN},
        "run_id": plot.run["id"],
        "expires_at": plot.timing.expires_at,
        "type": details["type"],
        "step_details": details,
        "created_at": moment,
    }


def closed_step(  # noqa: PLR0913 - what the end of a step depends on
    plot: Story, make: Make, step: JSONObject, status: str, *, moment: int, usage: Any
) -> JSONObject:
    """Return a step as it ends at a moment; a stream's frames keep its expires_at."""
    plan = plain_plans(plot.contract, "run_step", status)[0]
    ended: JSONObject = {"status": status}
    for name, wanted in plot.contract.lifecycle.steps[status].items():
        if name == "usage" and name in step:
            ended[name] = usage
        elif name != "expires_at" and wanted == "set" and step.get(name) is None:
            ended[name] = moment if name.endswith("_at") else plan.part(name, make)
    if status == FAILED and "last_error" in ended:
        ended["last_error"] = _error_of_step(plot, ended["last_error"])
    return {**step, **ended}


def _error_of_step(plot: Story, error: Any) -> Any:
    """Return the error of the run, if a step may have it; a step knows fewer codes."""
    of_run = plot.run.get("last_error")
    return of_run if of_run and of_run["code"] != "invalid_prompt" else error


def opened_message(plot: Story, make: Make, moment: int) -> JSONObject:
    """Return the message that a run begins to write, as stream frames show it."""
    plan = plain_plans(plot.contract, "message", None)[0]
    files: JSONObject = {"file_ids": []} if "file_ids" in plan.form.fields else {"attachments": []}
    message = {
        **plan.made(make),
        **{name: plot.run[name] for name in OF_ITS_RUN},
        "id": make(MESSAGE_ID),
        "created_at": moment,
        "run_id": plot.run["id"],
        "status": IN_PROGRESS,
        "incomplete_details": None,
        "incomplete_at": None,
        "completed_at": None,
        "role": "assistant",
        "content": [],
        "metadata": {},
        **files,
    }
    order = plain_form(plot.contract, "message").fields
    return {name: message[name] for name in (*order, *message) if name in message}


def closed_message(
    plot: Story, message: JSONObject, parts: list[Part], ending: str, moment: int
) -> JSONObject:
    """Return the message as it is at last: whole, or cut off for a reason."""
    is_limited = ending == COMPLETED and plot.run.get("incomplete_details")
    reason = MESSAGE_REASONS.get(INCOMPLETE if is_limited else ending)
    status, name = (INCOMPLETE, "incomplete_at") if reason else (COMPLETED, "completed_at")
    return {
        **message,
        "status": status,
        name: moment,
        "incomplete_details": {"reason": reason} if reason else None,
        "content": [part.whole for part in parts],
    }


def step_deltas(step: JSONObject, calls: list[JSONObject]) -> Iterator[JSONObject]:
    """Yield the pieces of a step that calls, as stream frames carry them."""
    for index, call in enumerate(calls):
        for piece in _call_pieces(call):
            details = {"type": CALLED, CALLED: [{"index": index, **piece}]}
            yield {
                "id": step["id"],
                "object": "thread.run.step.delta",
                "delta": {"step_details": details},
            }


def _call_pieces(call: JSONObject) -> Iterator[JSONObject]:
    """Yield a call in pieces: the first names everything, the others add to it."""
    kind, id_ = call["type"], call["id"]
    if kind == FUNCTION:
        name, arguments = call[FUNCTION]["name"], call[FUNCTION]["arguments"]
        start = {"name": name, "arguments": "", "output": None}
        yield {"id": id_, "type": kind, FUNCTION: start}
        for piece in pieces_of(arguments):
            yield {"type": kind, FUNCTION: {"arguments": piece}}
    elif kind == RUNS_CODE:
        yield {"id": id_, "type": kind, RUNS_CODE: {"input": "", "outputs": []}}
        for piece in pieces_of(call[RUNS_CODE]["input"]):
            yield {"type": kind, RUNS_CODE: {"input": piece}}
        for at, output in enumerate(call[RUNS_CODE]["outputs"]):
            yield {"type": kind, RUNS_CODE: {"outputs": [{"index": at, **output}]}}
    else:
        yield {"id": id_, "type": kind, kind: {}}


def open_calls(step: Step) -> list[JSONObject]:
    """Return the calls of a step that are not answered yet."""
    return [
        {**call, FUNCTION: {**call[FUNCTION], "output": None}} if FUNCTION in call else call
        for call in step.calls
    ]
