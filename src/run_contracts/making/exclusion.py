"""Which forms exclude each other, as the branches of a oneOf must to be made from."""

from __future__ import annotations

from typing import Any

from run_contracts.making.forms import (
    Choice,
    Constant,
    Fields,
    Form,
    Identifier,
    Items,
    Judged,
    Multiple,
    Number,
    Text,
    Union,
    Whole,
)


def exclude_each_other(left: Form, right: Form) -> bool:
    """Say whether no value can be of both forms, as far as their types and constants tell."""
    if isinstance(left, Union | Judged):
        branches = left.branches if isinstance(left, Union) else (left.form,)
        return all(exclude_each_other(branch, right) for branch in branches)
    if isinstance(right, Union | Judged):
        return exclude_each_other(right, left)
    if isinstance(left, Fields) and isinstance(right, Fields):
        shared = left.required & right.required
        return any(exclude_each_other(left.fields[name], right.fields[name]) for name in shared)
    ours, theirs = values_of(left), values_of(right)
    if ours is not None and theirs is not None:
        return not any(value in theirs for value in ours)
    types, others = _json_types(left), _json_types(right)
    return bool(types) and bool(others) and types.isdisjoint(others)


def values_of(form: Form) -> tuple[Any, ...] | None:
    """Return the values of a form that lists them; None for any other."""
    if isinstance(form, Constant):
        return (form.value,)
    return form.values if isinstance(form, Choice) else None


def _json_types(form: Form) -> frozenset[str]:
    """Return the types of a form's values; none at all if they are not known."""
    values = values_of(form)
    if values is None:
        return _TYPES.get(type(form), frozenset())
    names = (type(value).__name__ for value in values)
    return frozenset("number" if name in ("int", "float") else name for name in names)


_TYPES: dict[type[Form], frozenset[str]] = {
    **dict.fromkeys((Whole, Number, Multiple), frozenset({"number"})),
    **dict.fromkeys((Text, Identifier), frozenset({"str"})),
    Items: frozenset({"list"}),
    Fields: frozenset({"dict"}),
}
