"""Copies of made things that differ where they must: by id and name, or at all.

Drawing and making cost time; a copy costs nearly nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from run_contracts.making.forms import (
    Anything,
    Choice,
    Constant,
    Fields,
    Form,
    Identifier,
    Items,
    Judged,
    Multiple,
    Text,
    Union,
    Whole,
    copied,
)
from run_contracts.making.text_patterns import is_shaped

Renamer = Callable[[Any, int], Any]
NAMING = frozenset({"id", "name"})
"""Fields that tell things of one kind apart."""


@lru_cache(maxsize=4096)
def renamer(form: Form) -> Renamer:
    """Return what copies values of a form, the `at`th copy with other ids and names, if any.

    >>> tool = Fields(fields={"name": Text(name="name"), "kind": Text(name="kind")})
    >>> renamer(tool)({"name": "f", "kind": "k"}, 2)
    {'name': 'f2', 'kind': 'k'}
    """
    match form:
        case Text(name=name) if name in NAMING:
            return lambda value, at: varied(form, value, at)
        case Identifier():
            return lambda value, at: varied(form, value, at)
        case Fields(fields=fields):
            return _renamer_of_fields({name: renamer(inner) for name, inner in fields.items()})
        case Union(branches=branches):
            named = tuple(branch for branch in branches if renamer(branch) is not plain_copy)
            return _renamer_of_branches(named) if named else plain_copy
    return plain_copy


def plain_copy(value: Any, _at: int) -> Any:
    """Return a copy of a value as it is."""
    return copied(value)


def _renamer_of_fields(renamers: Mapping[str, Renamer]) -> Renamer:
    named = {name: rename for name, rename in renamers.items() if rename is not plain_copy}
    if not named:
        return plain_copy

    def renamed(value: Any, at: int) -> Any:
        return {name: named.get(name, plain_copy)(inner, at) for name, inner in value.items()}

    return renamed


def _renamer_of_branches(branches: tuple[Form, ...]) -> Renamer:
    def renamed(value: Any, at: int) -> Any:
        branch = _branch_of(branches, value)
        return copied(value) if branch is None else renamer(branch)(value, at)

    return renamed


def apart_by_key(form: Items, items: list[Any]) -> list[Any]:
    """Return items of an array, with other values of the key that two of them must not share.

    >>> calls = Items(item=Fields(fields={"id": Identifier(prefix="call_")}), apart="id")
    >>> apart_by_key(calls, [{"id": "call_00"}, {"id": "call_00"}])
    [{'id': 'call_00'}, {'id': 'call_01'}]
    """
    key, known, apart = form.apart or "", set[str](), list[Any]()
    for at, item in enumerate(items):
        inner = form.first[at] if at < len(form.first) else form.item
        branch = _branch_of((inner.branches if isinstance(inner, Union) else (inner,)), item)
        named, times = branch.fields.get(key) if isinstance(branch, Fields) else None, 0
        other = item
        while named is not None and other[key] in known and times <= len(items):
            times += 1
            other = {**item, key: varied(named, item[key], times)}
        known.add(other[key])
        apart.append(other)
    return apart


def varied(form: Form, value: Any, at: int) -> Any:
    """Return another value of a form, the `at`th; the same one if there is none so easily."""
    vary = _VARIED.get(type(form))
    return value if vary is None else vary(form, value, at)


def _varied_text(form: Text, value: str, at: int) -> str:
    if is_shaped(form):
        return value
    text = f"{value[: None if form.most is None else form.most - len(str(at))]}{at}"
    return text if form.least <= len(text) else text.rjust(form.least, "0")


def _varied_multiple(form: Multiple, value: Any, at: int) -> int | float:
    return multiple(form.step, _varied_whole(form.count, round(value / form.step), at))


def _varied_whole(form: Whole, value: int, at: int) -> int:
    """Return an integer away from another, upwards if there is room, within the bounds."""
    if form.most is None or value + at <= form.most:
        return value + at
    return value if form.least is None or value - at < form.least else value - at


def _varied_branch(form: Union, value: Any, at: int) -> Any:
    branch = _branch_of(form.branches, value)
    return value if branch is None else varied(branch, value, at)


def _varied_judged(form: Judged, value: Any, at: int) -> Any:
    other = varied(form.form, value, at)
    return other if form.is_valid(other) else value


def _varied_field(form: Fields, value: Any, at: int) -> Any:
    """Return an object that differs in the first of its fields that can."""
    fields = form.fields
    for name in value:
        other = varied(fields[name], value[name], at) if name in fields else value[name]
        if identity(other) != identity(value[name]):
            return {**copied(value), name: other}
    return value


def multiple(step: Any, count: int) -> int | float:
    """Return a number of steps as a number; an integer if it is one."""
    exact = step * count
    return int(exact) if exact.denominator == 1 else float(exact)


def _branch_of(branches: tuple[Form, ...], value: Any) -> Form | None:
    """Return the branch of a union that a value is of, as far as types and constants tell."""
    return next((branch for branch in branches if _may_be_of(branch, value)), None)


def _may_be_of(form: Form, value: Any) -> bool:
    match form:
        case Fields(fields=fields, required=required) if isinstance(value, dict):
            words = (name for name in value if isinstance(fields.get(name), Constant | Choice))
            return required <= value.keys() and all(_may_be_of(fields[n], value[n]) for n in words)
        case Constant() | Choice():
            values = form.values if isinstance(form, Choice) else (form.value,)
            return identity(value) in map(identity, values)
        case Judged(form=inner):
            return _may_be_of(inner, value)
    return isinstance(value, PYTHON_OF_VARIED.get(type(form), ())) and not isinstance(value, bool)


PYTHON_OF_VARIED: Mapping[type[Form], Any] = {
    Text: str,
    Identifier: str,
    Whole: int,
    Multiple: int | float,
}
_VARIED: Mapping[type[Form], Callable[[Any, Any, int], Any]] = {
    Anything: lambda _form, _value, at: at,
    Text: _varied_text,
    Identifier: lambda _, value, at: f"{value[: -len(str(at))]}{at}",
    Choice: lambda form, value, at: form.values[(form.values.index(value) + at) % len(form.values)],
    Whole: _varied_whole,
    Multiple: _varied_multiple,
    Fields: _varied_field,
    Union: _varied_branch,
    Judged: _varied_judged,
}


def identity(value: Any) -> Any:
    """Return what is equal for equal JSON values, and only for them; it can be hashed.

    >>> identity(1.0) == identity(1), identity(True) == identity(1)
    (True, False)
    """
    match value:
        case bool():
            return ("boolean", value)
        case list():
            return tuple(map(identity, value))
        case dict():
            return frozenset((name, identity(inner)) for name, inner in value.items())
    return value
