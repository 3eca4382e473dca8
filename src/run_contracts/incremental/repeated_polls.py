"""Polls that are answered as those around them: what they show, one of them shows for all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from run_contracts.traffic.exchange import Exchange

POLL = "getRun"


class WithoutRepeats(NamedTuple):
    """Exchanges, and for how many of their kind those stand that stand for more than themselves."""

    exchanges: list[Exchange]
    times: dict[int, int]


def without_repeats(exchanges: Iterable[Exchange], settled: Collection[int]) -> WithoutRepeats:
    """Return exchanges without the polls that show what was shown before them and after them.

    Of polls that follow one another, and whose answers are read as the same, the first and the last
    say how long that was so, and when. Each of the others says what the second does, which stands
    for them. What is `settled` stands for nothing that is not.
    """
    kept: list[Exchange] = []
    times: dict[int, int] = {}
    row = 1
    for exchange in exchanges:
        row = row + 1 if kept and _is_repeat(kept[-1], exchange, settled) else 1
        if row > LONGEST_ROW:
            second = kept[-2].number
            times[second] = times.get(second, 1) + 1
            kept[-1] = exchange
        else:
            kept.append(exchange)
    return WithoutRepeats(kept, times)


LONGEST_ROW = 3
"""Polls of a row that are kept: the first, the second, and the last."""


def _is_repeat(before: Exchange, exchange: Exchange, settled: Collection[int]) -> bool:
    """Say whether a poll asks for what the one before it did, and has the same answer."""
    return (
        exchange.answer is before.answer
        and exchange.operation_id == POLL == before.operation_id
        and exchange.is_success
        and exchange.request.url == before.request.url
        and exchange.request.header_names == before.request.header_names
        and not (exchange.together or before.together)
        and (exchange.intent, exchange.source) == (before.intent, before.source)
        and (exchange.number in settled) is (before.number in settled)
    )
