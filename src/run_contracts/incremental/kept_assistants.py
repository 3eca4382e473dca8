"""What was seen of assistants: the newest exchanges about each, for the runs that are of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from run_contracts.incremental.connecting_ids import assistants_of
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.named_assistants import assistant_named

MOST_ASSISTANTS = 1_000
MOST_OF_ASSISTANT = 10
"""Exchanges that are kept of an assistant, the newest."""


class KeptAssistants:
    """The assistants that were asked for last, each with the newest exchanges about it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._about: OrderedDict[str, list[Exchange]] = OrderedDict()

    def add(self, exchange: Exchange) -> None:
        """Keep what may change an assistant, and of what shows it the same the first and last."""
        id_ = assistant_named(exchange)
        if id_ is None:
            return
        about = self._about.setdefault(id_, [])
        same = [one.request.method == "GET" and one.answer is exchange.answer for one in about[-2:]]
        if exchange.request.method == "GET" and len(same) > 1 and all(same):
            del about[-1]
        about.append(exchange)
        del about[:-MOST_OF_ASSISTANT]
        self._about.move_to_end(id_)
        if len(self._about) > MOST_ASSISTANTS:
            self._about.popitem(last=False)

    def named_in(self, exchanges: Iterable[Exchange]) -> list[Exchange]:
        """Return what is kept about the assistants that exchanges and their runs name."""
        ids = frozenset[str]().union(*map(assistants_of, exchanges))
        return [one for id_ in ids for one in self._about.get(id_, ())]
