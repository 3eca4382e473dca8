"""Streamed events: the frames of a stream with what the contract knows of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from run_contracts.contract.lifecycle import StreamEventType
from run_contracts.contract.object_names import named_kind
from run_contracts.traffic.sse import Frame
from run_contracts.validation.json_text import Body

DONE = "done"
DONE_DATA = "[DONE]"
NAMELESS = ("run", "run_step", "run_step_delta", "message", "message_delta")
"""What a frame without a name may be about: what its data calls itself."""


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

    @property
    def is_foreign(self) -> bool:
        """Whether its name is none of the contract's; the documents say that some may be added."""
        return bool(self.name) and self.name != DONE and self.known is None

    def is_about(self, kind: str) -> bool:
        """Say whether the data is an object of this kind."""
        return self.known is not None and self.known.kind == kind and isinstance(self.data, dict)


def streamed_event(
    frame: Frame, body: Body, event_types: Mapping[str, StreamEventType]
) -> StreamedEvent:
    """Return the event of a frame; the types are those of a life cycle, by event name."""
    known = event_types.get(frame.name or "")
    if frame.name is None and isinstance(body.value, dict):
        kind = named_kind(body.value)
        known = StreamEventType(kind=kind, status=None) if kind in NAMELESS else None
    return StreamedEvent(frame=frame, body=body, known=known)
