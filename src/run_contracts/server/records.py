"""What the server remembers: runs and their steps as records, the rest as wire objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Wire = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Step:
    """One step of a run. Times are virtual, in seconds since the epoch."""

    id: str
    created_at: float
    details: Wire
    status: str = "in_progress"
    ended_at: float | None = None
    usage: Wire | None = None

    @property
    def type(self) -> str:
        """What the step does."""
        return str(self.details["type"])


@dataclass(slots=True, kw_only=True)
class Run:
    """One run. `asked` holds what create fixed for good, in wire form.

    `turn_at` is when the next change of status is due; `log` holds every event of its life as
    (name, data), for streams to send.
    """

    id: str
    thread_id: str
    assistant_id: str
    created_at: float
    expires_at: float
    turn_at: float
    asked: Wire
    metadata: Wire
    reply: list[str]
    prompt_tokens: int
    status: str = "queued"
    started_at: float | None = None
    ended_at: float | None = None
    calls: list[Wire] = field(default_factory=list)
    waits_for: list[Wire] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    incomplete_reason: str | None = None
    usage: Wire | None = None
    message: Wire | None = None
    log: list[tuple[str, Wire]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Thread:
    """One thread: its wire object, its messages and its runs, oldest first."""

    wire: Wire
    messages: list[Wire] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


def usage(prompt: int, completion: int) -> Wire:
    """Return token counts as a usage object."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
