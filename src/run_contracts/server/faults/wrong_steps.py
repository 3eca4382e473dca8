"""Steps that do not say what was done, or say it differently from one look to the next."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import QueryParams

from run_contracts.server.event_frames import Streaming
from run_contracts.server.faults.wrong_identity import other
from run_contracts.server.records import Run, Step, Wire
from run_contracts.server.refusal import Refusal
from run_contracts.server.rendering import ENDED

OTHER_TYPE = {"message_creation": "tool_calls", "tool_calls": "message_creation"}


class TypeOfAnother(Streaming):
    """RUN-STEP-027: type of a step is not the type of its details."""

    def render_step(self, step: Step, run: Run, *, in_stream: bool = False) -> Wire:
        wire = super().render_step(step, run, in_stream=in_stream)
        return {**wire, "type": OTHER_TYPE[step.type]}


class OutputTooEarly(Streaming):
    """RUN-STEP-028: the output of a call is an empty string until it is submitted."""

    def render_step(self, step: Step, run: Run, *, in_stream: bool = False) -> Wire:
        wire = super().render_step(step, run, in_stream=in_stream)
        return with_calls(wire, lambda output: "" if output is None else output)


class OutputLost(Streaming):
    """RUN-STEP-029: the outputs that were submitted are not in the steps."""

    def render_step(self, step: Step, run: Run, *, in_stream: bool = False) -> Wire:
        wire = super().render_step(step, run, in_stream=in_stream)
        return with_calls(wire, lambda _: None)


class CallsNotYetThere(Streaming):
    """RUN-STEP-030: the calls that a run waits for are not in its steps."""

    def render_step(self, step: Step, run: Run, *, in_stream: bool = False) -> Wire:
        wire = super().render_step(step, run, in_stream=in_stream)
        if run.status == "requires_action" and not in_stream:
            wire["step_details"] = {"type": "tool_calls", "tool_calls": []}
        return wire


class StepReadLater(Streaming):
    """RUN-STEP-031: a step read by its id was completed a second later than in the list."""

    def find_step(self, thread_id: str, run_id: str, step_id: str) -> Wire:
        wire = super().find_step(thread_id, run_id, step_id)
        ended = wire["completed_at"]
        return {**wire, "completed_at": None if ended is None else ended + 1}


class NoSuchMessage(Streaming):
    """RUN-STEP-032: a step names a message that is not in the thread."""

    def render_step(self, step: Step, run: Run, *, in_stream: bool = False) -> Wire:
        wire = super().render_step(step, run, in_stream=in_stream)
        if step.type == "message_creation":
            inner = {"message_id": other(step.details["message_creation"]["message_id"])}
            wire["step_details"] = {"type": step.type, "message_creation": inner}
        return wire


class StepGoesOn(Streaming):
    """RUN-STEP-033: the steps of a run that has ended are still in progress."""

    def render_step(self, step: Step, run: Run, *, in_stream: bool = False) -> Wire:
        wire = super().render_step(step, run, in_stream=in_stream)
        open_still = {"status": "in_progress", "completed_at": None, "usage": None}
        return {**wire, **open_still} if run.status in ENDED and not in_stream else wire


class StepExpires(Streaming):
    """RUN-STEP-034: expires_at of a step stays when its run has ended."""

    def render_step(self, step: Step, run: Run, *, in_stream: bool = False) -> Wire:
        wire = super().render_step(step, run, in_stream=in_stream)
        return {**wire, "expires_at": self.stamp(run.expires_at)}


class NothingIncluded(Streaming):
    """RUN-STEP-036: a request to include the contents of file searches is refused."""

    def check_include(self, query: QueryParams) -> None:
        if "include[]" in query:
            raise Refusal("Unknown parameter: 'include[]'.", param="include[]")
        super().check_include(query)


def with_calls(wire: Wire, output: Any) -> Wire:
    """Return a step whose function calls have another output each."""
    details = wire["step_details"]
    calls = [
        {**call, "function": {**call["function"], "output": output(call["function"]["output"])}}
        if call["type"] == "function"
        else call
        for call in details.get("tool_calls", [])
    ]
    return {**wire, "step_details": {**details, "tool_calls": calls}} if calls else wire
