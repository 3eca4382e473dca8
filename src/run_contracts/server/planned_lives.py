"""Lives that are planned: how the next runs go, whatever their requests ask for."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UsageError

PASSED_THROUGH = frozenset({"queued", "in_progress", "cancelling"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How one run goes: where it rests, one after another, and what it says.

    `calls` are the functions it calls each time it requires action, with their arguments; without
    them it calls the first function that the run has. `reply` is what the assistant writes.
    """

    rests: tuple[str, ...]
    calls: Mapping[str, Any] = field(default_factory=dict)
    reply: str | None = None

    @property
    def needs_function(self) -> bool:
        """Whether its run must have a function among its tools."""
        return "requires_action" in self.rests and not self.calls


def life(
    statuses: Sequence[str], *, calls: Mapping[str, Any] | None = None, reply: str | None = None
) -> Life:
    """Return a life from the statuses that are to be seen; raise `UsageError` if none is so.

    What lies between them need not be told. A life that ends ``queued`` or ``in_progress`` stays
    so until it is cancelled or expires; one that ends ``requires_action`` completes once its
    outputs are there.

    >>> life(["requires_action", "completed"]).rests
    ('requires_action', 'completed')
    """
    known = lifecycle(EDITIONS[-1])
    if not statuses:
        raise UsageError("a life has no statuses; give at least one, e.g. 'completed'")
    for status in statuses:
        if status not in known.statuses:
            raise UsageError(f"no status {status!r}; there are {', '.join(sorted(known.statuses))}")
    for before, after in pairwise(statuses):
        if not known.may_follow(before, after):
            raise UsageError(f"{after!r} cannot follow {before!r}: such a run has ended")
    if statuses[-1] == "cancelling":
        raise UsageError("no life ends 'cancelling'; it goes on to 'cancelled'")
    rests = [one for one in statuses[:-1] if one not in PASSED_THROUGH]
    return Life(rests=(*rests, statuses[-1]), calls=calls or {}, reply=reply)


class Lives:
    """The lives of the next runs, in order; a run for which none is left goes as it is asked to."""

    def __init__(self) -> None:
        """Begin with none."""
        self._next: deque[Life] = deque()

    def add(self, planned: Life) -> None:
        """Plan how one run more goes."""
        self._next.append(planned)

    def first(self) -> Life | None:
        """Return the next life, which stays the next."""
        return self._next[0] if self._next else None

    def take(self) -> Life | None:
        """Return the next life, which is then another run's no more."""
        return self._next.popleft() if self._next else None
