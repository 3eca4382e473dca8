"""Which forms exclude each other, as the branches of a oneOf must to be made from."""

from __future__ import annotations

from typing import Any

from run_contracts.making.forms import (
    Anything,
    Choice,
    Constant,
    Fields,
    Form,
    Items,
    Judged,
    Multiple,
    Number,
    Text,
    Union,
    Unmade,
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
    ours, theirs = _values(left), _values(right)
    if ours is not None and theirs is not None:
        return not any(value in theirs for value in ours)
    untyped = {Anything, Unmade} & {type(left), type(right)}
    return not untyped and _json_type(left) != _json_type(right)


def _values(form: Form) -> tuple[Any, ...] | None:
    if isinstance(form, Constant):
        return (form.value,)
    return form.values if isinstance(form, Choice) else None


def _json_type(form: Form) -> str:
    values = _values(form)
    if values is not None:
        kinds = {type(value).__name__ for value in values}
        kind = kinds.pop() if len(kinds) == 1 else "mixed"
        return "number" if kind in ("int", "float") else kind
    numbers = dict.fromkeys((Whole, Number, Multiple), "number")
    names = {**numbers, Text: "str", Items: "list", Fields: "dict"}
    return names.get(type(form), "mixed")
