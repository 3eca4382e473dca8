"""What goes between a night and its workers: orders for rounds, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from run_contracts.client.budget import Budget
from run_contracts.client.checked_target import Target
from run_contracts.night.corpus_entry import CorpusEntry


class RoundKind(StrEnum):
    """What a round does: walks of the corpus again, new and changed walks, or made requests."""

    AGAIN = "again"
    WALKS = "walks"
    REQUESTS = "requests"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundOrder:
    """An order for one round: its number, the id of its check, its seed and what it may spend.

    It takes so many new `walks`. `entries` and `known` are new since the last order to this worker:
    walks to start from, and keys of findings that need not be told. `again` are the walks that a
    round of that kind takes.
    """

    number: int
    check: str
    kind: RoundKind
    seed: int
    budget: Budget
    walks: int = 0
    entries: tuple[CorpusEntry, ...] = ()
    known: frozenset[str] = frozenset()
    again: tuple[CorpusEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFinding:
    """Something broken that was not known: its key, its requirement, and a report that shows it."""

    key: str
    requirement: str
    report: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundResult:
    """What a round did: requests that it sent, runs asked for, the `seconds` it took.

    Of so many requests (`judged`) the answer said something of what was asked, and was judged.

    `sending` and `judging` are seconds of processors, the application in process included.

    `stopped` says why it ended early, and `is_refused` that no other would fare better; `gone` that
    the server did not answer any more. `found` counts what is broken by its key; `entries` showed
    something new. `own_errors` are errors of ours, and `left` what could not be deleted.
    """

    number: int
    kind: RoundKind
    requests: int = 0
    judged: int = 0
    runs: int = 0
    seconds: float = 0.0
    sending: float = 0.0
    judging: float = 0.0
    stopped: str = ""
    is_gone: bool = False
    is_refused: bool = False
    found: Mapping[str, int] = field(default_factory=dict)
    new: tuple[NewFinding, ...] = ()
    entries: tuple[CorpusEntry, ...] = ()
    own_errors: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def is_unbegun(self) -> bool:
        """Whether the night ended before the first request of the round."""
        return not (self.requests or self.own_errors or self.is_gone or self.is_refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundBegun:
    """A worker begins a round: from now on nobody knows what it has sent until it answers."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFailed:
    """A worker that cannot work, and why: no application, or no package."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOrders:
    """What a worker is told at its start.

    `application` is the name of what is searched in this process, in a folder; empty if the target
    is asked over the network. So many `lanes` search at once in the worker. What was shown before
    is `shown`; sequences of requests that broke something are kept in `examples`. What the rounds
    of the checks `left` behind is deleted first.
    """

    target: Target
    application: str
    folder: Path
    lanes: int
    shown: frozenset[str]
    entries: tuple[CorpusEntry, ...]
    known: frozenset[str]
    examples: Path | None = None
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What rounds left that were killed is deleted, as far as the lines say nothing else."""

    checks: tuple[str, ...]
    lines: tuple[str, ...]


Answer = RoundResult | WorkerFailed | Cleaned | RoundBegun
