"""Submits, each with what can have been known of its run when it was sent.

Whoever answers has seen the run ask. Several workers may have seen it, each for itself, and then
all of them answer rightly what one of them alone could answer; so what was seen is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from run_contracts.checks.clients.senders import announces_retry, came_whole, comes_after
from run_contracts.checks.command_evidence import asked_calls, given_calls
from run_contracts.checks.submitting import SUBMIT
from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.history import Observation


@dataclass(slots=True, kw_only=True)
class RunSoFar:
    """What was seen of a run, and answered to it, up to some moment.

    `saw` and `did` count by call how often the run was seen to ask and was answered; `asked_sets`
    are the calls that it asked for together. `latest` is the exchange that ended last.
    """

    first: Observation | None = None
    last: Observation | None = None
    last_asking: Observation | None = None
    latest: Exchange | None = None
    saw: Counter[str] = field(default_factory=Counter)
    did: Counter[str] = field(default_factory=Counter)
    asked_sets: set[frozenset[str]] = field(default_factory=set)
    last_answered: Exchange | None = None
    all_came: bool = True

    def see(self, observation: Observation) -> None:
        """Take in that the run was seen."""
        self.first = self.first or observation
        self.last = observation
        self._end(observation.exchange)
        asked = asked_calls(observation)
        if observation.status == REQUIRES_ACTION and asked:
            self.last_asking = observation
            self.saw.update(set(asked))
            self.asked_sets.add(frozenset(asked))

    def answer(self, exchange: Exchange) -> None:
        """Take in that a submit was accepted."""
        self._end(exchange)
        self.did.update(set(given_calls(exchange)))
        self.all_came = self.all_came and came_whole(exchange)
        self.last_answered = exchange

    def _end(self, exchange: Exchange) -> None:
        if self.latest is None or exchange.seen_at >= self.latest.seen_at:
            self.latest = exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """A submit that was answered, the calls that it answers, and its run so far."""

    exchange: Exchange
    given: tuple[str, ...]
    before: RunSoFar

    @property
    def is_clear(self) -> bool:
        """Whether it was sent after all that is known of its run, and not sent before.

        What was under way beside it is not known to its sender.
        """
        latest = self.before.latest
        is_alone = latest is None or comes_after(latest, self.exchange)
        return is_alone and not (self.exchange.together or announces_retry(self.exchange))

    @property
    def spare(self) -> int:
        """How many more saw the run ask for these calls than have answered them."""
        saw, did = self.before.saw, self.before.did
        return max((saw[call] - did[call] for call in self.given), default=0)


def submits(evidence: Evidence) -> Iterator[Submit]:
    """Yield the submits that a server decided on, in order, with their run as it was before each.

    What is known of the run changes when the next is asked for.
    """
    by_run: dict[str, list[Exchange]] = {}
    for exchange in evidence.of(SUBMIT):
        by_run.setdefault(exchange.ids["run_id"], []).append(exchange)
    for run_id, sent in by_run.items():
        history = evidence.histories.get(run_id)
        observations = iter(history.observations if history else ())
        seen, so_far = next(observations, None), RunSoFar()
        for exchange in sent:
            while seen is not None and seen.exchange.number < exchange.number:
                so_far.see(seen)
                seen = next(observations, None)
            if exchange.is_success or (exchange.is_refusal and not exchange.is_turned_away):
                yield Submit(exchange=exchange, given=tuple(given_calls(exchange)), before=so_far)
            if exchange.is_success:
                so_far.answer(exchange)
