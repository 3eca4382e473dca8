"""The log of a run: every event of its life as a stream frame will have it."""

from __future__ import annotations

from typing import Any

from run_contracts.server.parts.records import RunRecord, StepRecord, Wire
from run_contracts.server.parts.renderer import Renderer


class EventLog:
    """Writes events into runs. What is logged stays as it was, whatever happens to the run."""

    def __init__(self, renderer: Renderer) -> None:
        """Log what a renderer makes of records."""
        self.renderer = renderer

    def run(self, run: RunRecord, name: str | None = None) -> None:
        """Log an event about the run as it is now; without a name it is called by its status."""
        _log(run, f"thread.run.{name or run.status}", _snapshot(self.renderer.run(run)))

    def step(self, run: RunRecord, step: StepRecord, name: str) -> None:
        """Log an event about a step as it is now."""
        data = _snapshot(self.renderer.step(step, run, in_stream=True))
        _log(run, f"thread.run.step.{name}", data)

    def step_delta(self, run: RunRecord, step: StepRecord, call: Wire) -> None:
        """Log a piece of a tool call."""
        details = {"type": "tool_calls", "tool_calls": [call]}
        data = {
            "id": step.id,
            "object": "thread.run.step.delta",
            "delta": {"step_details": details},
        }
        _log(run, "thread.run.step.delta", data)

    def message(
        self, run: RunRecord, name: str, status: str, reason: str | None, moment: float
    ) -> None:
        """Log an event about the reply as it is now."""
        data = self.renderer.streamed_message(run.message or {}, status, reason, moment)
        _log(run, f"thread.message.{name}", _snapshot(data))

    def message_delta(self, run: RunRecord, piece: str) -> None:
        """Log a piece of the reply; the first one says that it has no annotations."""
        part: Wire = {"value": piece} if run.written else {"value": piece, "annotations": []}
        data = {
            "id": (run.message or {})["id"],
            "object": "thread.message.delta",
            "delta": {"content": [{"index": 0, "type": "text", "text": part}]},
        }
        _log(run, "thread.message.delta", data)

    def annotation_delta(self, run: RunRecord, at: int, annotation: Wire) -> None:
        """Log a citation of the reply, whose text is all there."""
        text = {"annotations": [{"index": at, **annotation}]}
        data = {
            "id": (run.message or {})["id"],
            "object": "thread.message.delta",
            "delta": {"content": [{"index": 0, "type": "text", "text": text}]},
        }
        _log(run, "thread.message.delta", data)


def _log(run: RunRecord, name: str, data: Wire) -> None:
    run.events.append((name, data))


def _snapshot(value: Any) -> Any:
    """Return a JSON value as it is now; this is quicker than `copy.deepcopy`."""
    if isinstance(value, dict):
        return {name: _snapshot(inner) for name, inner in value.items()}
    return [_snapshot(inner) for inner in value] if isinstance(value, list) else value
