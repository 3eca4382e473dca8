"""Strategies of lives: histories and lists of one contract."""

from __future__ import annotations

from collections.abc import Sequence

from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.choosing import fitting_plans, statuses_of
from run_contracts.making.forms import Choice, Make, one_of
from run_contracts.making.generators.hypothesis import composed
from run_contracts.making.generators.hypothesis_arrays import Strategy
from run_contracts.making.lives.life_wishes import (
    REQUIRED_ACTION,
    LifeWishes,
    checked_on,
    possible_ends,
)
from run_contracts.making.lives.pages import LIST_ORDERS, checked_list, listed, older_plans
from run_contracts.making.lives.paths import path_of, walked
from run_contracts.making.lives.snapshots import history, watched
from run_contracts.making.wishes import Fixed
from run_contracts.types import JSONObject

ROUNDS = Choice(values=(0, 1))


def history_strategy(
    contract: Contract, wishes: LifeWishes, status: str | None, path: Sequence[str] | None
) -> Strategy:
    """Return the strategy of what a poller sees of one run, whole where its end is fixed."""
    life = contract.lifecycle
    is_open = status is None and path is None and wishes.rounds is None
    if is_open and not wishes.passing and not wishes.drawn:
        fitting_plans(contract, "run", life.initial, wishes.lasting)
        return composed(
            lambda make: watched(history(contract, make, walked(life, make), wishes), make)
        )
    ends = one_of(tuple(_ends(contract, wishes, status, path)))

    def build(make: Make) -> list[JSONObject]:
        return history(contract, make, _path(contract, make, wishes, make(ends), path), wishes)

    for end in ends.values:
        rounds = _rounds(wishes)
        checked_on(contract, wishes, path_of(life, end, path, rounds))
    return composed(build)


def _ends(
    contract: Contract, wishes: LifeWishes, status: str | None, path: Sequence[str] | None
) -> Sequence[str]:
    if path and status is not None and path[-1] != status:
        raise UsageError(
            f"status={status!r} and a path that ends {path[-1]!r} contradict each other; leave one "
            "out"
        )
    if path is not None:
        return path[-1:] or [contract.lifecycle.initial]
    if status is not None:
        return statuses_of(contract, "run", status)
    life, ends = contract.lifecycle, possible_ends(contract, wishes)
    if _rounds(wishes):
        ends = [end for end in ends if life.may_follow(REQUIRES_ACTION, end)]
    return ends


def _rounds(wishes: LifeWishes) -> int | None:
    """Return how often outputs are asked for, by what is fixed; None if nothing says."""
    if wishes.rounds is not None:
        return len(wishes.rounds)
    asks = any(name.startswith(REQUIRED_ACTION) for name in (*wishes.passing, *wishes.drawn))
    return 1 if asks else None


def _path(
    contract: Contract, make: Make, wishes: LifeWishes, end: str, path: Sequence[str] | None
) -> list[str]:
    rounds = _rounds(wishes)
    life = contract.lifecycle
    if rounds is None and path is None and life.may_follow(REQUIRES_ACTION, end):
        rounds = make(ROUNDS)
    return path_of(life, end, path, rounds)


def list_strategy(  # noqa: PLR0913 - what lists may be of
    contract: Contract,
    kind: str,
    status: str | None,
    fixed: Fixed,
    *,
    least: int,
    most: int,
    order: str = LIST_ORDERS[0],
    has_more: bool | None = None,
) -> Strategy:
    """Return the strategy of pages; raise `UsageError` for sizes or items that cannot be."""
    if not 0 <= least <= most:
        raise UsageError(f"min_size={least} and max_size={most}: give 0 <= min_size <= max_size")
    plans = fitting_plans(contract, kind, status, fixed)
    older = older_plans(contract, plans)
    checked_list(kind, older, fixed, least)
    return composed(
        lambda make: listed(
            contract, make, plans, fixed, least=least, most=most, order=order, has_more=has_more
        )
    )
