"""The log of a run: every event of its life as a stream frame will have it."""

from __future__ import annotations

import copy

from run_contracts.server.records import Run, Step, Wire
from run_contracts.server.rendering import Rendering


class Log(Rendering):
    """Writes events into runs. What is logged stays as it was, whatever happens to the run."""

    def emit_run(self, run: Run, name: str | None = None) -> None:
        """Log an event about the run as it is now."""
        run.log.append((f"thread.run.{name or run.status}", copy.deepcopy(self.render_run(run))))

    def open_step(self, run: Run, moment: float, details: Wire) -> Step:
        """Begin a step."""
        step = Step(id=self.new_id(run.ids, "step_"), created_at=moment, details=details)
        run.steps.append(step)
        for name in ("created", "in_progress"):
            self.emit_step(run, step, name)
        return step

    def close_step(
        self, run: Run, step: Step, status: str, moment: float, used: Wire | None
    ) -> None:
        """End a step."""
        step.status, step.ended_at, step.usage = status, moment, used
        self.emit_step(run, step, status)

    def emit_step(self, run: Run, step: Step, name: str) -> None:
        """Log an event about a step as it is now."""
        data = copy.deepcopy(self.render_step(step, run, in_stream=True))
        run.log.append((f"thread.run.step.{name}", data))

    def emit_step_delta(self, run: Run, step: Step, call: Wire) -> None:
        """Log a piece of a tool call."""
        details = {"type": "tool_calls", "tool_calls": [call]}
        data = {
            "id": step.id,
            "object": "thread.run.step.delta",
            "delta": {"step_details": details},
        }
        run.log.append(("thread.run.step.delta", data))

    def emit_message(
        self, run: Run, name: str, status: str, reason: str | None, moment: float
    ) -> None:
        """Log an event about the reply as it is now."""
        data = self.render_streamed(run.message or {}, status, reason, moment)
        run.log.append((f"thread.message.{name}", copy.deepcopy(data)))

    def emit_message_delta(self, run: Run, piece: str) -> None:
        """Log a piece of the reply; the first one says that it has no annotations."""
        part: Wire = {"value": piece} if run.written else {"value": piece, "annotations": []}
        data = {
            "id": (run.message or {})["id"],
            "object": "thread.message.delta",
            "delta": {"content": [{"index": 0, "type": "text", "text": part}]},
        }
        run.log.append(("thread.message.delta", data))
