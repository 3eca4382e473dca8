"""Forms as hypothesis strategies, by its public API only."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from run_contracts.making.forms import (
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
from run_contracts.making.simplest import ID_LENGTH

Strategy = st.SearchStrategy[Any]
EXACT = 2**53 - 1
"""The largest integer that every JSON reader keeps as it is (RFC 8259, section 6)."""
LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@lru_cache(maxsize=4096)
def strategy_of(form: Form) -> Strategy:  # noqa: PLR0911 - one return for each form
    """Return the strategy of a form; the same form gives the same strategy.

    >>> from run_contracts.making.forms import Choice
    >>> strategy_of(Choice(values=("auto", "none")))
    sampled_from(('auto', 'none'))
    """
    match form:
        case Constant(value=value):
            return st.just(value) if _is_plain(value) else st.builds(_copier(value))
        case Choice(values=values):
            return st.booleans() if values == (False, True) else st.sampled_from(values)
        case Whole(least=least, most=most):
            return st.integers(-EXACT if least is None else least, EXACT if most is None else most)
        case Number(least=least, most=most):
            return st.floats(least, most, allow_nan=False, allow_infinity=False)
        case Text(least=least, most=most):
            return st.text(min_size=least, max_size=most)
        case Identifier(prefix=prefix):
            return NUMBERED.map(lambda number: prefix + _digits(number))
        case Items():
            return _items(form)
        case Fields():
            return _fields(form)
        case Union(branches=branches):
            # Hypothesis shrinks towards the first.
            return st.one_of([strategy_of(one) for one in sorted(branches, key=_is_not_null)])
        case Planned(plan=plan):
            return composed(plan.made)
        case Anything():
            return JSON
        case Drawn(source=source):
            found: Strategy = source
            return found


def composed(build: Callable[[Callable[[Form], Any]], Any]) -> Strategy:
    """Return the strategy of what a function builds of drawn forms."""

    @st.composite
    def strategy(draw: st.DrawFn) -> Any:
        return build(lambda form: draw(strategy_of(form)))

    return strategy()


def _items(form: Items) -> Strategy:
    """Return the strategy of an array: the items that are fixed by place, then any others."""
    taken = len(form.first)
    key = form.apart
    others = st.lists(
        strategy_of(form.item),
        min_size=max(0, form.least - taken),
        max_size=None if form.most is None else form.most - taken,
        unique_by=None if key is None else lambda value: value[key],
    )
    if not taken:
        return others
    first = st.tuples(*map(strategy_of, form.first))
    return st.tuples(first, others).map(lambda parts: [*parts[0], *parts[1]])


def _fields(form: Fields) -> Strategy:
    """Return the strategy of an object: declared fields, and others where they may be."""
    required = {n: strategy_of(f) for n, f in form.fields.items() if n in form.required}
    optional = {n: strategy_of(f) for n, f in form.fields.items() if n not in form.required}
    declared = st.fixed_dictionaries(required, optional=optional)
    if form.others is None:
        return declared
    room = None if form.most is None else form.most - len(form.fields)
    others = st.dictionaries(
        strategy_of(form.names),
        strategy_of(form.others),
        min_size=max(0, form.least - len(required)),
        max_size=room,
    )
    if not form.fields:
        return others
    return st.tuples(others, declared).map(lambda parts: parts[0] | parts[1])


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _copier(value: Any) -> Callable[[], Any]:
    import copy  # noqa: PLC0415 - fixed containers are rare

    return lambda: copy.deepcopy(value)


def _is_not_null(form: Form) -> bool:
    return not is_null(form)


def _digits(number: int) -> str:
    """Return a number as 24 letters and digits, the way ids on the wire look."""
    found = []
    for _ in range(ID_LENGTH):
        number, digit = divmod(number, len(LETTERS))
        found.append(LETTERS[digit])
    return "".join(reversed(found))


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
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
