"""Steps that do not say what was done, or say it differently from one look to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.datastructures import QueryParams

from run_contracts.contract.lifecycle import IN_PROGRESS, REQUIRES_ACTION
from run_contracts.server.faults.fault import after, before
from run_contracts.server.faults.wrong_identity import other
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.gate import Gate
from run_contracts.server.parts.records import RunRecord, StepRecord, Wire
from run_contracts.server.parts.renderer import Renderer
from run_contracts.server.parts.service import Service
from run_contracts.server.requests.refusal import Refusal

OTHER_TYPE = {"message_creation": "tool_calls", "tool_calls": "message_creation"}


@after(Renderer.step)
def type_of_another(
    server: EditionServer, wire: Wire, step: StepRecord, run: RunRecord, *, in_stream: bool = False
) -> Wire:
    """RUN-STEP-027: type of a step is not the type of its details."""
    return {**wire, "type": OTHER_TYPE[step.type]}


@after(Renderer.step)
def output_too_early(
    server: EditionServer, wire: Wire, step: StepRecord, run: RunRecord, *, in_stream: bool = False
) -> Wire:
    """RUN-STEP-028: the output of a call is an empty string until it is submitted."""
    return with_outputs(wire, lambda output: "" if output is None else output)


@after(Renderer.step)
def output_lost(
    server: EditionServer, wire: Wire, step: StepRecord, run: RunRecord, *, in_stream: bool = False
) -> Wire:
    """RUN-STEP-029: the outputs that were submitted are not in the steps."""
    return with_outputs(wire, lambda _: None)


@after(Renderer.step)
def calls_not_yet_there(
    server: EditionServer, wire: Wire, step: StepRecord, run: RunRecord, *, in_stream: bool = False
) -> Wire:
    """RUN-STEP-030: the calls that a run waits for are not in its steps."""
    if run.status != REQUIRES_ACTION or in_stream:
        return wire
    return {**wire, "step_details": {"type": "tool_calls", "tool_calls": []}}


@after(Service.get_step)
def step_read_later(
    server: EditionServer, wire: Wire, thread_id: str, run_id: str, step_id: str
) -> Wire:
    """RUN-STEP-031: a step read by its id was completed a second later than in the list."""
    ended = wire["completed_at"]
    return {**wire, "completed_at": None if ended is None else ended + 1}


@after(Renderer.step)
def no_such_message(
    server: EditionServer, wire: Wire, step: StepRecord, run: RunRecord, *, in_stream: bool = False
) -> Wire:
    """RUN-STEP-032: a step names a message that is not in the thread."""
    if step.type != "message_creation":
        return wire
    inner = {"message_id": other(step.details["message_creation"]["message_id"])}
    return {**wire, "step_details": {"type": step.type, "message_creation": inner}}


@after(Renderer.step)
def step_goes_on(
    server: EditionServer, wire: Wire, step: StepRecord, run: RunRecord, *, in_stream: bool = False
) -> Wire:
    """RUN-STEP-033: the steps of a run that has ended are still in progress."""
    open_still = {"status": IN_PROGRESS, "completed_at": None, "usage": None}
    return {**wire, **open_still} if run.has_ended and not in_stream else wire


@after(Renderer.step)
def step_expires(
    server: EditionServer, wire: Wire, step: StepRecord, run: RunRecord, *, in_stream: bool = False
) -> Wire:
    """RUN-STEP-034: expires_at of a step stays when its run has ended."""
    return {**wire, "expires_at": server.renderer.stamp(run.expires_at)}


@before(Gate.check_include)
def nothing_included(server: EditionServer, query: QueryParams) -> None:
    """RUN-STEP-036: a request to include the contents of file searches is refused."""
    if "include[]" in query:
        raise Refusal("Unknown parameter: 'include[]'.", param="include[]")


def with_outputs(wire: Wire, changed: Callable[[Any], Any]) -> Wire:
    """Return a step whose function calls have another output each."""
    details = wire["step_details"]
    calls = [
        {**call, "function": {**call["function"], "output": changed(call["function"]["output"])}}
        if call["type"] == "function"
        else call
        for call in details.get("tool_calls", [])
    ]
    return {**wire, "step_details": {**details, "tool_calls": calls}} if calls else wire
