"""Sequences: the few exchanges, out of many, that lead to one of them.

An exchange needs those whose answers gave it its ids and, if it is about a run, what was done
with that run before. Sent again in order they show the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from run_contracts.traffic.exchange import Exchange, data_of
from run_contracts.validation.json_text import texts_in

GET_RUN, SAY = "getRun", "createMessage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """What matters of an exchange: what it is about, what it sent, what it told, what it did.

    The ids of its thread and run are those in its path or, if it creates them, in its answer. A
    look at a run is the run's status; None for what is no look.
    """

    exchange: Exchange
    thread_id: str
    run_id: str
    sent: frozenset[str]
    introduces: tuple[str, ...]
    polled: str | None
    is_command: bool

    @classmethod
    def of(cls, exchange: Exchange) -> Interaction:
        """Return the note on an exchange."""
        thread_id, run_id = _about(exchange)
        return cls(
            exchange=exchange,
            thread_id=thread_id,
            run_id=run_id,
            sent=frozenset(used(exchange)),
            introduces=tuple(introduced(exchange)),
            polled=_polled(exchange),
            is_command=exchange.request.method == "POST" and exchange.is_success,
        )

    @property
    def number(self) -> int:
        """The number of the exchange."""
        return self.exchange.number

    @property
    def does(self) -> bool:
        """Whether something was changed, or waited for: by a command, or a look."""
        return self.is_command or self.polled is not None


class Slicer:
    """The exchanges of one check, and for each of them those that lead to it."""

    def __init__(self, exchanges: Iterable[Exchange] = ()) -> None:
        """Begin with these exchanges."""
        self._interactions: dict[int, Interaction] = {}
        self._origins: dict[str, Interaction] = {}
        self._threads: dict[str, list[Interaction]] = {}
        self._races: dict[int, list[Interaction]] = {}
        self._first_sent: dict[str, int] = {}
        for exchange in exchanges:
            self.add(exchange)

    @property
    def size(self) -> int:
        """How many exchanges there are."""
        return len(self._interactions)

    def add(self, exchange: Exchange) -> None:
        """Note which ids an answer tells first; an id that was sent before came from outside.

        Unless both raced: a stream that began first may be kept last.
        """
        interaction = self._interactions[exchange.number] = Interaction.of(exchange)
        self._threads.setdefault(interaction.thread_id, []).append(interaction)
        self._races.setdefault(exchange.together, []).append(interaction)
        for one in interaction.sent:
            self._first_sent.setdefault(one, exchange.together)
        for one in interaction.introduces:
            is_raced = 0 < self._first_sent.get(one, 0) == exchange.together
            if one not in self._first_sent or (is_raced and one not in interaction.sent):
                self._origins.setdefault(one, interaction)

    def slices_to(self, last: Exchange) -> Iterator[tuple[Exchange, ...]]:
        """Yield the exchanges that may lead to one, in order, a few at first and then more.

        Alone; after what was done with the same run; after what its scenario did on the thread, and
        with what it did there afterwards; the same with what all others did there. Always with what
        raced with it, and with what is needed. Of looks at a run that show the same the first and
        last are kept.
        """
        interaction, source = self._interactions[last.number], last.source
        scene = self._threads[interaction.thread_id] if interaction.thread_id else []
        every = [one for one in scene if one.does or one.exchange.source == source]
        own = [one for one in every if one.exchange.source == source]
        raced = self._races[last.together] if last.together else []
        for wanted in (
            [],
            [one for one in every if one.number < last.number and one.run_id == interaction.run_id],
            [one for one in own if one.number < last.number],
            own,
            [one for one in every if one.number < last.number],
            every,
        ):
            found = self._with_needed([*wanted, *raced, interaction])
            yield tuple(one.exchange for one in _without_idle_polls(found))

    def with_needed(self, wanted: Iterable[Exchange]) -> list[Exchange]:
        """Return exchanges and all that their ids come from, those in answers too, in order.

        What is about a run or a thread comes with what made it what it was, and a run that an
        exchange about something else shows with all that was done with it.
        """
        return [
            one.exchange for one in self._with_needed(self._interactions[w.number] for w in wanted)
        ]

    def _with_needed(self, wanted: Iterable[Interaction]) -> list[Interaction]:
        found: dict[int, Interaction] = {}
        left = list(wanted)
        while left:
            one = left.pop()
            if one.number not in found:
                found[one.number] = one
                left += self._state_before(one)
                for origin in self._origins_of(one):
                    left += [origin, *self._rest_of(origin, one)]
        return [found[number] for number in sorted(found)]

    def _state_before(self, interaction: Interaction) -> Iterator[Interaction]:
        """Yield what made a run or thread what it was when an exchange found it.

        The messages of a thread; the commands to a run, and the last look at it unless the exchange
        is one itself: it may have been waited for.
        """
        ids = interaction.exchange.ids
        scene = self._threads[interaction.thread_id] if "thread_id" in ids else []
        before = [one for one in scene if one.number < interaction.number]
        if "run_id" not in ids:
            yield from (one for one in before if _is(one.exchange, SAY) and one.is_command)
            return
        same = [one for one in before if one.exchange.ids.get("run_id") == interaction.run_id]
        yield from (one for one in same if one.is_command)
        if interaction.polled is None:
            yield from [one for one in same if one.polled is not None][-1:]

    def _origins_of(self, interaction: Interaction) -> Iterator[Interaction]:
        """Yield the exchanges begun earlier that told first what an exchange uses or tells."""
        for one in (*interaction.sent, *interaction.introduces):
            origin = self._origins.get(one)
            if origin is None:
                continue
            if origin.number < interaction.number or origin.exchange.is_beside(
                interaction.exchange
            ):
                yield origin

    def _rest_of(self, origin: Interaction, interaction: Interaction) -> Iterator[Interaction]:
        """Yield what was done with a run since its origin, if an exchange is about another one."""
        if origin.run_id and origin.run_id != interaction.run_id:
            for one in self._threads[origin.thread_id]:
                if one.run_id == origin.run_id and one.number < interaction.number and one.does:
                    yield one


def _about(exchange: Exchange) -> tuple[str, str]:
    """Return the ids of the thread and of the run that an exchange is about; empty if of none."""
    introduces = [one for one in _values(exchange) if isinstance(one, dict)]
    made = next((one for one in introduces if one.get("object") == "thread.run"), {})
    ids = {"thread_id": made.get("thread_id"), "run_id": made.get("id")} | exchange.ids
    if not made and introduces and introduces[0].get("object") == "thread":
        ids["thread_id"] = introduces[0].get("id")
    return str(ids["thread_id"] or ""), str(ids["run_id"] or "")


def _values(exchange: Exchange) -> Iterator[Any]:
    """Yield the JSON values of an answer: one, or that of each frame of a stream."""
    yield exchange.answered
    yield from map(data_of, exchange.frames)


def _is(exchange: Exchange, operation: str) -> bool:
    return exchange.operation is not None and exchange.operation.id == operation


def _polled(exchange: Exchange) -> str | None:
    """Return the status that a look at a run shows; None if it is no look."""
    if not _is(exchange, GET_RUN):
        return None
    answered = exchange.answered
    return str(answered.get("status") if isinstance(answered, dict) else exchange.response.status)


def _without_idle_polls(found: list[Interaction]) -> Iterator[Interaction]:
    """Yield notes without the looks between two others that saw the same status."""
    for before, one, after in zip([None, *found], found, [*found[1:], None], strict=False):
        seen = {(each.run_id, each.polled) if each else None for each in (before, one, after)}
        if one.polled is None or len(seen) > 1:
            yield one


def introduced(exchange: Exchange) -> Iterator[str]:
    """Yield every id that an answer tells, streamed ones included, in order."""
    for value in _values(exchange):
        yield from ids_in(value)


def used(exchange: Exchange) -> Iterator[str]:
    """Yield every text of a request that may be an id: in its path, its query, its body."""
    yield from exchange.ids.values()
    yield from (value for _, value in parse_qsl(urlsplit(exchange.request.url).query))
    yield from texts_in(exchange.asked)


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
