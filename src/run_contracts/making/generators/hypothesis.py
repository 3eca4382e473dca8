"""Forms as hypothesis strategies, by its public API only.

A draw costs more than all the rest, and so does each strategy inside another: what is fixed is put
in without a draw, small choices are made by one (see `hypothesis_places`), and the parts of an
object are drawn one after the other, not each as a strategy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
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
from run_contracts.making.generators.hypothesis_arrays import Strategy, drawn_items
from run_contracts.making.generators.hypothesis_objects import drawn_fields
from run_contracts.making.generators.hypothesis_places import BY_BYTES, BY_ONE_BYTE, Draws, Place
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
def draws_of(form: Form) -> Callable[[st.DrawFn], Any]:
    """Return the function that draws a form's parts: its small choices at once, then the rest."""
    if type(form) in _STRATEGIES:
        strategy = strategy_of(form)
        return lambda draw: draw(strategy)
    if isinstance(form, Whole):
        return _whole_alone(form)
    place = Place()
    draws = draws_at(form, place)
    pieces = place.pieces()
    return lambda draw: draws(draw, b"".join([draw(piece) for piece in pieces]))


def draws_at(form: Form, place: Place) -> Draws:
    """Return the function that draws a form as a part of a larger one."""
    at = (form, place.path)
    if at not in place.known:
        place.known[at] = _DRAWS[type(form)](form, place)
    return place.known[at]


def composed(build: Callable[[Callable[[Form], Any]], Any]) -> Strategy:
    """Return the strategy of what a function builds of drawn forms."""
    return _built(build)


@st.composite
def _built(draw: st.DrawFn, build: Callable[[Callable[[Form], Any]], Any]) -> Any:
    return build(partial(_made, draw))


def _made(draw: st.DrawFn, form: Form) -> Any:
    return draws_of(form)(draw)


def _constant(form: Constant, _: Place) -> Draws:
    """Return what gives one value; a container is a new one each time."""
    if isinstance(form.value, list | dict):
        return lambda _, __: copied(form.value)
    return lambda _, __: form.value


def _sampled(form: Choice) -> Strategy:
    if is_truth(form):
        return st.booleans()
    picked = st.sampled_from(form.values)
    if any(isinstance(value, list | dict) for value in form.values):
        return picked.map(copied)
    return picked


def _choice(form: Choice, place: Place) -> Draws:
    index = place.index("choice", len(form.values))
    return lambda _, choices: copied(form.values[index(choices)])


def _whole(form: Whole, place: Place) -> Draws:
    """Return what draws integers as a part of something: the small ones of the bytes.

    Of those, each bound comes up more often than what is between.
    """
    least, most = form.least, form.most
    if least is None or least < 0 or most is None or most - least >= BY_BYTES:
        draws = _whole_alone(form)
        return lambda draw, _: draws(draw)
    if most - least >= BY_ONE_BYTE:
        read = place.number("number", most - least)
        return lambda _, choices: least + read(choices)
    more = (most - least) // (2 * OFTEN)
    index = place.index("number", most - least + 1 + 2 * more)
    return lambda _, choices: min(max(least, least - more + index(choices)), most)


def _whole_alone(form: Whole) -> Callable[[st.DrawFn], Any]:
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


def _multiple(form: Multiple, place: Place) -> Draws:
    count = _whole(form.count, place)
    return lambda draw, choices: multiple(form.step, count(draw, choices))


def _text(form: Text, place: Place) -> Draws:
    """Return what draws strings; one in some is as long as may be."""
    texts, most = plain_texts(form), form.most
    if most is None or is_shaped(form):
        return lambda draw, _: draw(texts)
    stretches = place.index("length", OFTEN + 1)

    def stretched(draw: st.DrawFn, choices: bytes) -> str:
        text: str = draw(texts)
        return text.ljust(most, "x") if stretches(choices) == OFTEN else text

    return stretched


OFTEN = 4
"""How often the usual is drawn for each time that a bound is."""


def _union(form: Union, place: Place) -> Draws:
    """Return what draws one of several, null first: hypothesis shrinks towards the first."""
    index = place.index("branch", len(form.branches))
    branches = [draws_at(one, place) for one in sorted(form.branches, key=_is_not_null)]
    return lambda draw, choices: branches[index(choices)](draw, choices)


def _is_not_null(form: Form) -> bool:
    return not is_null(form)


def _planned(form: Planned, place: Place) -> Draws:
    """Return what draws an object by its plan: what it asks for of itself has its place, too."""
    plan = form.plan
    parts = {inner: draws_at(inner, place.inner(name)) for name, inner in plan.parts.items()}

    def made(draw: st.DrawFn, choices: bytes) -> Any:
        def make(inner: Form) -> Any:
            return parts[inner](draw, choices) if inner in parts else draws_of(inner)(draw)

        return plan.made(make)

    return made


def _drawn(form: Form, _: Place) -> Draws:
    """Return what draws a form that is a strategy of its own."""
    strategy = strategy_of(form)
    return lambda draw, _: draw(strategy)


def _unmade(form: Unmade, _: Place) -> Draws:
    def refused(*_: Any) -> Any:
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
    Choice: _sampled,
    Number: _number,
    Judged: lambda form: strategy_of(form.form).filter(form.is_valid),
    Drawn: lambda form: form.source,
}
_DRAWS: Mapping[type[Form], Callable[[Any, Place], Draws]] = {
    Anything: lambda _, __: lambda draw, _: _anything(draw),
    Choice: _choice,
    Constant: _constant,
    Drawn: _drawn,
    Fields: lambda form, place: drawn_fields(form, place, strategy_of, draws_at),
    Identifier: lambda form, _: lambda draw, _: form.prefix + letters(draw(NUMBERED)),
    Items: lambda form, place: drawn_items(form, place, strategy_of),
    Judged: _drawn,
    Multiple: _multiple,
    Number: _drawn,
    Planned: _planned,
    Text: _text,
    Union: _union,
    Unmade: _unmade,
    Whole: _whole,
}
