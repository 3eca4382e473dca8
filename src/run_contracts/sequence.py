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
        self._threads: dict[str, list[Exchange]] = {}
        self._races: dict[int, list[Exchange]] = {}
        self._sent: dict[str, int] = {}
        for exchange in exchanges:
            self.add(exchange)

    def add(self, exchange: Exchange) -> None:
        """Note which ids an answer tells first; an id that was sent before came from outside.

        Unless both raced: a stream that began first may be kept last.
        """
        self.size += 1
        self._threads.setdefault(about(exchange)[0], []).append(exchange)
        self._races.setdefault(exchange.together, []).append(exchange)
        for one in used(exchange):
            self._sent.setdefault(one, exchange.together)
        for one in introduced(exchange):
            if one not in self._sent or 0 < self._sent[one] == exchange.together:
                self._origins.setdefault(one, exchange)

    def ways_to(self, last: Exchange) -> Iterator[tuple[Exchange, ...]]:
        """Yield the exchanges that may lead to one, in order, a few at first and then more.

        Alone; after what was done with the same run; after what was done on the same thread; and
        with what was done there afterwards. Always with what raced with it, and with those that
        the ids come from. Of looks at a run that show the same the first and last are kept.
        """
        thread_id, run_id = about(last)
        scene = self._threads[thread_id] if thread_id else []
        scene = [one for one in scene if _matters(one, last)]
        before = [one for one in scene if one.number < last.number]
        raced = self._races[last.together] if last.together else []
        for wanted in ([], [one for one in before if about(one)[1] == run_id], before, scene):
            yield tuple(_without_idle_looks(self.with_origins([*wanted, *raced, last])))

    def with_origins(self, wanted: Iterable[Exchange]) -> list[Exchange]:
        """Return exchanges and all that their ids come from, those in answers too, in order.

        A run that another exchange shows comes with what was done with it, to its end.
        """
        found: dict[int, Exchange] = {}
        left = list(wanted)
        while left:
            one = left.pop()
            if one.number not in found:
                found[one.number] = one
                for origin in self._origins_of(one):
                    left.append(origin)
                    left += self._rest_of(origin, one)
        return [found[number] for number in sorted(found)]

    def _origins_of(self, exchange: Exchange) -> Iterator[Exchange]:
        """Yield the exchanges begun earlier that told first what an exchange uses or tells."""
        for one in (*used(exchange), *introduced(exchange)):
            origin = self._origins.get(one)
            if origin is not None and (
                origin.number < exchange.number or origin.is_beside(exchange)
            ):
                yield origin

    def _rest_of(self, origin: Exchange, exchange: Exchange) -> Iterator[Exchange]:
        """Yield what was done with a run since its origin, if an exchange is about another one."""
        thread_id, run_id = about(origin)
        if run_id and run_id != about(exchange)[1]:
            for one in self._threads[thread_id]:
                if about(one)[1] == run_id and one.number < exchange.number and _does(one):
                    yield one


def about(exchange: Exchange) -> tuple[str, str]:
    """Return the ids of the thread and of the run that an exchange is about; empty if of none.

    They are in its path or, if it creates them, in its answer.
    """
    told = [one for one in _values(exchange) if isinstance(one, dict)]
    made = next((one for one in told if one.get("object") == "thread.run"), {})
    ids = {"thread_id": made.get("thread_id"), "run_id": made.get("id")} | exchange.ids
    if not made and told and told[0].get("object") == "thread":
        ids["thread_id"] = told[0].get("id")
    return str(ids["thread_id"] or ""), str(ids["run_id"] or "")


def _values(exchange: Exchange) -> Iterator[Any]:
    """Yield the JSON values of an answer: one, or that of each frame of a stream."""
    yield exchange.answered
    yield from map(data_of, exchange.frames)


def _matters(one: Exchange, last: Exchange) -> bool:
    """Say whether an exchange matters: others than its own scenario's only by what they did."""
    return one.source == last.source or _does(one)


def _does(one: Exchange) -> bool:
    """Say whether an exchange changed something, or waited for it: a command, or a look."""
    return (one.request.method == "POST" and one.is_success) or _look(one) is not None


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
    for value in _values(exchange):
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
