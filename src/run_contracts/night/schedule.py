"""The schedule of a night: which round comes next, with which seed, and what it may spend."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Iterable
from importlib.util import find_spec

from run_contracts.client.budget import Budget
from run_contracts.client.checked_target import Target
from run_contracts.night.corpus_entry import CorpusEntry
from run_contracts.night.night_state import NightState
from run_contracts.night.orders import RoundKind, RoundOrder, RoundResult

REQUESTS_SHARE = 0.1
"""The part of the time of workers that goes to made requests, which are slow to draw."""
FIRST_ROUNDS = 4
"""Rounds of walks before the first of made requests."""
WALKS_A_ROUND, WALKS_AT_FIRST = 8, 2
"""Walks of a round, and of the first that each lane has: so what is easy to find is found soon."""
MOST_RUNS_A_ROUND, MOST_REQUESTS_A_ROUND = 100, 2000
"""What one round may spend at most; a deletion is free."""
LEAST_PART_OF_BUDGET = {RoundKind.WALKS: 50, RoundKind.AGAIN: 50, RoundKind.REQUESTS: 300}
"""Requests, or runs, that a round is given at least while so many are left, by what it does."""
SEEDS_APART = 1_000_003
"""By how much the seeds of two nights differ whose own seeds are neighbours."""


class Schedule:
    """Says which round comes next. What is spent is counted for all workers together."""

    def __init__(  # noqa: PLR0913 - what a night knows
        self,
        target: Target,
        state: NightState,
        *,
        jobs: int,
        lanes: int,
        corpus: Iterable[CorpusEntry],
        before: Budget,
    ) -> None:
        """Begin with what the night has done, and with what the check `before` it has spent."""
        self._target, self._state, self._lanes = target, state, jobs * lanes
        self._before = before
        self._is_shared = lanes > 1
        self._short_until = state.rounds + jobs * lanes
        entries = list(corpus)
        self._again = deque(
            tuple(entries[at : at + WALKS_A_ROUND]) for at in range(0, len(entries), WALKS_A_ROUND)
        )
        self._seconds = dict.fromkeys(RoundKind, 0.0)
        self._ended = dict.fromkeys(RoundKind, 0)
        self._can_make = find_spec("schemathesis") is not None

    def next(self, ordered: Iterable[RoundOrder], seconds: float) -> RoundOrder | None:
        """Return the next order, of a night that has so many seconds; None if nothing is left."""
        orders = list(ordered)
        kind = self._kind(orders)
        budget = self._budget(orders, seconds, LEAST_PART_OF_BUDGET[kind])
        if budget is None:
            return None
        number = self._state.rounds + 1
        return RoundOrder(
            number=number,
            check=secrets.token_hex(4),
            kind=kind,
            seed=self._target.seed * SEEDS_APART + number,
            budget=budget,
            walks=WALKS_AT_FIRST if number <= self._short_until else WALKS_A_ROUND,
            again=self._again.popleft() if kind is RoundKind.AGAIN else (),
        )

    def _kind(self, orders: list[RoundOrder]) -> RoundKind:
        is_making = any(one.kind is RoundKind.REQUESTS for one in orders)
        walked = self._ended[RoundKind.WALKS] + self._ended[RoundKind.AGAIN]
        share = REQUESTS_SHARE * sum(self._seconds.values())
        is_due = self._seconds[RoundKind.REQUESTS] <= share and walked >= FIRST_ROUNDS
        if self._can_make and is_due and not is_making:
            return RoundKind.REQUESTS
        # What was found before is tried beside what is new, so that a short night has both.
        is_turn = self._again and self._state.rounds % 2 == 0
        return RoundKind.AGAIN if is_turn else RoundKind.WALKS

    def _budget(self, orders: list[RoundOrder], seconds: float, least: int) -> Budget | None:
        """Return what the next round may spend; None if nothing is left for it."""
        state, given, before = self._state, self._target.budget, self._before
        promised = sum(one.budget.requests or 0 for one in orders)
        promised_runs = sum(one.budget.runs or 0 for one in orders)
        requests, runs = MOST_REQUESTS_A_ROUND, MOST_RUNS_A_ROUND
        if given.requests is not None:
            done = (before.requests or 0) + state.requests + state.requests_lost
            left = given.requests - done - promised
            requests = min(requests, left, max(least, left // self._lanes))
        if given.runs is not None:
            left = given.runs - (before.runs or 0) - state.runs - promised_runs
            runs = min(runs, left, max(least, left // self._lanes))
        if requests <= 0 or runs <= 0 or seconds <= 0:
            return None
        return Budget(requests=requests, runs=runs, seconds=seconds)

    def learn(self, result: RoundResult) -> None:
        """Take in what a round took."""
        # Rounds that go on at once wait for one another; what they share is the processor.
        took = result.sending + result.judging if self._is_shared else result.seconds
        self._seconds[result.kind] += took
        self._ended[result.kind] += 1
