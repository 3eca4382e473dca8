"""Forms as hypothesis strategies, by its public API only."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from run_contracts.making.forms import (
    EXACT,
    TRUTH,
    Anything,
    Choice,
    Constant,
    Drawn,
    Fields,
    Form,
    Identifier,
    Items,
    Number,
    Planned,
    Text,
    Union,
    Whole,
    is_null,
)
from run_contracts.making.generators.hypothesis_objects import Strategy, declared_fields
from run_contracts.making.generators.source import ID_LENGTH

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@lru_cache(maxsize=4096)
def strategy_of(form: Form) -> Strategy:
    """Return the strategy of a form; the same form gives the same strategy.

    >>> from run_contracts.making.forms import Choice
    >>> strategy_of(Choice(values=("auto", "none")))
    sampled_from(('auto', 'none'))
    """
    return _STRATEGIES[type(form)](form)


def composed(build: Callable[[Callable[[Form], Any]], Any]) -> Strategy:
    """Return the strategy of what a function builds of drawn forms."""

    @st.composite
    def strategy(draw: st.DrawFn) -> Any:
        return build(lambda form: draw(strategy_of(form)))

    return strategy()


def _items(form: Items) -> Strategy:
    """Return the strategy of an array: the items that are fixed by place, then any others."""
    taken, item = len(form.first), strategy_of(form.item)
    key = form.apart
    room = None if form.most is None else form.most - taken
    others: Strategy = st.lists(
        item,
        min_size=(least := max(0, form.least - taken)),
        # What must differ in one key cannot be copied to fill the room there is.
        max_size=_few(least, room) if key is None or room is None else room,
        unique_by=None if key is None else lambda value: value[key],
    )
    if room is not None and key is None:
        others = _stretched(others, lambda items: _filled(items, room))
    if not taken:
        return others
    first = st.tuples(*map(strategy_of, form.first))
    return st.tuples(first, others).map(lambda parts: [*parts[0], *parts[1]])


def _fields(form: Fields) -> Strategy:
    """Return the strategy of an object: declared fields, and others where they may be."""
    required = {n: f for n, f in form.fields.items() if n in form.required}
    declared = declared_fields(form, strategy_of)
    if form.others is None:
        return declared
    room = None if form.most is None else form.most - len(form.fields)
    others: Strategy = st.dictionaries(
        _plain_text(form.names),
        _plain_text(form.others) if isinstance(form.others, Text) else strategy_of(form.others),
        min_size=(least := max(0, form.least - len(required))),
        max_size=_few(least, room),
    )
    if room is not None:
        others = st.tuples(others, STRETCHES).map(
            lambda drawn: _padded(drawn[0], form, room, drawn[1])
        )
    if not form.fields:
        return others
    return st.tuples(others, declared).map(lambda parts: parts[0] | parts[1])


def _constant(form: Constant) -> Strategy:
    """Return the strategy of one value; a container is a new one each time."""
    if isinstance(form.value, list | dict):
        return st.builds(copy.deepcopy, st.just(form.value))
    return st.just(form.value)


def _choice(form: Choice) -> Strategy:
    if any(isinstance(value, list | dict) for value in form.values):
        return st.sampled_from(form.values).map(copy.deepcopy)
    return st.booleans() if form.values == TRUTH.values else st.sampled_from(form.values)


def _whole(form: Whole) -> Strategy:
    """Return the strategy of integers; those near a lone lower bound come up often."""
    least = -EXACT if form.least is None else form.least
    every = st.integers(least, EXACT if form.most is None else form.most)
    if form.least is None or form.most is not None:
        return every
    return st.integers(least, least + NEAR) | every


NEAR = 20
"""How far above a lone lower bound an integer is near it."""


def _number(form: Number) -> Strategy:
    return st.floats(form.least, form.most, allow_nan=False, allow_infinity=False)


def _text(form: Text) -> Strategy:
    """Return the strategy of strings; one in some is as long as may be."""
    texts = _plain_text(form)
    if form.most is None:
        return texts
    most = form.most
    return _stretched(texts, lambda text: text.ljust(most, "x"))


def _plain_text(form: Text) -> Strategy:
    if form.alphabet:
        return st.text(form.alphabet, min_size=form.least, max_size=form.most)
    return st.text(min_size=form.least, max_size=form.most)


def _stretched(usual: Strategy, stretch: Callable[[Any], Any]) -> Strategy:
    """Return a strategy that reaches an upper bound, which chance alone does not.

    What is stretched is drawn first, so that shrinking only has to undo the stretching.
    """
    return st.tuples(usual, STRETCHES).map(
        lambda drawn: stretch(drawn[0]) if drawn[1] == OFTEN else drawn[0]
    )


def _few(least: int, most: int | None) -> int:
    """Return how many things of one kind are drawn apart; more of them are copies."""
    few = least + DISTINCT
    return few if most is None else min(few, most)


DISTINCT = 2
"""Things beyond the fewest that differ in one container; drawing is what costs time."""
OFTEN = 4
"""How often the usual is drawn for each time that a bound is."""
STRETCHES = st.integers(0, OFTEN)


def _filled(items: list[Any], room: int) -> list[Any]:
    """Return an array with copies of its first item in all the room there is."""
    return items + [copy.deepcopy(first) for first in items[:1] * (room - len(items))]


def _padded(pairs: dict[str, Any], form: Fields, room: int, stretch: int) -> dict[str, Any]:
    """Return an object with one of its bounds reached: all pairs, the longest name or value."""
    if not pairs or stretch < OFTEN - 2:
        return pairs
    (name, value), *rest = pairs.items()
    if stretch == OFTEN:
        more = {f"key{at}": copy.deepcopy(value) for at in range(room)} | pairs
        return dict(list(more.items())[-room:])
    if stretch == OFTEN - 1:
        name = name.ljust(form.names.most or 0, "x")
    elif isinstance(form.others, Text) and isinstance(value, str):
        value = value.ljust(form.others.most or 0, "x")
    return dict([*rest, (name, value)])


def _union(form: Union) -> Strategy:
    """Return the strategy of a union, null first: hypothesis shrinks towards the first."""
    return st.one_of([strategy_of(one) for one in sorted(form.branches, key=_is_not_null)])


def _is_not_null(form: Form) -> bool:
    return not is_null(form)


def _digits(number: int) -> str:
    """Return a number as 24 letters and digits, the way ids on the wire look."""
    digits = []
    for _ in range(ID_LENGTH):
        number, digit = divmod(number, len(LETTERS))
        digits.append(LETTERS[digit])
    return "".join(reversed(digits))


NUMBERED = st.integers(0, len(LETTERS) ** ID_LENGTH - 1)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-EXACT, EXACT)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
_STRATEGIES: Mapping[type[Form], Callable[[Any], Strategy]] = {
    Constant: _constant,
    Choice: _choice,
    Whole: _whole,
    Number: _number,
    Text: _text,
    Identifier: lambda form: NUMBERED.map(lambda number: form.prefix + _digits(number)),
    Items: _items,
    Fields: _fields,
    Union: _union,
    Planned: lambda form: composed(form.plan.made),
    Anything: lambda _: JSON,
    Drawn: lambda form: form.source,
}
