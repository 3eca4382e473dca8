"""Slices: the few exchanges, out of many, that lead to one of them.

A slice of a program is what one of its values depends on; a slice of traffic is what one of its
exchanges depends on: the exchanges whose answers gave it its ids and, if it is about a run, what
was done with that run before. Sent again in order they show the same thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from run_contracts.traffic.exchange import Exchange

NEXT_FEW = 10
"""Exchanges that follow one without an answer, of which one may show that the server is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """What a slicer knows of an exchange beside the ids in it; no other form of it.

    The ids of its thread and run are those in its path or, if it creates them, in its answer.
    `polled` is the status that a poll of a run showed; None for what is no poll.
    """

    exchange: Exchange
    thread_id: str
    run_id: str
    polled: str | None
    is_command: bool

    @classmethod
    def of(cls, exchange: Exchange) -> Interaction:
        """Return what is to be known of an exchange."""
        thread_id, run_id = _subject(exchange)
        return cls(
            exchange=exchange,
            thread_id=thread_id,
            run_id=run_id,
            polled=_polled(exchange),
            is_command=exchange.request.method == "POST" and _may_be_done(exchange),
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
        self._messages: dict[str, list[Interaction]] = {}
        self._of_run: dict[tuple[str, str], list[Interaction]] = {}
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
        if interaction.is_command and exchange.operation_id == "createMessage":
            self._messages.setdefault(interaction.thread_id, []).append(interaction)
        if interaction.is_command_or_poll:
            run = (interaction.thread_id, interaction.run_id)
            self._of_run.setdefault(run, []).append(interaction)
        self._by_race.setdefault(exchange.together, []).append(interaction)
        for text in _sent(exchange):
            self._race_of_first_use.setdefault(text, exchange.together)
        for id_ in exchange.answer.ids:
            is_raced = 0 < self._race_of_first_use.get(id_, 0) == exchange.together
            is_new = id_ not in self._race_of_first_use
            if is_new or (is_raced and id_ not in _sent(exchange)):
                self._origins.setdefault(id_, interaction)

    def slices_to(self, last: Exchange) -> Iterator[tuple[Exchange, ...]]:
        """Yield slices that may lead to an exchange, each in order, the smallest ones first.

        The exchange alone; after what was done with the same run; after what its scenario did on
        the thread, and with what it did there afterwards; the same with what all others did there.
        Always with what raced with it, and with all that these depend on; one without an answer
        with a later one that has one, for a server that was stopped answers none, and then with the
        first of its operation that had none either. Of polls of a run that show the same the first
        and last are kept.
        """
        interaction, source = self._interactions[last.number], last.source
        on_thread = self._by_thread[interaction.thread_id] if interaction.thread_id else []
        every = [
            one for one in on_thread if one.is_command_or_poll or one.exchange.source == source
        ]
        own = [one for one in every if one.exchange.source == source]
        beside = self._by_race[last.together] if last.together else []
        raced = beside if last.is_answered else [*beside, *self._later_answer(interaction)]
        for wanted in (
            [],
            *([] if last.is_answered else [self._first_unanswered(last)]),
            [one for one in every if one.number < last.number and one.run_id == interaction.run_id],
            [one for one in own if one.number < last.number],
            own,
            [one for one in every if one.number < last.number],
            every,
        ):
            interactions = self._closure([*wanted, *raced, interaction])
            yield tuple(one.exchange for one in _without_idle_polls(interactions))

    def _later_answer(self, last: Interaction) -> list[Interaction]:
        """Return that of the next exchanges with an answer to which least leads, if any."""
        later = (one for one in self._interactions.values() if one.number > last.number)
        near = islice((one for one in later if one.exchange.is_answered), NEXT_FEW)
        return sorted(near, key=lambda one: len(self._closure([last, one])))[:1]

    def _first_unanswered(self, last: Exchange) -> list[Interaction]:
        """Return the first two exchanges of an operation that had no answer."""
        every = (one for one in self._interactions.values() if not one.exchange.is_answered)
        return list(islice((o for o in every if o.exchange.operation_id == last.operation_id), 2))

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
        ids, before = interaction.exchange.ids, interaction.number
        if "thread_id" not in ids:
            return
        if "run_id" not in ids:
            messages = self._messages.get(interaction.thread_id, ())
            yield from (one for one in messages if one.number < before)
            return
        of_run = self._of_run.get((interaction.thread_id, interaction.run_id), ())
        earlier = [one for one in of_run if one.number < before and "run_id" in one.exchange.ids]
        yield from (one for one in earlier if one.is_command)
        if interaction.polled is None:
            yield from [one for one in earlier if one.polled is not None][-1:]

    def _origins_of(self, interaction: Interaction) -> Iterator[Interaction]:
        """Yield the exchanges begun earlier whose answers first showed an exchange's ids."""
        exchange = interaction.exchange
        for text in _sent(exchange).union(exchange.answer.ids):
            origin = self._origins.get(text)
            if origin is None:
                continue
            is_raced = origin.exchange.is_beside(exchange)
            if is_raced or origin.number < interaction.number:
                yield origin

    def _later_of(self, origin: Interaction, interaction: Interaction) -> Iterator[Interaction]:
        """Yield what was done with a run since its origin, if an exchange is about another one."""
        if origin.run_id and origin.run_id != interaction.run_id:
            of_run = self._of_run.get((origin.thread_id, origin.run_id), ())
            yield from (one for one in of_run if one.number < interaction.number)


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
    run, thread = (
        next((placed.value for placed in exchange.objects(kind) if not placed.is_item), {})
        for kind in ("run", "thread")
    )
    thread_id = run.get("thread_id") if run else thread.get("id")
    ids = {"thread_id": thread_id, "run_id": run.get("id"), **exchange.ids}
    return str(ids["thread_id"] or ""), str(ids["run_id"] or "")


def _may_be_done(exchange: Exchange) -> bool:
    """Say whether what was asked for was done, as far as is known."""
    return exchange.is_success or not exchange.is_answered


def _sent(exchange: Exchange) -> frozenset[str]:
    """Return the texts of a request that may be ids it needs.

    Those in the path of what the contract has no operation for are not: it is refused for itself.
    """
    is_known = exchange.operation_id is not None
    return exchange.sent_texts if is_known else exchange.request.payload.texts


def _polled(exchange: Exchange) -> str | None:
    """Return the status that a poll of a run shows; None if it is no poll."""
    if exchange.operation_id != "getRun" or not exchange.is_answered:
        return None
    answered = exchange.answered
    return str(answered.get("status") if isinstance(answered, dict) else exchange.response.status)
