"""Tails: the last exchanges of what was judged for good, from which a thread may go on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from run_contracts.incremental.connecting_ids import connecting_ids
from run_contracts.incremental.exchange_sizes import size_undecoded, undecoded
from run_contracts.incremental.explaining import Explaining
from run_contracts.traffic.exchange import Exchange

LONGEST_TAIL = 3
"""Exchanges that are kept of a thread when it was judged for good."""
MOST_TAILS, MOST_TAIL_BYTES = 1_000, 24 * 1024**2


class Tail(NamedTuple):
    """The last exchanges of what was judged for good, and what explains those that come."""

    exchanges: tuple[Exchange, ...]
    explaining: Explaining

    @property
    def size(self) -> int:
        """How many bytes of memory it takes, about."""
        return self.explaining.size + sum(map(size_undecoded, self.exchanges))


class Tails:
    """The newest tails, by every id that connects an exchange of theirs with others.

    Between a tail and what comes next of its thread nothing is missing: one that is not the newest
    of all that is connected with it is dropped. What was decoded of them is not kept.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._of_id: dict[str, int] = {}
        self._tails: OrderedDict[int, tuple[Tail, frozenset[str]]] = OrderedDict()
        self._kept = self.size = 0

    def __len__(self) -> int:
        return len(self._tails)

    def keep(
        self, ids: Iterable[str], exchanges: Sequence[Exchange], explaining: Explaining
    ) -> None:
        """Keep the tail of what these ids connect, instead of those that were kept of them."""
        self.take(ids)
        if not (exchanges or explaining):
            return
        own = frozenset[str]().union(*map(connecting_ids, exchanges))
        if explaining:
            own |= frozenset(ids)
        self._kept += 1
        tail = Tail(tuple(map(undecoded, exchanges)), explaining)
        self._tails[self._kept] = tail, own
        self.size += tail.size
        self._of_id.update(dict.fromkeys(own, self._kept))
        while len(self._tails) > MOST_TAILS or self.size > MOST_TAIL_BYTES:
            self._forget(next(iter(self._tails)))

    def take(self, ids: Iterable[str]) -> list[Tail]:
        """Return the tails that these ids are of, and keep them no longer."""
        numbers = {self._of_id[id_] for id_ in ids if id_ in self._of_id}
        return [self._forget(number) for number in numbers]

    def _forget(self, number: int) -> Tail:
        tail, ids = self._tails.pop(number)
        self.size -= tail.size
        for id_ in ids:
            if self._of_id.get(id_) == number:
                del self._of_id[id_]
        return tail
