"""The life of a run on the virtual clock: every change happens at the moment it is due."""

from __future__ import annotations

from collections.abc import Mapping
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
from run_contracts.contract.requirements import FOUNDING
from run_contracts.server.clock import Clock
from run_contracts.server.options import ServerOptions
from run_contracts.server.parts.call_deltas import call_deltas
from run_contracts.server.parts.citations import citations
from run_contracts.server.parts.event_log import EventLog
from run_contracts.server.parts.planned_runs import (
    go_on,
    only_expires,
    queue_seconds,
    work_seconds,
)
from run_contracts.server.parts.records import RunRecord, StepRecord, Wire
from run_contracts.server.parts.renderer import Renderer, text_part
from run_contracts.server.parts.replies import allowed_words, pieces
from run_contracts.server.parts.tool_calls import (
    built_in_call,
    forced_tool,
    offered_tools,
    with_output,
)
from run_contracts.types import Edition

CLOSED_AS = {CANCELLED: CANCELLED, FAILED: FAILED, EXPIRED: EXPIRED}
"""What becomes of an open step when its run ends; in all other cases it is completed."""
FILE_SEARCHES = frozenset({"retrieval", "file_search"})
"""What the search for files is called in the editions."""


class RunEngine:
    """Advances runs. Nothing runs in the background: a run moves when somebody looks."""

    def __init__(
        self, *, options: ServerOptions, clock: Clock, renderer: Renderer, log: EventLog
    ) -> None:
        """Advance runs as the clock says and log what happens to them."""
        self.options = options
        self.clock = clock
        self.renderer = renderer
        self.log = log

    def advance(self, run: RunRecord) -> None:
        """Let everything happen to a run that is due by now."""
        now = self.clock.now()
        while not run.has_ended and self.due(run) <= now:
            self._turn(run, self.due(run))

    def due(self, run: RunRecord) -> float:
        """Return the virtual moment of the next change; the expiry comes before what is later."""
        if run.status == REQUIRES_ACTION or only_expires(run):
            return run.expires_at
        return min(run.turn_at, run.expires_at)

    def _turn(self, run: RunRecord, moment: float) -> None:
        """Make the next change of a run, at its moment."""
        if moment >= run.expires_at:
            self.end(run, EXPIRED, run.expires_at)
        elif run.status == QUEUED:
            self.begin(run, moment)
        elif run.status == CANCELLING:
            self.end(run, CANCELLED, moment)
        elif run.unwritten:
            self.write(run, moment)
        elif run.outcome == FAILED:
            self.end(run, FAILED, moment)
        elif run.calls:
            self.ask(run)
        else:
            self.finish(run, moment)

    # Work

    def enqueue(self, run: RunRecord) -> None:
        """Put a new run on its thread."""
        run.thread.runs.append(run)
        for name in ("created", "queued"):
            self.log.run(run, name)

    def begin(self, run: RunRecord, moment: float) -> None:
        """Start, or start again after a submit: in progress, with the step that works."""
        run.status, run.started_at = IN_PROGRESS, moment
        run.turn_at = run.done_at = moment + work_seconds(run, self.options)
        self.log.run(run)
        self.use_tools(run, moment)
        if run.calls:
            self.open_step(run, moment, {"type": "tool_calls", "tool_calls": []})
            return
        self.begin_message(run, moment)
        run.unwritten = [] if run.outcome else pieces(" ".join(allowed_words(run)))
        run.turn_at = _next_piece_at(run, moment)

    def begin_message(self, run: RunRecord, moment: float) -> None:
        """Put the reply into the thread, empty, and open the step that writes it."""
        run.message = self.renderer.message(
            message_id=self.renderer.new_id(run.ids, "message_id"),
            thread_id=run.thread_id,
            moment=moment,
            role="assistant",
            content=[],
            run=run,
        )
        run.thread.messages.append(run.message)
        inner = {"message_id": run.message["id"]}
        self.open_step(run, moment, {"type": "message_creation", "message_creation": inner})
        for name in ("created", "in_progress"):
            self.log.message(run, name, IN_PROGRESS, None, moment)

    def write(self, run: RunRecord, moment: float) -> None:
        """Write the next piece of the reply."""
        piece = run.unwritten.pop(0)
        run.turn_at = _next_piece_at(run, moment)
        self.log.message_delta(run, piece)
        run.written += piece

    def close_message(self, run: RunRecord, reason: str | None, moment: float) -> None:
        """Show what was written of the reply; a reason says why it is not whole."""
        if run.message is not None:
            cited = citations(run, self.renderer.edition) if run.written else []
            for at, annotation in enumerate(cited):
                self.log.annotation_delta(run, at, annotation)
            run.message["content"] = [text_part(run.written, cited)] if run.written else []
            status = INCOMPLETE if reason else COMPLETED
            self.log.message(run, status, status, reason, moment)

    # Steps

    def open_step(self, run: RunRecord, moment: float, details: Wire) -> StepRecord:
        """Begin a step."""
        step_id = self.renderer.new_id(run.ids, "step_id")
        step = StepRecord(id=step_id, created_at=moment, details=details)
        run.steps.append(step)
        for name in ("created", "in_progress"):
            self.log.step(run, step, name)
        return step

    def close_step(
        self, run: RunRecord, step: StepRecord, status: str, moment: float, used: Wire | None
    ) -> None:
        """End a step."""
        step.status, step.ended_at, step.usage = status, moment, used
        self.log.step(run, step, status)

    # Tools

    def use_tools(self, run: RunRecord, moment: float) -> None:
        """Do the steps of built-in tools: those of its life, else that which the request forced."""
        edition = self.renderer.edition
        calls = [{"id": run.ids.new("call_"), **_call_in(edition, call)} for call in run.built_in]
        kind = forced_tool(run) if not (run.calls or calls) else None
        if kind is not None and kind in offered_tools(edition):
            calls = [built_in_call(kind, run.ids.new("call_"))]
        run.built_in = []
        for call in calls:
            self.use_tool(run, call, moment)

    def use_tool(self, run: RunRecord, call: Wire, moment: float) -> None:
        """Do the step of one call of a built-in tool."""
        step = self.open_step(run, moment, {"type": "tool_calls", "tool_calls": []})
        for delta in call_deltas(0, call):
            self.log.step_delta(run, step, delta)
        step.details = {"type": "tool_calls", "tool_calls": [call]}
        used = self.used(run, 1)
        self.close_step(run, step, COMPLETED, moment, used)

    def ask(self, run: RunRecord) -> None:
        """Ask for the outputs of the function calls: requires action."""
        step = run.steps[-1]
        open_calls = [with_output(call, None) for call in run.calls]
        for at, call in enumerate(open_calls):
            for delta in call_deltas(at, call):
                self.log.step_delta(run, step, delta)
        step.details = {"type": "tool_calls", "tool_calls": open_calls}
        run.waits_for = run.calls
        run.status = REQUIRES_ACTION
        self.log.run(run)

    def answer(self, run: RunRecord, outputs: dict[str, str], moment: float) -> None:
        """Take the outputs of the calls: the step is done and the run is queued again."""
        step = run.steps[-1]
        answered = [with_output(call, outputs[call["id"]]) for call in run.calls]
        step.details = {"type": "tool_calls", "tool_calls": answered}
        used = self.used(run, len(run.calls))
        self.close_step(run, step, COMPLETED, moment, used)
        run.calls, run.waits_for = [], []
        run.status, run.turn_at = QUEUED, moment + queue_seconds(run, self.options)
        self.log.run(run)
        go_on(run)

    # Ends

    def begin_cancel(self, run: RunRecord, moment: float) -> None:
        """Let a run be cancelled a little later; on the wire such a run has always started."""
        run.status = CANCELLING
        run.started_at = moment if run.started_at is None else run.started_at
        run.turn_at = moment + self.options.cancel_seconds
        self.log.run(run)

    def finish(self, run: RunRecord, moment: float) -> None:
        """End the reply and the run, or cancel it as another client would if that is planned."""
        if run.next_rest == CANCELLED:
            self.begin_cancel(run, moment)
            return
        is_early = run.incomplete_reason is not None
        self.close_message(run, "max_tokens" if is_early else None, moment)
        used = self.used(run, len(run.written.split()), is_last=True)
        self.close_step(run, run.steps[-1], COMPLETED, moment, used)
        # v1 has no status for a run that hit a token limit.
        is_incomplete = is_early and self.renderer.edition != FOUNDING
        self.end(run, INCOMPLETE if is_incomplete else COMPLETED, moment)

    def end(self, run: RunRecord, status: str, moment: float) -> None:
        """End a run, closing what is still open in it."""
        for step in run.steps:
            if step.status == IN_PROGRESS:
                if step.type == "message_creation":
                    self.close_message(run, f"run_{status}", moment)
                self.close_step(run, step, CLOSED_AS.get(status, COMPLETED), moment, None)
        run.status, run.ended_at = status, moment
        run.usage = self.total(run)
        self.log.run(run)

    def used(self, run: RunRecord, completion: int, *, is_last: bool = False) -> Wire:
        """Return the usage of a step: if that of the whole run is planned, the last one has it."""
        planned = run.life.usage if run.life is not None else None
        if planned is None:
            return self.renderer.usage(run.prompt_tokens, completion)
        return self.renderer.usage(*(planned if is_last else (0, 0)))

    def total(self, run: RunRecord) -> Wire:
        """Return the usage of a run: the sum of its steps', nothing if it was cancelled."""
        used = [step.usage for step in run.steps if step.usage is not None]
        if run.life is not None and run.life.usage is not None:
            return self.renderer.usage(*run.life.usage)
        if run.status == CANCELLED:
            return self.renderer.usage(0, 0)
        prompt = sum(usage["prompt_tokens"] for usage in used)
        return self.renderer.usage(prompt, sum(usage["completion_tokens"] for usage in used))


def _next_piece_at(run: RunRecord, moment: float) -> float:
    """Return when the next piece of the reply is due: they are spread evenly over the work."""
    return moment + (run.done_at - moment) / (len(run.unwritten) + 1)


def _call_in(edition: Edition, call: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a call of a built-in tool as an edition has it; of another name it holds nothing."""
    offered = offered_tools(edition)
    if call["type"] in offered:
        return call
    (name,) = FILE_SEARCHES & offered
    return {"type": name, name: {}}
