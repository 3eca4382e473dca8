"""Sequences: the few exchanges, out of many, that lead to one of them.

An exchange needs those whose answers gave it its ids and, if it is about a run, what was done
with that run before. Sent again in order they show the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from run_contracts.exchange import Exchange, data_of

LOOK, SAY = "getRun", "createMessage"


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
        sent = set(used(exchange))
        for one in sent:
            self._sent.setdefault(one, exchange.together)
        for one in introduced(exchange):
            is_raced = 0 < self._sent.get(one, 0) == exchange.together and one not in sent
            if one not in self._sent or is_raced:
                self._origins.setdefault(one, exchange)

    def ways_to(self, last: Exchange) -> Iterator[tuple[Exchange, ...]]:
        """Yield the exchanges that may lead to one, in order, a few at first and then more.

        Alone; after what was done with the same run; after what its scenario did on the thread, and
        with what it did there afterwards; the same with what all others did there. Always with what
        raced with it, and with what is needed. Of looks at a run that show the same the first and
        last are kept.
        """
        thread_id, run_id = about(last)
        every = (
            [one for one in self._threads[thread_id] if _matters(one, last)] if thread_id else []
        )
        own = [one for one in every if one.source == last.source]
        raced = self._races[last.together] if last.together else []
        for wanted in (
            [],
            [one for one in every if one.number < last.number and about(one)[1] == run_id],
            [one for one in own if one.number < last.number],
            own,
            [one for one in every if one.number < last.number],
            every,
        ):
            yield tuple(_without_idle_looks(self.with_needed([*wanted, *raced, last])))

    def with_needed(self, wanted: Iterable[Exchange]) -> list[Exchange]:
        """Return exchanges and all that their ids come from, those in answers too, in order.

        What is about a run or a thread comes with what made it what it was, and a run that an
        exchange about something else shows with all that was done with it.
        """
        found: dict[int, Exchange] = {}
        left = list(wanted)
        while left:
            one = left.pop()
            if one.number not in found:
                found[one.number] = one
                left += self._state_before(one)
                for origin in self._origins_of(one):
                    left += [origin, *self._rest_of(origin, one)]
        return [found[number] for number in sorted(found)]

    def _state_before(self, exchange: Exchange) -> Iterator[Exchange]:
        """Yield what made a run or thread what it was when an exchange found it.

        The messages of a thread; the commands to a run, and the last look at it unless the exchange
        is one itself: it may have been waited for.
        """
        thread_id, run_id = about(exchange)
        is_made_here = "thread_id" not in exchange.ids
        before = [] if is_made_here else self._threads[thread_id]
        before = [one for one in before if one.number < exchange.number]
        if "run_id" not in exchange.ids:
            yield from (one for one in before if _is(one, SAY) and one.is_success)
            return
        same = [one for one in before if one.ids.get("run_id") == run_id]
        yield from (one for one in same if _is_command(one))
        if not _look(exchange):
            yield from [one for one in same if _look(one)][-1:]

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
    return _is_command(one) or _look(one) is not None


def _is_command(one: Exchange) -> bool:
    return one.request.method == "POST" and one.is_success


def _is(exchange: Exchange, operation: str) -> bool:
    return exchange.operation is not None and exchange.operation.id == operation


def _without_idle_looks(found: list[Exchange]) -> Iterator[Exchange]:
    """Yield exchanges without the looks between two others that saw the same status."""
    for before, one, after in zip([None, *found], found, [*found[1:], None], strict=False):
        same = {_look(each) for each in (before, one, after)}
        if len(same) > 1 or None in same:
            yield one


def _look(exchange: Exchange | None) -> tuple[str, str] | None:
    """Return the run and status that a look shows; None if it is no look at a run."""
    if exchange is None or not _is(exchange, LOOK):
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
