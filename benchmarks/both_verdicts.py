"""The same exchanges judged together and as they come, each from bytes that nobody read yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from run_contracts.checks import Outcome, outcomes
from run_contracts.contract.loading import Contract
from run_contracts.incremental.judge import IncrementalJudge
from run_contracts.incremental.kept_at_most import KeptAtMost
from run_contracts.traffic.evidence import ANY_TIME, Evidence
from run_contracts.traffic.exchange import Exchange

NARROW = KeptAtMost(quiet=5, of_one=30, of_all=60, undecided=20)
"""KeptAtMost that a day's work exceeds many times."""
Broken = tuple[str, int, str, str]
"""Requirement, number of the exchange, pointer and code of a violation."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found broken, and which requirements showed at all."""

    broken: frozenset[Broken]
    exercised: frozenset[str]


def together(
    exchanges: Iterable[Exchange], contract: Contract, *, is_alone: bool = False
) -> Verdict:
    """Judge exchanges as one piece of evidence."""
    read = tuple(unread(exchanges))
    found = list(
        outcomes(Evidence(contract=contract, exchanges=read, is_alone=is_alone, patience=ANY_TIME))
    )
    return Verdict(
        broken=frozenset(keys(found)),
        exercised=frozenset(one.requirement for one in found if not one.not_offered),
    )


def as_they_come(
    exchanges: Sequence[Exchange],
    contract: Contract,
    *,
    limits: KeptAtMost | None = None,
    every: int | None = None,
    is_alone: bool = False,
) -> Verdict:
    """Judge exchanges one after another, and look at what was found after `every` so many.

    What shares a number is under way until the last of it has come.
    """
    judge = IncrementalJudge(contract, limits=limits, is_alone=is_alone)
    found: list[Outcome] = []
    last_of = {one.together: at for at, one in enumerate(exchanges, start=1) if one.together}
    open_groups: set[int] = set()
    judge.open_groups = open_groups
    for at, exchange in enumerate(unread(exchanges), start=1):
        open_groups.add(exchange.together)
        if last_of.get(exchange.together, at) == at:
            open_groups.discard(exchange.together)
        judge.add(exchange)
        if every is not None and at % every == 0:
            found += judge.judged()
    found += judge.close()
    broken = list(keys(found))
    assert len(broken) == len(set(broken)), "a violation was found twice"
    assert not judge.own_errors
    return Verdict(broken=frozenset(broken), exercised=frozenset(judge.exercised))


def keys(found: Iterable[Outcome]) -> Iterator[Broken]:
    """Yield what tells violations apart."""
    for outcome in found:
        violation = outcome.violation
        if violation is not None:
            place = outcome.exchange.number, violation.pointer
            yield outcome.requirement, *place, violation.code


def unread(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """Yield exchanges anew, with nothing that was read of them before."""
    for one in exchanges:
        yield replace(one, request=replace(one.request), response=replace(one.response))
