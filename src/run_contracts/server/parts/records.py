"""What the server remembers: runs and their steps as records, the rest as wire objects."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from run_contracts.contract.lifecycle import IN_PROGRESS, QUEUED, lifecycle
from run_contracts.contract.requirements import EDITIONS
from run_contracts.server.clock import Ids
from run_contracts.server.lives.life import Life

Wire = dict[str, Any]
TERMINAL = lifecycle(EDITIONS[-1]).terminal


@dataclass(slots=True, kw_only=True)
class StepRecord:
    """One step of a run. Times are virtual, in seconds since the epoch."""

    id: str
    created_at: float
    details: Wire
    status: str = IN_PROGRESS
    ended_at: float | None = None
    usage: Wire | None = None

    @property
    def type(self) -> str:
        """What the step does."""
        return str(self.details["type"])


@dataclass(slots=True, kw_only=True)
class ThreadRecord:
    """One thread: its wire object, its messages and its runs, oldest first."""

    wire: Wire
    messages: list[Wire] = field(default_factory=list)
    runs: list[RunRecord] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id of the thread."""
        return str(self.wire["id"])


@dataclass(slots=True, kw_only=True)
class RunRecord:
    """One run. `settings` holds what create fixed for good, in wire form.

    `outcome` is the end that was asked for when it was created, if any. `ids` are its own, so that
    what it makes depends on its id alone and not on when somebody looked. `turn_at` is when its
    next change is due, `done_at` when its work is done; `events` holds every event of its life as
    (name, data), for streams to send. If its `life` was planned, `next_rest` is where it rests
    next, and `later_rests` are those after it; `rounds` is how often it was sent to ask for
    outputs, `built_in` are the calls of built-in tools that it has still to make.
    """

    id: str
    thread: ThreadRecord
    created_at: float
    expires_at: float
    turn_at: float
    done_at: float = 0.0
    settings: Wire
    metadata: Wire
    reply: list[str]
    prompt_tokens: int
    ids: Ids
    outcome: str | None = None
    life: Life | None = None
    next_rest: str | None = None
    later_rests: deque[str] = field(default_factory=deque)
    rounds: int = 0
    built_in: list[Mapping[str, Any]] = field(default_factory=list)
    status: str = QUEUED
    started_at: float | None = None
    ended_at: float | None = None
    calls: list[Wire] = field(default_factory=list)
    waits_for: list[Wire] = field(default_factory=list)
    steps: list[StepRecord] = field(default_factory=list)
    incomplete_reason: str | None = None
    usage: Wire | None = None
    message: Wire | None = None
    unwritten: list[str] = field(default_factory=list)
    written: str = ""
    events: list[tuple[str, Wire]] = field(default_factory=list)

    @property
    def assistant_id(self) -> str:
        """The id of the assistant that does it."""
        return str(self.settings["assistant_id"])

    @property
    def thread_id(self) -> str:
        """The id of the thread it runs on."""
        return self.thread.id

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in TERMINAL
