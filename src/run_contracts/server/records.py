"""What the server remembers: runs and their steps as records, the rest as wire objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from run_contracts.server.clock import Ids

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
class Thread:
    """One thread: its wire object, its messages and its runs, oldest first."""

    wire: Wire
    messages: list[Wire] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Run:
    """One run. `asked` holds what create fixed for good, in wire form.

    `outcome` is the end its metadata asked for when it was created, if any. `ids` are its own,
    so that what it makes depends on its id alone and not on when somebody looked. `turn_at` is
    when its next change is due, `done_at` when its work is done; `log` holds every event of its
    life as (name, data), for streams to send.
    """

    id: str
    thread: Thread
    assistant_id: str
    created_at: float
    expires_at: float
    turn_at: float
    done_at: float = 0.0
    asked: Wire
    metadata: Wire
    reply: list[str]
    prompt_tokens: int
    ids: Ids
    outcome: str | None = None
    status: str = "queued"
    started_at: float | None = None
    ended_at: float | None = None
    calls: list[Wire] = field(default_factory=list)
    waits_for: list[Wire] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    incomplete_reason: str | None = None
    usage: Wire | None = None
    message: Wire | None = None
    unwritten: list[str] = field(default_factory=list)
    written: str = ""
    log: list[tuple[str, Wire]] = field(default_factory=list)

    @property
    def thread_id(self) -> str:
        """The id of the thread it runs on."""
        return str(self.thread.wire["id"])
