"""The judge of exchanges that come one after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from run_contracts.checks import Check, Outcome, outcomes
from run_contracts.contract.loading import Contract
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange


class IncrementalJudge:
    """Judges the exchanges of one session: one server, one key, one contract."""

    def __init__(self, contract: Contract) -> None:
        """Begin with nothing seen."""
        self._contract = contract
        self._exchanges: list[Exchange] = []
        self._said: set[tuple[str, int, str, str]] = set()
        self.exercised: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()
        self.own_errors: Counter[str] = Counter()

    @property
    def open_histories(self) -> Mapping[str, list[str]]:
        """The statuses of each run that is not sealed yet, in order, by its id."""
        histories = self._evidence.histories.values()
        return {one.run_id: [seen.status for seen in one.observations] for one in histories}

    def add(self, exchange: Exchange) -> None:
        """Take an exchange; they come in the order of their numbers."""
        self._exchanges.append(exchange)

    def judged(self) -> Iterator[Outcome]:
        """Yield the violations that were found since the last time."""
        self.exercised, self.broken, self.own_errors = Counter(), Counter(), Counter()
        for outcome in outcomes(self._evidence, on_error=self._raised):
            self.exercised[outcome.requirement] += 1
            violation = outcome.violation
            if violation is None:
                continue
            self.broken[outcome.requirement] += 1
            place = outcome.exchange.number, violation.pointer, str(violation.code)
            if (outcome.requirement, *place) not in self._said:
                self._said.add((outcome.requirement, *place))
                yield outcome

    def close(self) -> Iterator[Outcome]:
        """Judge all that is left, and yield what `judged` would."""
        yield from self.judged()

    @property
    def _evidence(self) -> Evidence:
        return Evidence(contract=self._contract, exchanges=tuple(self._exchanges))

    def _raised(self, check: Check, _error: Exception) -> None:
        self.own_errors[check.__name__] += 1
