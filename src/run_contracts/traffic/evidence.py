"""Evidence: exchanges in order, and what they show together.

It shows which runs were seen and when, wherever they appeared: as an answer, in a list, in a
stream. All observations of one run, in order, are its history.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import attrgetter

from run_contracts.contract.loading import Contract
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.history import History, Observation
from run_contracts.traffic.streamed_events import StreamedEvent
from run_contracts.traffic.wrong_requests import WrongRequests

COMMANDS = ("modifyRun", "cancelRun", "submitToolOutputs")
NOT_OFFERED = frozenset({404, 405, 501})
"""Statuses by which a server, or its router, says that it does not have an operation."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """The exchanges of one check, oldest first, read by one contract.

    It `is_whole` if nobody else touched the runs in it: what is not here was not done.
    `patience` is how many seconds a run may take that somebody waits for.
    """

    contract: Contract
    exchanges: tuple[Exchange, ...]
    is_whole: bool = False
    patience: float = 60.0

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

    def history(self, exchange: Exchange) -> History | None:
        """Return the history of the run that an exchange's path names."""
        return self.histories.get(exchange.ids.get("run_id", ""))

    @cached_property
    def _commands(self) -> dict[str, list[Exchange]]:
        """The commands that may have changed each run: all that were not plainly refused."""
        by_run: dict[str, list[Exchange]] = {}
        for exchange in self.of(*COMMANDS):
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
        for event in exchange.events if exchange.is_success else ():
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
        return operation_id in self._succeeding

    @cached_property
    def _succeeding(self) -> frozenset[str]:
        by_operation = self._by_operation.items()
        return frozenset(id_ for id_, all_ in by_operation if any(one.is_success for one in all_))

    def events(self, exchange: Exchange) -> tuple[StreamedEvent, ...]:
        """Return the events of a streamed answer, decoded; none if it is not a stream."""
        return exchange.events

    def is_offered(self, exchange: Exchange) -> bool:
        """Say whether the server offers the operation of an exchange at all.

        It does not if it answers only 404, 405 or 501 to it, and never with an error envelope:
        then it was the router that answered, which knows nothing of runs.
        """
        if exchange.operation is None or exchange.response.status not in NOT_OFFERED:
            return True
        return exchange.operation.id in self._answering

    @cached_property
    def _answering(self) -> frozenset[str]:
        """The operations that were answered by more than a router, once at least."""
        return frozenset(
            id_
            for id_, exchanges in self._by_operation.items()
            if any(one.is_success or has_envelope(one) for one in exchanges)
        )


def has_envelope(exchange: Exchange) -> bool:
    """Say whether an answer is an error envelope, whatever is inside."""
    answered = exchange.answered
    return isinstance(answered, dict) and isinstance(answered.get("error"), dict)
