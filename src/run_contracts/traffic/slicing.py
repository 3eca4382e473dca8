"""Slices: the few exchanges, out of many, that lead to one of them.

A slice of a program is what one of its values depends on; a slice of traffic is what one of its
exchanges depends on: the exchanges whose answers gave it its ids and, if it is about a run, what
was done with that run before. Sent again in order they show the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from run_contracts.traffic.exchange import Exchange, data_of
from run_contracts.validation.json_text import texts_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """What an exchange depends on, and what others depend on it for.

    The ids of its thread and run are those in its path or, if it creates them, in its answer.
    `sent_texts` are the texts of its request that may be ids, `answered_ids` the ids in its
    answer. `polled` is the status that a poll of a run showed; None for what is no poll.
    """

    exchange: Exchange
    thread_id: str
    run_id: str
    sent_texts: frozenset[str]
    answered_ids: tuple[str, ...]
    polled: str | None
    is_command: bool

    @classmethod
    def of(cls, exchange: Exchange) -> Interaction:
        """Return an exchange as an interaction."""
        thread_id, run_id = _subject(exchange)
        return cls(
            exchange=exchange,
            thread_id=thread_id,
            run_id=run_id,
            sent_texts=frozenset(_sent_texts(exchange)),
            answered_ids=tuple(_answered_ids(exchange)),
            polled=_polled(exchange),
            is_command=exchange.request.method == "POST" and exchange.is_success,
        )

    @property
    def number(self) -> int:
        """The number of the exchange."""
        return self.exchange.number

    @property
    def is_command_or_poll(self) -> bool:
        """Whether something was changed by it, or waited for."""
        return self.is_command or self.polled is not None


class Slicer:
    """The exchanges of one check, and for each of them the slices that lead to it."""

    def __init__(self, exchanges: Iterable[Exchange] = ()) -> None:
        """Begin with these exchanges."""
        self._interactions: dict[int, Interaction] = {}
        self._origins: dict[str, Interaction] = {}
        self._by_thread: dict[str, list[Interaction]] = {}
        self._by_race: dict[int, list[Interaction]] = {}
        self._race_of_first_use: dict[str, int] = {}
        for exchange in exchanges:
            self.add(exchange)

    @property
    def size(self) -> int:
        """How many exchanges there are."""
        return len(self._interactions)

    def add(self, exchange: Exchange) -> None:
        """Add an exchange: it is the origin of the ids that its answer is the first to show.

        An id that was sent before came from outside and has no origin, unless both exchanges raced:
        a stream that began first may be kept last.
        """
        interaction = self._interactions[exchange.number] = Interaction.of(exchange)
        self._by_thread.setdefault(interaction.thread_id, []).append(interaction)
        self._by_race.setdefault(exchange.together, []).append(interaction)
        for text in interaction.sent_texts:
            self._race_of_first_use.setdefault(text, exchange.together)
        for id_ in interaction.answered_ids:
            is_raced = 0 < self._race_of_first_use.get(id_, 0) == exchange.together
            is_new = id_ not in self._race_of_first_use
            if is_new or (is_raced and id_ not in interaction.sent_texts):
                self._origins.setdefault(id_, interaction)

    def slices_to(self, last: Exchange) -> Iterator[tuple[Exchange, ...]]:
        """Yield slices that may lead to an exchange, each in order, the smallest ones first.

        The exchange alone; after what was done with the same run; after what its scenario did on
        the thread, and with what it did there afterwards; the same with what all others did there.
        Always with what raced with it, and with all that these depend on. Of polls of a run that
        show the same the first and last are kept.
        """
        interaction, source = self._interactions[last.number], last.source
        on_thread = self._by_thread[interaction.thread_id] if interaction.thread_id else []
        every = [
            one for one in on_thread if one.is_command_or_poll or one.exchange.source == source
        ]
        own = [one for one in every if one.exchange.source == source]
        raced = self._by_race[last.together] if last.together else []
        for wanted in (
            [],
            [one for one in every if one.number < last.number and one.run_id == interaction.run_id],
            [one for one in own if one.number < last.number],
            own,
            [one for one in every if one.number < last.number],
            every,
        ):
            interactions = self._closure([*wanted, *raced, interaction])
            yield tuple(one.exchange for one in _without_idle_polls(interactions))

    def with_dependencies(self, exchanges: Iterable[Exchange]) -> list[Exchange]:
        """Return exchanges and all that they depend on, in order.

        That is what the ids in their requests and answers come from. What is about a run or a
        thread comes with what made it what it was, and a run that an exchange about something else
        shows with all that was done with it.
        """
        wanted = (self._interactions[exchange.number] for exchange in exchanges)
        return [interaction.exchange for interaction in self._closure(wanted)]

    def _closure(self, wanted: Iterable[Interaction]) -> list[Interaction]:
        """Return interactions, what they depend on, what that depends on, and so on, in order."""
        closed: dict[int, Interaction] = {}
        left = list(wanted)
        while left:
            interaction = left.pop()
            if interaction.number not in closed:
                closed[interaction.number] = interaction
                left += self._state_before(interaction)
                for origin in self._origins_of(interaction):
                    left += [origin, *self._later_of(origin, interaction)]
        return [closed[number] for number in sorted(closed)]

    def _state_before(self, interaction: Interaction) -> Iterator[Interaction]:
        """Yield what made a run or thread what it was when an exchange met it.

        The messages of a thread; the commands to a run, and the last poll of it unless the exchange
        is one itself: it may have been waited for.
        """
        ids = interaction.exchange.ids
        on_thread = self._by_thread[interaction.thread_id] if "thread_id" in ids else []
        before = [one for one in on_thread if one.number < interaction.number]
        if "run_id" not in ids:
            for earlier in before:
                if earlier.is_command and _is(earlier.exchange, "createMessage"):
                    yield earlier
            return
        same_run = [one for one in before if one.exchange.ids.get("run_id") == interaction.run_id]
        yield from (one for one in same_run if one.is_command)
        if interaction.polled is None:
            yield from [one for one in same_run if one.polled is not None][-1:]

    def _origins_of(self, interaction: Interaction) -> Iterator[Interaction]:
        """Yield the exchanges begun earlier whose answers first showed an exchange's ids."""
        for text in (*interaction.sent_texts, *interaction.answered_ids):
            origin = self._origins.get(text)
            if origin is None:
                continue
            is_raced = origin.exchange.is_beside(interaction.exchange)
            if is_raced or origin.number < interaction.number:
                yield origin

    def _later_of(self, origin: Interaction, interaction: Interaction) -> Iterator[Interaction]:
        """Yield what was done with a run since its origin, if an exchange is about another one."""
        if origin.run_id and origin.run_id != interaction.run_id:
            for other in self._by_thread[origin.thread_id]:
                is_of_run = other.run_id == origin.run_id and other.is_command_or_poll
                if is_of_run and other.number < interaction.number:
                    yield other


def _without_idle_polls(interactions: list[Interaction]) -> Iterator[Interaction]:
    """Yield interactions without the polls between two others that saw the same status."""
    befores, afters = [None, *interactions], [*interactions[1:], None]
    for before, interaction, after in zip(befores, interactions, afters, strict=False):
        near = (before, interaction, after)
        statuses = {(one.run_id, one.polled) if one else None for one in near}
        if interaction.polled is None or len(statuses) > 1:
            yield interaction


def _subject(exchange: Exchange) -> tuple[str, str]:
    """Return the ids of the thread and of the run that an exchange is about; empty if of none."""
    objects = [value for value in _answered_values(exchange) if isinstance(value, dict)]
    run = next((value for value in objects if value.get("object") == "thread.run"), {})
    ids = {"thread_id": run.get("thread_id"), "run_id": run.get("id")} | exchange.ids
    if not run and objects and objects[0].get("object") == "thread":
        ids["thread_id"] = objects[0].get("id")
    return str(ids["thread_id"] or ""), str(ids["run_id"] or "")


def _polled(exchange: Exchange) -> str | None:
    """Return the status that a poll of a run shows; None if it is no poll."""
    if not _is(exchange, "getRun"):
        return None
    answered = exchange.answered
    return str(answered.get("status") if isinstance(answered, dict) else exchange.response.status)


def _is(exchange: Exchange, operation: str) -> bool:
    return exchange.operation is not None and exchange.operation.id == operation


def _answered_values(exchange: Exchange) -> Iterator[Any]:
    """Yield the JSON values of an answer: its only one, or that of each frame of a stream."""
    yield exchange.answered
    yield from map(data_of, exchange.frames)


def _answered_ids(exchange: Exchange) -> Iterator[str]:
    """Yield every id in an answer, streamed ones included, in order."""
    for value in _answered_values(exchange):
        yield from ids_in(value)


def _sent_texts(exchange: Exchange) -> Iterator[str]:
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
        for name, item in value.items():
            if isinstance(item, str) and (name == "id" or name.endswith("_id")):
                yield item
            yield from ids_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from ids_in(item)
