"""Extent: how far a check came: which operations it found, how much of the contract it saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Offer(StrEnum):
    """What was seen of an operation.

    It answers as it should; it is not there; it is there and never answers as it should; or no
    request for it could be sent.
    """

    OFFERED = "offered"
    MISSING = "missing"
    BROKEN = "broken"
    UNTRIED = "not tried"


STREAMED_ANSWERS = "streams"
"""The name under which streamed answers stand among the operations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationSeen:
    """What was seen of one operation, or of streamed answers.

    `what` is its method and path; `state` is an `Offer`; `reason` says what shows that, empty if it
    is offered; `exchange` is the number of the answer that does, 0 if there is none.
    """

    operation: str
    what: str
    state: str
    reason: str = ""
    exchange: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """Which operations the server offers: told before the verdicts."""

    operations: tuple[OperationSeen, ...]

    @property
    def offered(self) -> int:
        """How many operations are offered; streams do not count, they are a form of some."""
        return sum(one.state == Offer.OFFERED for one in self._endpoints)

    @property
    def size(self) -> int:
        """How many operations there are."""
        return len(self._endpoints)

    @property
    def _endpoints(self) -> list[OperationSeen]:
        return [one for one in self.operations if one.operation != STREAMED_ANSWERS]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageItem:
    """One thing that a check may see; `exchange` is the number of the first that shows it, or 0.

    `out_of_reach` says why nothing that a check does brings it about; empty where something may.
    """

    name: str
    exchange: int = 0
    out_of_reach: str = ""

    @property
    def is_due(self) -> bool:
        """Whether it counts: what was seen although nobody can bring it about does, too."""
        return bool(self.exchange) or not self.out_of_reach


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePart:
    """Things of one kind that a check may see, e.g. the edges of the life cycle."""

    name: str
    what: str
    items: tuple[CoverageItem, ...]

    @property
    def seen(self) -> int:
        """How many of them were seen."""
        return sum(one.exchange > 0 for one in self.items)

    @property
    def size(self) -> int:
        """How many of them a check can see."""
        return sum(one.is_due for one in self.items)

    @property
    def unseen(self) -> tuple[str, ...]:
        """The names of those that could have been seen and were not."""
        return tuple(one.name for one in self.items if one.is_due and not one.exchange)

    @property
    def beyond(self) -> Mapping[str, tuple[str, ...]]:
        """The names of those that are out of reach and were not seen, by the reason."""
        by_reason: dict[str, list[str]] = {}
        for item in self.items:
            if not item.is_due:
                by_reason.setdefault(item.out_of_reach, []).append(item.name)
        return {reason: tuple(names) for reason, names in by_reason.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How much of the contract a check saw, whatever it says of it: told after the survey."""

    parts: tuple[CoveragePart, ...]

    @property
    def percent(self) -> float:
        """The share that was seen of what a check can see, in percent; 100 if that is nothing."""
        size = sum(part.size for part in self.parts)
        return 100 * sum(part.seen for part in self.parts) / size if size else 100.0
