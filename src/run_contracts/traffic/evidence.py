"""Evidence: exchanges in order, and what they show together.

It shows which runs were seen and when, wherever they appeared: as an answer, in a list, in a
stream. All observations of one run, in order, are its history.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

from propcache.api import cached_property

from run_contracts.contract.loading import Contract
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.history import History, Observation
from run_contracts.traffic.server_traits import ServerTraits
from run_contracts.traffic.streamed_events import StreamedEvent
from run_contracts.traffic.wrong_requests import WrongRequests

T = TypeVar("T")
CHECK_PATIENCE = 60.0
"""Seconds that a check waits for a run unless it is said otherwise."""
ANY_TIME = float("inf")
"""The patience where nobody waits, or a load makes a server slow: what takes long is not broken."""
COMMANDS = ("modifyRun", "cancelRun", "submitToolOutputs")


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """The exchanges of one check, oldest first, read by one contract.

    It is made of all that was `sent`; `exchanges` are those of them that were answered, and alone
    show what the server does. It `is_whole` if nobody else touched the runs in it: what is not here
    was not done. It `is_alone` if nobody else changed anything between two of these exchanges,
    whatever was before them; what is whole is alone. `patience` is how many seconds a run may take
    that somebody waits for; in traffic of others nobody does. It `is_of_one_client` if one program
    sent all of it, and no other knows its key. Of what is known of the server as a whole, `traits`
    are more than these exchanges show, where they are a part of what was seen of it.
    """

    contract: Contract
    exchanges: tuple[Exchange, ...]
    is_whole: bool = False
    is_alone: bool = False
    is_of_one_client: bool = False
    patience: float = CHECK_PATIENCE
    traits: ServerTraits | None = field(default=None, repr=False)
    sent: tuple[Exchange, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Set apart what was not answered."""
        object.__setattr__(self, "is_alone", self.is_alone or self.is_whole)
        object.__setattr__(self, "sent", self.exchanges)
        if not all(exchange.is_answered for exchange in self.sent):
            answered = tuple(exchange for exchange in self.sent if exchange.is_answered)
            object.__setattr__(self, "exchanges", answered)

    @cached_property
    def server(self) -> ServerTraits:
        """What is known of the server as a whole."""
        if self.traits is not None:
            return self.traits
        traits = ServerTraits(self.contract.register.seconds_limit)
        for exchange in self.exchanges:
            traits.add(exchange)
        return traits

    def derived(self, function: Callable[..., Iterator[T]], *arguments: Hashable) -> tuple[T, ...]:
        """Return all that a function makes of this evidence and these arguments, made once."""
        key = function, *arguments
        if key not in self._derived:
            self._derived[key] = tuple(function(self, *arguments))
        return self._derived[key]

    @cached_property
    def _derived(self) -> dict[Hashable, tuple[Any, ...]]:
        """What was made of this evidence so far, by what makes it."""
        return {}

    @cached_property
    def unanswered(self) -> tuple[Exchange, ...]:
        """The exchanges without an answer; what they asked for may have been done."""
        return tuple(exchange for exchange in self.sent if not exchange.is_answered)

    def unanswered_of(self, *operation_ids: str) -> Iterator[Exchange]:
        """Yield the exchanges of these operations that had no answer, in order."""
        return (one for one in self.unanswered if one.operation_id in operation_ids)

    def of(self, *operation_ids: str) -> Iterator[Exchange]:
        """Yield the exchanges of these operations, in order."""
        of_each = [self._by_operation.get(id_, []) for id_ in operation_ids]
        if len(of_each) == 1:
            return iter(of_each[0])
        return iter(sorted(chain(*of_each), key=attrgetter("number")))

    @cached_property
    def _by_operation(self) -> dict[str, list[Exchange]]:
        """The exchanges of each operation, in order."""
        by_operation: dict[str, list[Exchange]] = {}
        for exchange in self.exchanges:
            if exchange.operation is not None:
                by_operation.setdefault(exchange.operation.id, []).append(exchange)
        return by_operation

    @cached_property
    def histories(self) -> dict[str, History]:
        """The history of every run seen, by run id, in the order they were first seen."""
        by_run: dict[str, list[Observation]] = {}
        for exchange in self.exchanges:
            for observation in self.observations(exchange):
                run_id = observation.run.get("id")
                if isinstance(run_id, str):
                    by_run.setdefault(run_id, []).append(observation)
        return {
            run_id: History(run_id=run_id, observations=tuple(observations))
            for run_id, observations in by_run.items()
        }

    def about(self, run_id: str) -> list[Exchange]:
        """Return the exchanges whose path names a run, in order."""
        return self._by_run.get(run_id, [])

    @cached_property
    def _by_run(self) -> dict[str, list[Exchange]]:
        """The exchanges about each run, in order, by the id that their path names."""
        by_run: dict[str, list[Exchange]] = {}
        for exchange in self.exchanges:
            run_id = exchange.ids.get("run_id")
            if run_id is not None:
                by_run.setdefault(run_id, []).append(exchange)
        return by_run

    def history(self, exchange: Exchange) -> History | None:
        """Return the history of the run that an exchange's path names."""
        return self.histories.get(exchange.ids.get("run_id", ""))

    @cached_property
    def threads(self) -> frozenset[str]:
        """The ids of the threads that were shown, by themselves or as those of runs."""
        threads = chain.from_iterable(one.shown("thread") for one in self.exchanges)
        of_runs = (run.observations[0].run.get("thread_id") for run in self.histories.values())
        ids = chain((thread.value.get("id") for thread in threads), of_runs)
        return frozenset(id_ for id_ in ids if isinstance(id_, str))

    @cached_property
    def _commands(self) -> dict[str, list[Exchange]]:
        """The commands that may have changed each run: all that were not plainly refused."""
        by_run: dict[str, list[Exchange]] = {}
        for exchange in chain(self.of(*COMMANDS), self.unanswered_of(*COMMANDS)):
            if not exchange.is_refusal:
                by_run.setdefault(exchange.ids["run_id"], []).append(exchange)
        return by_run

    def is_commanded_between(
        self, earlier: Observation, later: Observation, *, but: Exchange | None = None
    ) -> bool:
        """Say whether a command may have changed a run between two observations of it.

        The command whose answer is the earlier observation is not between, that of the later one
        is; `but` is a command that does not count.
        """
        first, last = earlier.exchange, later.exchange
        return any(
            command.is_beside(first)
            or command.is_beside(last)
            or first.number < command.number <= last.number
            for command in self._commands.get(str(earlier.run.get("id")), ())
            if command is not but
        )

    def observations(self, exchange: Exchange) -> tuple[Observation, ...]:
        """Return the run objects an exchange shows."""
        if exchange.number not in self._observations:
            self._observations[exchange.number] = tuple(self._observe(exchange))
        return self._observations[exchange.number]

    @cached_property
    def _observations(self) -> dict[int, tuple[Observation, ...]]:
        """The observations made so far, by the number of their exchange."""
        return {}

    def _observe(self, exchange: Exchange) -> Iterator[Observation]:
        if not exchange.is_success:
            return
        for event in exchange.events if exchange.is_stream else ():
            if event.is_about("run"):
                place = f"line {event.frame.line}"
                yield Observation(run=event.data, exchange=exchange, place=place)
        for placed in () if exchange.is_stream else exchange.shown("run"):
            yield Observation(run=placed.value, exchange=exchange, place=placed.place)

    @cached_property
    def wrong_requests(self) -> WrongRequests:
        """The requests whose bodies break their schema, and what they put into answers."""
        return WrongRequests(self.exchanges, self.contract)

    def has_succeeded(self, operation_id: str) -> bool:
        """Say whether an operation was answered with a success, once at least."""
        return operation_id in self.server.succeeding

    def events(self, exchange: Exchange) -> tuple[StreamedEvent, ...]:
        """Return the events of a streamed answer, decoded; none if it is not a stream."""
        return exchange.events

    def is_offered(self, exchange: Exchange) -> bool:
        """Say whether the server offers the operation of an exchange at all."""
        return self.server.is_offered(exchange)
