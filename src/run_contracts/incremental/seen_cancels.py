"""Runs whose cancel was accepted, with their ends: those that say whether cancels take effect."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.contract.lifecycle import CANCELLED, COMPLETED
from run_contracts.incremental.exchange_sizes import undecoded
from run_contracts.traffic.exchange import Exchange

MOST_CANCELS = 20
LARGEST_CANCEL = 256 * 1024
"""Bytes of the bodies of a cancel, and of what shows the end of its run."""
ONLY_COMPLETED, ANOTHER_END, TOOK_EFFECT = range(3)
"""What is known of cancels: the greater says it of all others."""


class SeenCancels:
    """As many of them as it takes to judge all of them together.

    One run that was cancelled says it of all others; one that ended otherwise, or whose end nobody
    will see, says that nothing is known of the rest.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: dict[str, tuple[Exchange, Exchange]] = {}
        self._known = ONLY_COMPLETED

    def __iter__(self) -> Iterator[Exchange]:
        return (one for exchanges in self._kept.values() for one in exchanges)

    def add(self, run_id: str, status: str | None, cancel: Exchange, end: Exchange) -> None:
        """Take a run whose cancel was accepted, its status at the end, and who shows them."""
        shows = {CANCELLED: TOOK_EFFECT, COMPLETED: ONLY_COMPLETED}.get(status or "", ANOTHER_END)
        if sum(len(one.response.body) for one in (cancel, end)) > LARGEST_CANCEL:
            self.miss()
        elif shows > self._known:
            self._known, self._kept = shows, {run_id: (undecoded(cancel), undecoded(end))}
        elif self._known == ONLY_COMPLETED and len(self._kept) < MOST_CANCELS:
            self._kept.setdefault(run_id, (undecoded(cancel), undecoded(end)))

    def miss(self) -> None:
        """Say nothing more of runs that completed: the end of another is not seen."""
        if self._known < ANOTHER_END:
            self._known, self._kept = ANOTHER_END, {}
