"""What was seen of assistants: the newest exchanges about each, for the runs that are of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from run_contracts.incremental.connecting_ids import assistants_of
from run_contracts.incremental.exchange_sizes import size_of
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.named_assistants import assistant_named

MOST_ASSISTANTS = 1_000
MOST_OF_ASSISTANT = 10
"""Exchanges that are kept of an assistant, the newest."""
MOST_ASSISTANT_BYTES = 16 * 1024**2
"""Bytes of memory that they take together, about."""


class KeptAssistants:
    """The assistants that were asked for last, each with the newest exchanges about it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._about: OrderedDict[str, list[Exchange]] = OrderedDict()
        self.size = 0

    def add(self, exchange: Exchange) -> None:
        """Keep what may change an assistant, and of what shows it the same the first and last."""
        id_ = assistant_named(exchange)
        if id_ is None:
            return
        about = self._about.setdefault(id_, [])
        same = [one.request.method == "GET" and one.answer is exchange.answer for one in about[-2:]]
        if exchange.request.method == "GET" and len(same) > 1 and all(same):
            self.size -= size_of(about.pop())
        about.append(exchange)
        self.size += size_of(exchange)
        if len(about) > MOST_OF_ASSISTANT:
            self.size -= size_of(about.pop(0))
        self._about.move_to_end(id_)
        while len(self._about) > MOST_ASSISTANTS or self.size > MOST_ASSISTANT_BYTES:
            _, oldest = self._about.popitem(last=False)
            self.size -= sum(map(size_of, oldest))

    def named_in(self, exchanges: Iterable[Exchange]) -> list[Exchange]:
        """Return what is kept about the assistants that exchanges and their runs name."""
        ids = frozenset[str]().union(*map(assistants_of, exchanges))
        return [one for id_ in ids for one in self._about.get(id_, ())]
