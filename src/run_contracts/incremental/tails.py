"""Tails: the last exchanges of what was judged for good, from which a thread may go on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from run_contracts.incremental.connecting_ids import connecting_ids
from run_contracts.traffic.exchange import Exchange

LONGEST_TAIL = 3
"""Exchanges that are kept of a thread when it was judged for good."""
MOST_TAILS = 1_000

Tail = tuple[Exchange, ...]


class Tails:
    """The newest tails, by every id that connects an exchange of theirs with others.

    Between a tail and what comes next of its thread nothing is missing: one that is not the newest
    of all that is connected with it is dropped.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._of_id: dict[str, int] = {}
        self._tails: OrderedDict[int, tuple[Tail, frozenset[str]]] = OrderedDict()
        self._kept = 0

    def keep(self, ids: Iterable[str], tail: Tail) -> None:
        """Keep the tail of what these ids connect, instead of those that were kept of them."""
        self.take(ids)
        if not tail:
            return
        own = frozenset[str]().union(*map(connecting_ids, tail))
        self._kept += 1
        self._tails[self._kept] = tail, own
        self._of_id.update(dict.fromkeys(own, self._kept))
        if len(self._tails) > MOST_TAILS:
            self._forget(next(iter(self._tails)))

    def take(self, ids: Iterable[str]) -> list[Exchange]:
        """Return the exchanges of the tails that these ids are of, and keep them no longer."""
        numbers = {self._of_id[id_] for id_ in ids if id_ in self._of_id}
        return [one for number in numbers for one in self._forget(number)]

    def _forget(self, number: int) -> Tail:
        tail, ids = self._tails.pop(number)
        for id_ in ids:
            if self._of_id.get(id_) == number:
                del self._of_id[id_]
        return tail
