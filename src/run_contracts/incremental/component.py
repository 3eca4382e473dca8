"""Components: exchanges that belong together, for they are about one thread, or connected ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter

from run_contracts.contract.lifecycle import Lifecycle
from run_contracts.contract.loading import Contract
from run_contracts.incremental.connecting_ids import connecting_ids, shown_in
from run_contracts.incremental.exchange_sizes import size_of
from run_contracts.incremental.explaining import Explaining
from run_contracts.incremental.verdicts_so_far import Shown
from run_contracts.traffic.exchange import Exchange

MOST_KEPT_STATUSES = 20
"""Statuses that are kept of a run, to show how it went."""


class Component:
    """The exchanges about one thread, and about all that is connected with it, oldest first.

    `judged_at` is how many there were when they were judged last, and `shown` what held then. Those
    whose numbers are `settled` were judged for good, and are here as what was before. Its `groups`
    are the numbers by which some of them were under way together with others; what was let go of
    them and is `explaining` what comes is kept.
    """

    def __init__(self) -> None:
        """Begin without exchanges."""
        self.exchanges: list[Exchange] = []
        self.ids: set[str] = set()
        self.settled: set[int] = set()
        self.statuses: dict[str, list[str]] = {}
        self.groups: set[int] = set()
        self.explaining = Explaining()
        self.size = self.judged_at = self.last_seen = 0
        self.shown: Shown = Counter()

    def add(self, exchange: Exchange) -> None:
        """Take an exchange, newer than all others."""
        self.exchanges.append(exchange)
        self.size += size_of(exchange)
        self._observe(exchange)

    def _observe(self, exchange: Exchange) -> None:
        if exchange.together:
            self.groups.add(exchange.together)
        for run_id, status in shown_in(exchange).statuses:
            seen = self.statuses.setdefault(run_id, [])
            if not seen or seen[-1] != status:
                seen.append(status)
                del seen[:-MOST_KEPT_STATUSES]

    def take(
        self, others: Iterable[Exchange], settled: Iterable[int], explaining: Explaining
    ) -> None:
        """Take over exchanges that are found to be connected, some of them judged for good."""
        self.exchanges = sorted((*self.exchanges, *others), key=attrgetter("number"))
        self.settled.update(settled)
        self.explaining.take(explaining)
        self._count_anew()
        self.judged_at = 0
        self.shown.clear()

    def cut(self, kept: int, contract: Contract) -> None:
        """Leave off all but the newest exchanges: what is left begins later, as recordings do."""
        self.explaining.add(self.exchanges[:-kept], contract)
        self.exchanges = self.exchanges[-kept:]
        self.settled = {one.number for one in self.exchanges}
        self._count_anew()
        self.ids = set[str]().union(*map(connecting_ids, self.exchanges))
        if self.explaining.wrong:
            self.ids.update(*map(connecting_ids, self.explaining.wrong))
        self.judged_at = len(self.exchanges)

    def _count_anew(self) -> None:
        self.size = sum(map(size_of, self.exchanges)) + self.explaining.size
        self.statuses, self.groups = {}, set()
        for exchange in self.exchanges:
            self._observe(exchange)

    def is_at_end(self, lifecycle: Lifecycle) -> bool:
        """Say whether every run in it was last seen to have ended."""
        return all(lifecycle.is_terminal(seen[-1]) for seen in self.statuses.values())

    def tail(self, most: int) -> tuple[Exchange, ...]:
        """Return all from the last exchange that shows a run, if that is not more than `most`."""
        for at in range(len(self.exchanges) - 1, max(-1, len(self.exchanges) - 1 - most), -1):
            if shown_in(self.exchanges[at]).statuses:
                return tuple(self.exchanges[at:])
        return ()
