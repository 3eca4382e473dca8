"""The verdict on one life: what its history says of each requirement, whatever the order was."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from run_contracts.checks import Outcome, outcomes
from run_contracts.checks.registry import OnError
from run_contracts.contract.loading import Contract
from run_contracts.load_testing.overlaps import TimedExchange, in_order
from run_contracts.traffic.evidence import ANY_TIME, Evidence
from run_contracts.traffic.exchange import Exchange

ORDERS_TRIED = 60
"""Orders of what was under way at once in which something must be broken to be broken for sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeVerdict:
    """What a life says: its evidence and outcomes, and the requirements that are surely broken.

    `unsure` are those that only some of the orders break in which it may all have happened.
    """

    evidence: Evidence
    outcomes: tuple[Outcome, ...]
    broken: frozenset[str]
    unsure: frozenset[str]
    seconds: float


def judged_life(
    timed: Sequence[TimedExchange], contract: Contract, seed: int, on_error: OnError
) -> LifeVerdict:
    """Return the verdict on a life that is over; `on_error` hears of a check that raised."""
    started, epoch = time.process_time(), time.time() - time.monotonic()
    timed = _without_last_words(timed)
    evidence = _evidence(in_order(timed, epoch), contract)
    every = tuple(judged_history(evidence, on_error))
    shown = frozenset(one.requirement for one in every if one.violation is not None)
    broken = shown
    if shown and any(one.together for one in evidence.exchanges):
        for order in _other_orders(timed, epoch, seed):
            if not broken:
                break
            other = _evidence(order, contract)
            broken &= {
                one.requirement
                for one in outcomes(other, broken, on_error=on_error)
                if one.violation is not None
            }
    return LifeVerdict(
        evidence=evidence,
        outcomes=every,
        broken=broken,
        unsure=shown - broken,
        seconds=time.process_time() - started,
    )


def _without_last_words(timed: Sequence[TimedExchange]) -> Sequence[TimedExchange]:
    """Return a life in which nobody claims to have heard the end of what broke off at last.

    A server that was stopped broke nothing; that it was shows in that it answered no more.
    """
    answered = [one for one in timed if one.exchange.is_answered]
    last = max((one.begun for one in answered if not one.exchange.response.broken_off), default=0.0)
    return [
        replace(one, exchange=_left_early(one.exchange)) if one.ended >= last else one
        for one in timed
    ]


def _left_early(exchange: Exchange) -> Exchange:
    """Return an exchange whose answer was not read to its end, if it broke off."""
    response = exchange.response
    if not response.broken_off:
        return exchange
    return replace(exchange, response=replace(response, is_whole=False, broken_off=""))


def judged_history(evidence: Evidence, on_error: OnError) -> Iterator[Outcome]:
    """Yield what a life that is over says of each requirement; all that judges stands behind it."""
    yield from outcomes(evidence, on_error=on_error)


def _evidence(exchanges: tuple[Exchange, ...], contract: Contract) -> Evidence:
    """Return the evidence of a life: nobody but its users knew its thread."""
    return Evidence(contract=contract, exchanges=exchanges, is_whole=True, patience=ANY_TIME)


def _other_orders(
    timed: Sequence[TimedExchange], epoch: float, seed: int
) -> Iterator[tuple[Exchange, ...]]:
    chance = Random(seed)  # noqa: S311 - nobody is to be kept from guessing it
    for _ in range(ORDERS_TRIED):
        yield in_order(timed, epoch, chance)
