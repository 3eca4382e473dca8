"""What is broken by its causes: the first to mend first, and what follows from each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from run_contracts.events import Cause, Decided, Result
from run_contracts.report.folding import counted

FIX_FIRST = "fix first:"
"""How the cause is headed that is to be mended first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCause:
    """One cause: the verdict that says it most plainly, and those that follow from it.

    `rank` counts from 1; `seen` is how many exchanges show it.
    """

    rank: int
    seen: int
    lead: Decided
    followers: tuple[Decided, ...] = ()

    @property
    def verdicts(self) -> tuple[Decided, ...]:
        """The lead, and what follows from it."""
        return (self.lead, *self.followers)

    @property
    def is_red(self) -> bool:
        """Whether it makes the check red."""
        return any(one.is_red for one in self.verdicts)

    @property
    def place(self) -> str:
        """Its place in the order of mending."""
        return FIX_FIRST if self.rank == 1 and self.is_red else f"{self.rank}."

    @property
    def head(self) -> str:
        """The line above it: its place, and how often it is seen."""
        where = counted(self.seen, "answer")
        most = max(self.verdicts, key=lambda one: one.more)
        if most.more:
            where = f"at least {where}, {counted(len(most.broken) + most.more, 'time')}"
        return f"{self.place} seen in {where}"


def ranked_cause(cause: Cause, verdicts: Mapping[str, Decided], rank: int) -> RankedCause | None:
    """Return a cause with its verdicts, by id, but for those that are known; None if none is."""
    broken = [
        verdict
        for verdict in (verdicts.get(one) for one in cause.requirements)
        if verdict is not None and is_open(verdict)
    ]
    if not broken:
        return None
    lead, *followers = broken
    return RankedCause(rank=rank, seen=cause.seen, lead=lead, followers=tuple(followers))


def ranked(causes: Iterable[Cause], verdicts: Iterable[Decided]) -> tuple[RankedCause, ...]:
    """Return what is broken and not known by its causes; what has none is one by itself.

    Those of red verdicts come first.
    """
    left = {one.requirement: one for one in verdicts if is_open(one)}
    in_order: list[RankedCause] = []
    for cause in causes:
        placed = ranked_cause(cause, left, len(in_order) + 1)
        for verdict in placed.verdicts if placed else ():
            del left[verdict.requirement]
        in_order += [placed] if placed else []
    for verdict in sorted(left.values(), key=lambda one: not one.is_red):
        seen = len({one.exchange for one in verdict.broken})
        rank = len(in_order) + 1
        in_order.append(RankedCause(rank=rank, seen=seen, lead=verdict))
    return tuple(in_order)


def is_open(verdict: Decided) -> bool:
    """Say whether a verdict is that something is broken, and nobody accepted it."""
    return verdict.result == Result.FAIL and not verdict.known
