"""Arrays as hypothesis draws them: few different items, and copies up to any size there may be."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from run_contracts.making.forms import Form, Items, Planned, Union
from run_contracts.making.generators.copies import apart_by_key, identity, renamer
from run_contracts.making.generators.hypothesis_places import Draws, Place

Strategy = st.SearchStrategy[Any]
StrategyOf = Callable[[Form], Strategy]
DISTINCT = 2
"""Things that are drawn for one container; more of them are copies, for drawing costs time."""
MORE_THAN_FEWEST = 8
"""How many more than the fewest there are at most, where no bound says so."""
SMALL = 3
"""Sizes, the fewest and those next to it, that come up more often than the others."""
EACH = 20
"""Larger sizes that come up each; beyond them only some do."""


@lru_cache(maxsize=256)
def sizes(least: int, most: int | None) -> tuple[int, ...]:
    """Return sizes from the fewest to the most, the usual ones more than once, in order.

    An index into them is one small choice, and shrinks towards the fewest.

    >>> sizes(1, 2)
    (1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2)
    """
    largest = least + MORE_THAN_FEWEST if most is None else most
    between = list(range(least + SMALL, min(largest, least + SMALL + EACH)))
    size = least + SMALL + EACH
    while size < largest:
        between.append(size)
        size += size // 4
    unit = max(len(between), 4)
    weights = (unit * 7 // 4, unit, unit * 3 // 4)
    small = [size for at, many in enumerate(weights) for size in [least + at] * many]
    at_most = [] if most is None else [most] * (unit // 2)
    return tuple(size for size in sorted([*small, *between, *at_most]) if size <= largest)


def drawn_items(form: Items, place: Place, strategy_of: StrategyOf) -> Draws:
    """Return what draws an array: the items that are fixed by place, then any others."""
    if form.is_unique or (form.apart is not None and _is_planned(form.item)):
        return _all_drawn(form, strategy_of)
    first, item = [strategy_of(one) for one in form.first], strategy_of(form.item)
    table = sizes(form.least, form.most)
    index, rename = place.index("size", len(table)), renamer(form.item)

    def items(draw: st.DrawFn, choices: bytes) -> list[Any]:
        size = table[index(choices)]
        drawn = [draw(one) for one in first[:size]]
        fixed = len(drawn)
        drawn += [draw(item) for _ in range(min(size - fixed, DISTINCT))]
        for at in range(1, size - len(drawn) + 1):
            drawn.append(rename(drawn[fixed], at))
        return drawn if form.apart is None else apart_by_key(form, drawn)

    return items


def _all_drawn(form: Items, strategy_of: StrategyOf) -> Draws:
    """Return what draws an array whose items cannot be copied."""
    key, taken = form.apart, len(form.first)
    others: Strategy = st.lists(
        strategy_of(form.item),
        min_size=max(0, form.least - taken),
        max_size=None if form.most is None else form.most - taken,
        unique_by=identity if form.is_unique or key is None else lambda value: value[key],
    )
    if not taken:
        return lambda draw, _: draw(others)
    first = st.tuples(*map(strategy_of, form.first))
    whole = st.tuples(first, others).map(lambda parts: [*parts[0], *parts[1]])
    if form.is_unique:
        whole = whole.filter(lambda items: len({*map(identity, items)}) == len(items))
    return lambda draw, _: draw(whole)


def _is_planned(form: Form) -> bool:
    branches = form.branches if isinstance(form, Union) else (form,)
    return any(isinstance(branch, Planned) for branch in branches)
