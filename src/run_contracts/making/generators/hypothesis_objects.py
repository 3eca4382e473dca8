"""Objects as hypothesis draws them, with as few draws as can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeGuard

from hypothesis import strategies as st

from run_contracts.making.forms import (
    Constant,
    Fields,
    Form,
    Identifier,
    Text,
    allows_null,
    without_null,
)
from run_contracts.making.generators.copies import renamer
from run_contracts.making.generators.hypothesis_arrays import (
    DISTINCT,
    Strategy,
    StrategyOf,
    sizes,
)
from run_contracts.making.generators.hypothesis_places import Draws, Place
from run_contracts.making.generators.hypothesis_texts import (
    NUMBERED,
    letters,
    plain_texts,
)
from run_contracts.making.generators.source import ID_BYTES
from run_contracts.making.text_formats import SPREAD
from run_contracts.making.text_patterns import is_shaped

DrawsAt = Callable[[Form, Place], Draws]


def drawn_fields(form: Fields, place: Place, strategy_of: StrategyOf, draws_at: DrawsAt) -> Draws:
    """Return what draws an object: declared fields, and others where they may be."""
    declared = _declared(form, place, draws_at)
    if form.others is None:
        return declared
    others = _others(form, place, strategy_of(form.others), form.others)
    if not form.fields:
        return others
    return lambda draw, choices: {**declared(draw, choices), **others(draw, choices)}


def is_plain(form: Form) -> TypeGuard[Constant]:
    """Say whether a form is one value that can be shared."""
    return isinstance(form, Constant) and not isinstance(form.value, list | dict)


def _declared(form: Fields, place: Place, draws_at: DrawsAt) -> Draws:
    """Return what draws the declared fields, in the order of the schema.

    Fields of one plain value are put in without a draw, and one number makes all ids.
    """
    plain = {
        name: inner.value
        for name, inner in form.fields.items()
        if name in form.required and is_plain(inner)
    }
    prefixes = {
        name: inner.prefix
        for name, inner in form.fields.items()
        if name in form.required and isinstance(inner, Identifier)
    }
    steps = [
        _Step(name, inner, place.inner(name), draws_at, is_required=name in form.required)
        for name, inner in form.fields.items()
        if name not in plain and name not in prefixes
    ]
    template = {name: plain.get(name) for name in form.fields}

    def declared(draw: st.DrawFn, choices: bytes) -> dict[str, Any]:
        value = template.copy()
        number = draw(NUMBERED) if prefixes else 0
        for name, prefix in prefixes.items():
            value[name] = prefix + letters(number)
            number = number * SPREAD % 2 ** (8 * ID_BYTES)
        for step in steps:
            state = step.state(choices)
            if state >= step.there:
                value[step.name] = step.draws(draw, choices)
            elif state == 0 and not step.is_required:
                del value[step.name]
        return value

    return declared


class _Step:
    """How one field is drawn: whether it is `there`, else it is missing or null, and how."""

    def __init__(
        self, name: str, form: Form, place: Place, draws_at: DrawsAt, *, is_required: bool
    ) -> None:
        """Leave null to the state, where it is one of several values."""
        left = without_null(form) if allows_null(form) else None
        inner = form if left is None else left
        self.name, self.is_required = name, is_required
        self.there = int(not is_required) + int(left is not None)
        self.state = place.index("state", 2**self.there)
        self.draws = draws_at(inner, place)


def _others(form: Fields, place: Place, values: Strategy, other: Form) -> Draws:
    """Return what draws undeclared fields: few different ones, and copies up to any size."""
    least = max(0, form.least - len(form.required))
    room = None if form.most is None else form.most - len(form.fields)
    names = plain_texts(form.names)
    if isinstance(other, Text):
        values = plain_texts(other)
    taken = form.taken
    if is_shaped(form.names):
        names = names.filter(lambda name: name not in taken)
        few = least + DISTINCT if room is None else min(least + DISTINCT, room)
        pairs = st.dictionaries(names, values, min_size=least, max_size=few)
        return lambda draw, _: draw(pairs)
    table = _shapes(form, other, sizes(least, room))
    index = place.index("size", len(table))

    def others(draw: st.DrawFn, choices: bytes) -> dict[str, Any]:
        size, longest_name, longest_value = table[index(choices)]
        drawn = [(draw(names), draw(values)) for _ in range(min(size, DISTINCT))]
        if longest_name:
            drawn[0] = (drawn[0][0].ljust(longest_name, "x"), drawn[0][1])
        if longest_value:
            drawn[0] = (drawn[0][0], drawn[0][1].ljust(longest_value, "x"))
        pairs = {name: value for name, value in drawn if name not in taken}
        return _filled(pairs, size, form, drawn[0][1] if drawn else None, other)

    return others


Shape = tuple[int, int, int]
"""How many pairs there are, and how long the first name and value are made; 0 for as drawn."""


def _shapes(form: Fields, other: Form, table: tuple[int, ...]) -> tuple[Shape, ...]:
    """Return what objects may look like, the smallest first, and their bounds last."""
    longest_name = form.names.most or 0
    longest_value = (other.most or 0) if isinstance(other, Text) and not is_shaped(other) else 0
    size = next((size for size in table if size), 0)
    often = [0] * (len(table) // BOUND) if size else []
    return (
        *((size, 0, 0) for size in table),
        *((size, longest_name, at) for at in often if longest_name),
        *((size, at, longest_value) for at in often if longest_value),
    )


BOUND = 8
"""One in so many objects has a name, or a value, as long as may be."""


def _filled(
    pairs: dict[str, Any], size: int, form: Fields, value: Any, other: Form
) -> dict[str, Any]:
    """Return an object with copies of a value under new names, up to a size."""
    at = 0
    while len(pairs) < size:
        name = str(at).rjust(form.names.least, "0")
        if form.names.most is not None and len(name) > form.names.most:
            break
        if name not in pairs and name not in form.taken:
            pairs[name] = renamer(other)(value, at)
        at += 1
    return pairs
