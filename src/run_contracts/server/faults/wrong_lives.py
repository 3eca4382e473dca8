"""Lives of runs that go where no life may go, or do not come to an end."""

from __future__ import annotations

import math
from collections.abc import Mapping

from run_contracts.server.event_frames import Streaming
from run_contracts.server.records import Run, Wire


class CancelForgotten(Streaming):
    """RUN-LIFE-001: a run that is cancelling goes back to what it was doing, and completes."""

    def end(self, run: Run, status: str, moment: float) -> None:
        if status != "cancelled":
            super().end(run, status, moment)
            return
        run.status = "in_progress" if run.steps else "queued"
        run.turn_at = moment + self.options.cancel_seconds
        run.done_at = max(run.done_at, run.turn_at)


class CancelDoesNothing(Streaming):
    """RUN-CANCEL-008: a run that is cancelling completes its work, and ends completed."""

    def end(self, run: Run, status: str, moment: float) -> None:
        while status == "cancelled" and run.unwritten:
            self.write(run, moment)
        if status == "cancelled" and run.message is not None:
            self.finish(run, moment)
        else:
            super().end(run, "completed" if status == "cancelled" else status, moment)


class CompletedBecomesCancelled(Streaming):
    """RUN-LIFE-002: cancelling a run that ended is answered 200 and turns it into cancelled."""

    def refuse_cancel(self, run: Run) -> None:
        run.status = "cancelled"


class StaleLists(Streaming):
    """RUN-LIFE-002-b: lists show the runs as they were when they worked."""

    def list_runs(self, thread_id: str, query: Mapping[str, str]) -> Wire:
        page = super().list_runs(thread_id, query)
        stale = {"status": "in_progress", "completed_at": None, "usage": None}
        return {
            **page,
            "data": [
                {**run, **stale, "expires_at": run["created_at"] + 600}
                if run["status"] == "completed"
                else run
                for run in page["data"]
            ],
        }


class InstructionsGrow(Streaming):
    """RUN-LIFE-003: instructions of a run have the server's own added once it works."""

    def render_run(self, run: Run) -> Wire:
        wire = super().render_run(run)
        if run.status != "queued":
            wire["instructions"] = f"{wire['instructions'] or ''}\nToday is Monday."
        return wire


class CreatedAgain(Streaming):
    """RUN-TIME-005: created_at of a run is set anew when it starts."""

    def render_run(self, run: Run) -> Wire:
        wire = super().render_run(run)
        return {**wire, "created_at": wire["started_at"] or wire["created_at"]}


class CancellingForEver(Streaming):
    """RUN-LIFE-004: a run that is cancelling stays so."""

    def due(self, run: Run) -> float:
        return math.inf if run.status == "cancelling" else super().due(run)


class HangsAfterOutputs(Streaming):
    """RUN-LIFE-005: a run whose outputs were submitted stays queued for ever."""

    def due(self, run: Run) -> float:
        answered = run.steps and run.steps[0].details["type"] == "tool_calls" and not run.calls
        return math.inf if answered and run.status == "queued" else super().due(run)


class EndMoves(Streaming):
    """RUN-TIME-006: completed_at of a run is the moment at which it is read."""

    def render_run(self, run: Run) -> Wire:
        wire = super().render_run(run)
        if run.status == "completed":
            wire["completed_at"] = self.stamp(self.clock.now())
        return wire


class UsageGrows(Streaming):
    """RUN-LIFE-006: usage of a run that has completed grows from second to second."""

    def render_run(self, run: Run) -> Wire:
        wire = super().render_run(run)
        if run.status == "completed" and run.ended_at is not None:
            more = int(self.clock.now() - run.ended_at)
            wire["usage"] = self.usage(wire["usage"]["prompt_tokens"] + more, 1)
        return wire


class Impatient(Streaming):
    """RUN-LIFE-007: a run that waits for outputs goes on without them after a minute."""

    def due(self, run: Run) -> float:
        if run.status == "requires_action":
            return run.done_at + 60
        return super().due(run)

    def ask(self, run: Run) -> None:
        if run.status == "requires_action":
            self.answer(run, {call["id"]: "" for call in run.calls}, run.done_at + 60)
        else:
            super().ask(run)


class WaitsForEver(Streaming):
    """RUN-LIFE-008: a run that waits for outputs does not expire."""

    def due(self, run: Run) -> float:
        return math.inf if run.status == "requires_action" else super().due(run)
