"""Sequences: the few exchanges, out of many, that lead to one of them.

An exchange needs those whose answers gave it its ids and, if it is about a run, what was done
with that run before. Sent again in order they show the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from run_contracts.exchange import Exchange, data_of

LOOK = "getRun"


class Sequences:
    """The exchanges of one check, and for each of them those that lead to it."""

    def __init__(self, exchanges: Iterable[Exchange] = ()) -> None:
        """Begin with these exchanges; `size` is how many there are."""
        self.size = 0
        self._origins: dict[str, Exchange] = {}
        self._scenes: dict[tuple[str, ...], list[Exchange]] = {}
        self._races: dict[int, list[Exchange]] = {}
        self._sent: set[str] = set()
        for exchange in exchanges:
            self.add(exchange)

    def add(self, exchange: Exchange) -> None:
        """Note which ids an answer tells first; an id that was sent before came from outside."""
        self.size += 1
        self._scenes.setdefault(_scene(exchange), []).append(exchange)
        self._races.setdefault(exchange.together, []).append(exchange)
        self._sent.update(used(exchange))
        for one in introduced(exchange):
            if one not in self._sent:
                self._origins.setdefault(one, exchange)

    def leading_to(self, last: Exchange) -> tuple[Exchange, ...]:
        """Return the exchanges that lead to one, and it, in order.

        They are what was done with the same run before, by whomever; or, if it names no run, with
        the same thread in the same scenario; what raced with it; and where their ids come from.
        Looks at a run that show what those before and after show as well are left out.
        """
        scene = self._scenes[_scene(last)] if _scene(last) else []
        before = [one for one in scene if one.number < last.number]
        raced = self._races[last.together] if last.together else []
        return tuple(_without_idle_looks(self.with_origins([*before, *raced, last])))

    def with_origins(self, wanted: Iterable[Exchange]) -> list[Exchange]:
        """Return exchanges and all those that their ids come from, in order."""
        found: dict[int, Exchange] = {}
        left = list(wanted)
        while left:
            one = left.pop()
            if one.number not in found:
                found[one.number] = one
                left += self._needed(one)
        return [found[number] for number in sorted(found)]

    def _needed(self, exchange: Exchange) -> Iterator[Exchange]:
        """Yield the earlier exchanges whose answers hold an id that a request uses."""
        for one in used(exchange):
            origin = self._origins.get(one)
            if origin is not None and origin.number < exchange.number:
                yield origin


def _scene(exchange: Exchange) -> tuple[str, ...]:
    """Return what an exchange is about: a run, or a thread in a scenario; empty if neither."""
    ids = exchange.ids
    if "run_id" in ids:
        return ("run", ids["run_id"])
    return ("thread", ids["thread_id"], exchange.source) if "thread_id" in ids else ()


def _without_idle_looks(found: list[Exchange]) -> Iterator[Exchange]:
    """Yield exchanges without the looks between two others that saw the same status."""
    for before, one, after in zip([None, *found], found, [*found[1:], None], strict=False):
        same = {_look(each) for each in (before, one, after)}
        if len(same) > 1 or None in same:
            yield one


def _look(exchange: Exchange | None) -> tuple[str, str] | None:
    """Return the run and status that a look shows; None if it is no look at a run."""
    operation = exchange.operation if exchange is not None else None
    if exchange is None or operation is None or operation.id != LOOK:
        return None
    answered = exchange.answered
    status = answered.get("status") if isinstance(answered, dict) else exchange.response.status
    return exchange.ids["run_id"], str(status)


def introduced(exchange: Exchange) -> Iterator[str]:
    """Yield every id that an answer tells, streamed ones included, in order."""
    for value in (exchange.answered, *map(data_of, exchange.frames)):
        yield from ids_in(value)


def used(exchange: Exchange) -> Iterator[str]:
    """Yield every text of a request that may be an id: in its path, its query, its body."""
    yield from exchange.ids.values()
    yield from (value for _, value in parse_qsl(urlsplit(exchange.request.url).query))
    yield from _texts(exchange.asked)


def ids_in(value: Any) -> Iterator[str]:
    """Yield the ids that a JSON value holds at any depth.

    >>> list(ids_in({"id": "run_1", "thread_id": "t_1", "usage": None}))
    ['run_1', 't_1']
    """
    if isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, str) and (name == "id" or name.endswith("_id")):
                yield one
            yield from ids_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from ids_in(one)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
