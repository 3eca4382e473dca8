"""Overlaps: what was under way at the same time, and the orders in which it may have happened.

A request takes effect at some moment between its sending and its answer. Where two such spans
overlap nobody knows which came first, and no verdict may rest on it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from run_contracts.traffic.exchange import Exchange


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimedExchange:
    """An exchange with the moments, by one clock, between which it took effect.

    What had no answer may take effect at any time later: its `ended` is infinite.
    """

    exchange: Exchange
    begun: float
    ended: float


def in_groups(timed: Sequence[TimedExchange]) -> Iterator[list[TimedExchange]]:
    """Yield exchanges in groups: all of one group had ended before any of the next was sent."""
    group: list[TimedExchange] = []
    last_end = -math.inf
    for exchange in sorted(timed, key=lambda each: each.begun):
        if group and exchange.begun > last_end:
            yield group
            group = []
        group, last_end = [*group, exchange], max(last_end, exchange.ended)
    if group:
        yield group


def in_order(
    timed: Sequence[TimedExchange], epoch: float, chance: Random | None = None
) -> tuple[Exchange, ...]:
    """Return exchanges as evidence has them: numbered, and those of one group together.

    Within a group they stand in the order of their ends or, by `chance`, in one of those in which
    they may have taken effect. `epoch` is when the clock was at 0, in seconds since 1970.
    """
    ordered: list[Exchange] = []
    for number, group in enumerate(in_groups(timed), start=1):
        together = number if len(group) > 1 else 0
        by_end = sorted(group, key=lambda each: (each.ended, each.begun))
        for member in by_end if chance is None else _by_chance(by_end, chance):
            seen_at = 0.0 if math.isinf(member.ended) else epoch + member.ended
            place: dict[str, Any] = {"number": len(ordered) + 1, "seen_at": seen_at}
            ordered.append(replace(member.exchange, together=together, **place))
    return tuple(ordered)


def _by_chance(group: Sequence[TimedExchange], chance: Random) -> Iterator[TimedExchange]:
    """Yield a group in one of its possible orders, however long its requests took.

    The next may be any that was sent before one of the others that are left had ended.
    """
    left = list(group)
    while left:
        first_end = min(one.ended for one in left)
        possible = [at for at, one in enumerate(left) if one.begun <= first_end]
        yield left.pop(chance.choice(possible))
