"""Forms as hypothesis strategies, by its public API only.

A draw costs more than all the rest, and so does each strategy inside another: what is fixed is put
in without a draw, and the parts of an object are drawn one after the other, not each as a strategy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from run_contracts.errors import ContractError
from run_contracts.making.forms import (
    EXACT,
    Anything,
    Choice,
    Constant,
    Drawn,
    Fields,
    Form,
    Identifier,
    Items,
    Judged,
    Multiple,
    Number,
    Planned,
    Text,
    Union,
    Unmade,
    Whole,
    copied,
    is_null,
    is_truth,
)
from run_contracts.making.generators.copies import multiple
from run_contracts.making.generators.hypothesis_arrays import Draws, Strategy, drawn_items
from run_contracts.making.generators.hypothesis_objects import drawn_fields
from run_contracts.making.generators.hypothesis_texts import NUMBERED, letters, plain_texts
from run_contracts.making.text_patterns import is_shaped


@lru_cache(maxsize=4096)
def strategy_of(form: Form) -> Strategy:
    """Return the strategy of a form; the same form gives the same strategy.

    >>> from run_contracts.making.forms import Choice
    >>> strategy_of(Choice(values=("auto", "none")))
    sampled_from(('auto', 'none'))
    """
    if type(form) in _STRATEGIES:
        return _STRATEGIES[type(form)](form)
    return composed(lambda make: make(form))


@lru_cache(maxsize=4096)
def draws_of(form: Form) -> Draws:
    """Return the function that draws a form's parts, as a part of a larger strategy."""
    if isinstance(form, Constant) and not isinstance(form.value, list | dict):
        return lambda _: form.value
    if type(form) in _DRAWS:
        return _DRAWS[type(form)](form)
    strategy = strategy_of(form)
    return lambda draw: draw(strategy)


def composed(build: Callable[[Callable[[Form], Any]], Any]) -> Strategy:
    """Return the strategy of what a function builds of drawn forms."""

    @st.composite
    def strategy(draw: st.DrawFn) -> Any:
        return build(lambda form: draws_of(form)(draw))

    return strategy()


def _constant(form: Constant) -> Strategy:
    """Return the strategy of one value; a container is a new one each time."""
    if isinstance(form.value, list | dict):
        return st.builds(copied, st.just(form.value))
    return st.just(form.value)


def _choice(form: Choice) -> Strategy:
    if is_truth(form):
        return st.booleans()
    picked = st.sampled_from(form.values)
    if any(isinstance(value, list | dict) for value in form.values):
        return picked.map(copied)
    return picked


def _whole(form: Whole) -> Draws:
    """Return what draws integers; those near a lone lower bound come up often."""
    least, most = form.least, form.most
    if least is None:
        lowest = -EXACT if most is None or most > -EXACT else most - EXACT
        least, most = lowest, EXACT if most is None else most
    if most is not None:
        within = st.integers(least, most)
        return lambda draw: draw(within)
    above = st.integers(0, NEAR + (EXACT - least if least < EXACT else EXACT))
    return lambda draw: least + max(0, draw(above) - NEAR)


NEAR = 20
"""How many small draws are a lone lower bound itself."""


def _number(form: Number) -> Strategy:
    return st.floats(
        form.least,
        form.most,
        exclude_min=form.is_least_open,
        exclude_max=form.is_most_open,
        allow_nan=False,
        allow_infinity=False,
    )


def _multiple(form: Multiple) -> Draws:
    count = _whole(form.count)
    return lambda draw: multiple(form.step, count(draw))


def _text(form: Text) -> Draws:
    """Return what draws strings; one in some is as long as may be."""
    texts, most = plain_texts(form), form.most
    if most is None or is_shaped(form):
        return lambda draw: draw(texts)

    def stretched(draw: st.DrawFn) -> str:
        # What is stretched is drawn first, so that shrinking only has to undo the stretching.
        text: str = draw(texts)
        return text.ljust(most, "x") if draw(STRETCHES) == OFTEN else text

    return stretched


OFTEN = 4
"""How often the usual is drawn for each time that a bound is."""
STRETCHES = st.integers(0, OFTEN)


def _union(form: Union) -> Draws:
    """Return what draws one of several, null first: hypothesis shrinks towards the first."""
    branches = [draws_of(one) for one in sorted(form.branches, key=_is_not_null)]
    indexes = st.integers(0, len(branches) - 1)
    return lambda draw: branches[draw(indexes)](draw)


def _is_not_null(form: Form) -> bool:
    return not is_null(form)


def _planned(form: Planned) -> Draws:
    return lambda draw: form.plan.made(lambda inner: draws_of(inner)(draw))


def _unmade(form: Unmade) -> Draws:
    def refused(_: st.DrawFn) -> Any:
        raise ContractError(form.why)

    return refused


def _anything(draw: st.DrawFn, depth: int = 0) -> Any:
    """Draw any JSON value: containers hold few, and no container but one is inside another."""
    kind = draw(VALUE_KINDS)
    if kind < len(PLAIN_VALUES):
        return PLAIN_VALUES[kind]
    if kind < len(PLAIN_VALUES) + len(SCALARS):
        return draw(SCALARS[kind - len(PLAIN_VALUES)])
    many = draw(HELD) if depth < MOST_NESTED else 0
    if kind % 2:
        return [_anything(draw, depth + 1) for _ in range(many)]
    return {draw(ANY_TEXT): _anything(draw, depth + 1) for _ in range(many)}


PLAIN_VALUES = (None, False, True)
ANY_TEXT = st.text()
SCALARS = (
    st.integers(-EXACT, EXACT),
    st.floats(allow_nan=False, allow_infinity=False),
    ANY_TEXT,
)
VALUE_KINDS = st.integers(0, len(PLAIN_VALUES) + len(SCALARS) + 1)
HELD = st.integers(0, 2)
MOST_NESTED = 2
_STRATEGIES: Mapping[type[Form], Callable[[Any], Strategy]] = {
    Constant: _constant,
    Choice: _choice,
    Number: _number,
    Judged: lambda form: strategy_of(form.form).filter(form.is_valid),
    Drawn: lambda form: form.source,
}
_DRAWS: Mapping[type[Form], Callable[[Any], Draws]] = {
    Anything: lambda _: _anything,
    Whole: _whole,
    Multiple: _multiple,
    Text: _text,
    Identifier: lambda form: lambda draw: form.prefix + letters(draw(NUMBERED)),
    Items: lambda form: drawn_items(form, strategy_of),
    Fields: lambda form: drawn_fields(form, strategy_of, draws_of),
    Union: _union,
    Planned: _planned,
    Unmade: _unmade,
}
