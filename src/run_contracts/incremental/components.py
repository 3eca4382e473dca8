"""Which exchanges belong together, told by the ids that they name and show."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from itertools import chain, islice

from run_contracts.contract.lifecycle import Lifecycle
from run_contracts.contract.loading import Contract
from run_contracts.incremental.component import Component
from run_contracts.incremental.connecting_ids import connecting_ids
from run_contracts.incremental.tails import Tail
from run_contracts.traffic.exchange import Exchange

MOST_LOOKED_AT = 50
"""Components that are looked at for one that has ended."""
UNCONNECTED = ""
"""The id of what nothing connects with anything: all that names no thread."""


class Components:
    """The components that are open, those that were added to last at the end."""

    def __init__(self) -> None:
        """Begin with none."""
        self._of_id: dict[str, Component] = {}
        self._open: OrderedDict[int, Component] = OrderedDict()
        self._waiting: OrderedDict[int, Component] = OrderedDict()
        self.exchanges = self.size = 0

    def __iter__(self) -> Iterator[Component]:
        return chain(self._waiting.values(), self._open.values())

    @property
    def oldest(self) -> Component | None:
        """The one that was added to longest ago, of those that do not wait; None for none."""
        return next(iter(self._open.values()), None)

    def first_to_go(self, lifecycle: Lifecycle) -> Component | None:
        """Return the one of which least is still to be expected."""
        old = islice(self._open.values(), MOST_LOOKED_AT)
        ended = (one for one in old if one.is_at_end(lifecycle))
        return next(chain(ended, self._waiting.values(), self._open.values()), None)

    def wait(self, component: Component) -> None:
        """Put aside a component whose runs have not ended, until more comes of it."""
        self._waiting[id(component)] = self._open.pop(id(component))

    def add(self, exchange: Exchange, at: int) -> tuple[Component, frozenset[str] | set[str]]:
        """Put an exchange, the so manieth of all, to those that it is connected with.

        Returns these, and the ids that none of them had.
        """
        ids = connecting_ids(exchange) or {UNCONNECTED}
        component = self._connected(ids)
        new = ids - component.ids
        component.ids |= new
        for id_ in new:
            self._of_id[id_] = component
        before = component.size
        component.add(exchange)
        component.last_seen = at
        self.exchanges += 1
        self.size += component.size - before
        self._waiting.pop(id(component), None)
        self._open[id(component)] = component
        self._open.move_to_end(id(component))
        return component, new

    def _connected(self, ids: frozenset[str] | set[str]) -> Component:
        """Return the component of some ids, made one if there are several; a new one for none."""
        of_id = self._of_id
        connected = [of_id[id_] for id_ in ids if id_ in of_id]
        known = {id(one): one for one in connected}
        if len(known) < 2:  # noqa: PLR2004 - there is nothing to make one of
            return connected[0] if connected else Component()
        largest, *others = sorted(known.values(), key=lambda one: -len(one.exchanges))
        for other in others:
            largest.take(other.exchanges, other.settled, other.explaining)
            largest.ids |= other.ids
            largest.last_seen = max(largest.last_seen, other.last_seen)
            self._open.pop(id(other), None)
            self._waiting.pop(id(other), None)
            for id_ in other.ids:
                self._of_id[id_] = largest
        return largest

    def close(self, component: Component) -> None:
        """Forget a component, and what it is connected by."""
        self._open.pop(id(component), None)
        self._waiting.pop(id(component), None)
        self.exchanges -= len(component.exchanges)
        self.size -= component.size
        for id_ in component.ids:
            if self._of_id.get(id_) is component:
                del self._of_id[id_]

    def go_on(self, component: Component, earlier: Tail) -> None:
        """Put before the exchanges of a component what was judged for good already."""
        size, exchanges = component.size, earlier.exchanges
        component.take(exchanges, [one.number for one in exchanges], earlier.explaining)
        self.exchanges += len(exchanges)
        self.size += component.size - size
        ids = set[str]().union(*map(connecting_ids, exchanges)) - component.ids
        component.ids |= ids
        self._of_id.update(dict.fromkeys(ids, component))

    def cut(self, component: Component, kept: int, contract: Contract) -> None:
        """Leave off all but the newest exchanges of a component."""
        before, size, ids = len(component.exchanges), component.size, component.ids
        component.cut(kept, contract)
        for id_ in ids - component.ids:
            del self._of_id[id_]
        self.exchanges += len(component.exchanges) - before
        self.size += component.size - size
