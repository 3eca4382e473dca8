"""Objects as hypothesis draws them, with as few draws as can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeGuard

from hypothesis import strategies as st

from run_contracts.making.forms import (
    Constant,
    Fields,
    Form,
    Identifier,
    Items,
    Text,
    allows_null,
    is_truth,
    without_null,
)
from run_contracts.making.generators.copies import renamer
from run_contracts.making.generators.hypothesis_arrays import (
    DISTINCT,
    Draws,
    Strategy,
    StrategyOf,
    sizes,
)
from run_contracts.making.generators.hypothesis_texts import (
    NUMBERED,
    letters,
    plain_texts,
)
from run_contracts.making.generators.source import ID_BYTES
from run_contracts.making.text_formats import SPREAD
from run_contracts.making.text_patterns import is_shaped

DrawsOf = Callable[[Form], Draws]


def drawn_fields(form: Fields, strategy_of: StrategyOf, draws_of: DrawsOf) -> Draws:
    """Return what draws an object: declared fields, and others where they may be."""
    declared = _declared(form, strategy_of, draws_of)
    if form.others is None:
        return declared
    others = _others(form, strategy_of(form.others), form.others)
    if not form.fields:
        return others
    return lambda draw: {**declared(draw), **others(draw)}


def is_plain(form: Form) -> TypeGuard[Constant]:
    """Say whether a form is one value that can be shared."""
    return isinstance(form, Constant) and not isinstance(form.value, list | dict)


def _declared(form: Fields, strategy_of: StrategyOf, draws_of: DrawsOf) -> Draws:
    """Return what draws the declared fields, in the order of the schema.

    Fields of one plain value are put in without a draw; one number makes all ids, and one says of
    all fields that may be missing or null which of them are.
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
        _Step(name, inner, strategy_of, draws_of, is_required=name in form.required)
        for name, inner in form.fields.items()
        if name not in plain and name not in prefixes
    ]
    groups = [
        (st.integers(0, 2 ** sum(step.bits for step in some) - 1), some) for some in _grouped(steps)
    ]
    template = {name: plain.get(name) for name in form.fields}

    def declared(draw: st.DrawFn) -> dict[str, Any]:
        value = template.copy()
        number = draw(NUMBERED) if prefixes else 0
        for name, prefix in prefixes.items():
            value[name] = prefix + letters(number)
            number = number * SPREAD % 2 ** (8 * ID_BYTES)
        for shapes, some in groups:
            shape = draw(shapes) if some[0].bits else 0
            for step in some:
                bits, shape = shape & step.mask, shape >> step.bits
                if bits & step.there == step.there:
                    value[step.name] = step.draws(draw) if step.draws else bits > step.there
                elif bits & step.there == 0 and not step.is_required:
                    del value[step.name]
        return value

    return declared


def _grouped(steps: Sequence[_Step]) -> list[list[_Step]]:
    """Return fields with one shape a group: those without bits first, the others as they come.

    A shape stays small, for hypothesis prefers the small ones of large numbers.
    """
    certain = [step for step in steps if not step.bits]
    groups = [certain] if certain else []
    left = 0
    for step in steps:
        if step.bits > left:
            groups.append([])
            left = EVEN
        if step.bits:
            groups[-1].append(step)
            left -= step.bits
    return groups


EVEN = 7
"""Bits of a number that hypothesis draws evenly."""


class _Step:
    """How one field is drawn: by how many bits of the object's shape, and how.

    It is drawn if all bits of `there` are set, else it is missing or null. One bit more says by
    itself whether a truth value is true.
    """

    def __init__(
        self,
        name: str,
        form: Form,
        strategy_of: StrategyOf,
        draws_of: DrawsOf,
        *,
        is_required: bool,
    ) -> None:
        """Leave null to the bits, where it is one of several values."""
        left = without_null(form) if allows_null(form) else None
        inner = form if left is None else left
        self.name, self.is_required = name, is_required
        self.there = 2 ** (int(not is_required) + int(left is not None)) - 1
        self.bits = self.there.bit_length() + is_truth(inner)
        self.mask = 2**self.bits - 1
        self.draws: Draws | None = None
        # A container that may be missing is a strategy of its own: shrinking takes it out whole.
        if self.there and isinstance(inner, Fields | Items):
            strategy = strategy_of(inner)
            self.draws = lambda draw: draw(strategy)
        elif not is_truth(inner):
            self.draws = draws_of(inner)


def _others(form: Fields, values: Strategy, other: Form) -> Draws:
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
        return lambda draw: draw(pairs)
    table = _shapes(form, other, sizes(least, room))
    indexes = st.integers(0, len(table) - 1)

    def others(draw: st.DrawFn) -> dict[str, Any]:
        size, longest_name, longest_value = table[draw(indexes)]
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
