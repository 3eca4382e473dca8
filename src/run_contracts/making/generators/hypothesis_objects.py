"""Objects as hypothesis strategies, with as few draws as can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeGuard

from hypothesis import strategies as st

from run_contracts.making.forms import Constant, Fields, Form, allows_null, without_null

Strategy = st.SearchStrategy[Any]
StrategyOf = Callable[[Form], Strategy]


def is_plain(form: Form) -> TypeGuard[Constant]:
    """Say whether a form is one value that can be shared."""
    return isinstance(form, Constant) and not isinstance(form.value, list | dict)


def declared_fields(form: Fields, strategy_of: StrategyOf) -> Strategy:
    """Return the strategy of the declared fields, in the order of the schema.

    A draw costs more than all the rest, so fields of one plain value are put in without one, and
    one number says of all fields that may be missing or null which of them are.
    """
    plain = {
        name: inner.value
        for name, inner in form.fields.items()
        if name in form.required and is_plain(inner)
    }
    steps = [
        _Step(name, inner, strategy_of, is_required=name in form.required)
        for name, inner in form.fields.items()
        if name not in plain
    ]
    groups = [
        (st.integers(0, 2 ** sum(step.bits for step in some) - 1), some) for some in _grouped(steps)
    ]
    template = {name: plain.get(name) for name in form.fields}

    @st.composite
    def declared(draw: st.DrawFn) -> dict[str, Any]:
        value = template.copy()
        for shapes, some in groups:
            shape = draw(shapes) if some[0].bits else 0
            for step in some:
                bits, shape = shape & step.mask, shape >> step.bits
                if bits == step.mask:
                    value[step.name] = draw(step.strategy)
                elif bits == 0 and not step.is_required:
                    del value[step.name]
        return value

    return declared()


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
    """How one field is drawn: by how many bits of the object's shape, and from which strategy.

    Without bits it is always drawn; with all of them set, too; else it is missing or null.
    """

    def __init__(
        self, name: str, form: Form, strategy_of: StrategyOf, *, is_required: bool
    ) -> None:
        """Leave null to the bits, where it is one of several values."""
        left = without_null(form) if allows_null(form) else None
        self.name, self.is_required = name, is_required
        self.bits = int(not is_required) + int(left is not None)
        self.mask = 2**self.bits - 1
        self.strategy = strategy_of(form if left is None else left)
