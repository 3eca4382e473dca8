"""Streamed events: the frames of a stream with what the contract knows of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from run_contracts.contract.lifecycle import StreamEventType
from run_contracts.errors import UnreadableBody
from run_contracts.traffic.sse import Frame
from run_contracts.validation.json_text import Body, decode_json

DONE = "done"
DONE_DATA = "[DONE]"
NAMELESS = {
    "thread.run": StreamEventType(kind="run", status=None),
    "thread.run.step": StreamEventType(kind="run_step", status=None),
    "thread.run.step.delta": StreamEventType(kind="run_step_delta", status=None),
    "thread.message": StreamEventType(kind="message", status=None),
    "thread.message.delta": StreamEventType(kind="message_delta", status=None),
}
"""What a frame without a name is about, by what its data calls itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedEvent:
    """One event of a stream: its frame, its data as JSON, and what the contract knows of it."""

    frame: Frame
    body: Body
    known: StreamEventType | None

    @property
    def name(self) -> str:
        """The event's name; empty if the frame has none."""
        return self.frame.name or ""

    @property
    def data(self) -> Any:
        """The decoded data; None for the end marker and for what is not JSON."""
        return self.body.value

    def is_about(self, kind: str) -> bool:
        """Say whether the data is an object of this kind."""
        return self.known is not None and self.known.kind == kind and isinstance(self.data, dict)


def streamed_event(frame: Frame, event_types: Mapping[str, StreamEventType]) -> StreamedEvent:
    """Return the event of a frame; the types are those of a life cycle, by event name."""
    body = _body(frame)
    known = event_types.get(frame.name or "")
    if frame.name is None and isinstance(body.value, dict):
        known = NAMELESS.get(str(body.value.get("object")))
    return StreamedEvent(frame=frame, body=body, known=known)


def _body(frame: Frame) -> Body:
    """Return a frame's data as JSON; no value for the end marker and for what cannot be read."""
    if frame.data is not None and frame.data != DONE_DATA:
        try:
            return decode_json(frame.data.encode("utf-8", errors="surrogatepass"))
        except UnreadableBody:
            pass
    return Body(value=None, is_json=False, violations=())
