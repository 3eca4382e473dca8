"""What live traffic says of those who ask: judged in parts, for a client never ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from run_contracts.checks import Outcome
from run_contracts.checks.clients import client_outcomes
from run_contracts.checks.registry import OnError
from run_contracts.contract.loading import Contract
from run_contracts.recordings.recorded import Recorded
from run_contracts.recordings.sessions import together
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

MOST_IN_PART = 256
"""Exchanges that are judged together; those of a client that waits are few."""
MOST_BYTES = 16 * 1024 * 1024
"""Bytes of bodies in one part."""


class NumberedExchange(NamedTuple):
    """An exchange as a recording has it, with its number among all that passed."""

    number: int
    recorded: Recorded


class ClientSide:
    """Judges what was asked in one session, so many exchanges at a time.

    They are as a recording has them: in the order of their requests, and beside one another if they
    were, whatever thread they are about, for one client does not know of the others. Where a part
    begins, nothing is known of what was before; checks of clients say nothing then.
    """

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self._part: list[NumberedExchange] = []
        self._bytes = 0
        self._said: set[tuple[str, int, str, str]] = set()

    def add(self, number: int, recorded: Recorded) -> None:
        """Take an exchange that has ended."""
        self._part.append(NumberedExchange(number, recorded))
        self._bytes += len(recorded.request.body) + len(recorded.response.body)

    @property
    def is_full(self) -> bool:
        """Whether it is time to judge the part for good, and to begin anew."""
        return len(self._part) >= MOST_IN_PART or self._bytes >= MOST_BYTES

    def outcomes(self, contract: Contract, on_error: OnError) -> Iterator[Outcome]:
        """Yield all that the part says until now, of exchanges by their numbers among all."""
        by_time = sorted(self._part, key=lambda entry: entry.recorded.at)
        exchanges = tuple(_exchanges(by_time, contract))
        evidence = Evidence(contract=contract, exchanges=exchanges)
        for outcome in client_outcomes(evidence, on_error=on_error):
            number = by_time[outcome.exchange.number - 1].number
            yield outcome._replace(exchange=replace(outcome.exchange, number=number))

    def is_said(self, outcome: Outcome) -> bool:
        """Say whether a violation was shown before; from now on it was."""
        violation = outcome.violation
        place = ("", "") if violation is None else (violation.pointer, str(violation.code))
        entry = outcome.requirement, outcome.exchange.number, *place
        is_said = entry in self._said
        self._said.add(entry)
        return is_said

    def say_again(self) -> None:
        """Let what was said of the part be said once more, for it is read in another manner."""
        self._said.clear()

    def begin_anew(self) -> None:
        """Forget the part."""
        self._part, self._bytes, self._said = [], 0, set()


def _exchanges(ordered: list[NumberedExchange], contract: Contract) -> Iterator[Exchange]:
    beside = together([entry.recorded for entry in ordered], has_order=True)
    for place, (entry, group) in enumerate(zip(ordered, beside, strict=True), start=1):
        exchange = entry.recorded.exchange(place, contract.edition)
        yield replace(exchange, together=group)
