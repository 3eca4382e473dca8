"""Overrides: what the caller fixes in an object, by names that reach into it with ``__``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from run_contracts.errors import UsageError
from run_contracts.making.forms import (
    Anything,
    Choice,
    Constant,
    Fields,
    Form,
    Items,
    Number,
    Text,
    Union,
    Whole,
    is_null,
    union,
)
from run_contracts.making.wishes import SEPARATOR


def with_overrides(
    form: Fields, fixed: Mapping[str, Form], *, general: Fields, kind: str
) -> Fields:
    """Return a form with some of its fields fixed: ``metadata__team``, ``tools__0__type``, ...

    `general` is the form before it was narrowed: a path that only leads into that one is followed
    there, for a judge to say what it breaks. Raises `UsageError` that names the nearest field for
    a path that leads nowhere.

    >>> from run_contracts.making.forms import Text
    >>> run = Fields(fields={"model": Text()})
    >>> with_overrides(run, {"modle": Text()}, general=run, kind="run")
    Traceback (most recent call last):
    run_contracts.errors.UsageError: a run has no field 'modle'; did you mean 'model'?
    """
    for name, wanted in fixed.items():
        path = name.split(SEPARATOR)
        fixed_form = _put(form, path, wanted)
        if fixed_form is None and path[0] in general.fields:
            fixed_form = _put(form.with_field(path[0], general.fields[path[0]]), path, wanted)
        if not isinstance(fixed_form, Fields):
            raise UsageError(_unknown(general, name, kind))
        form = fixed_form
    return form


def _put(form: Form, path: list[str], wanted: Form) -> Form | None:
    """Return a form with another form at a path; None if the path does not lead into it."""
    if not path:
        return wanted
    match form:
        case Union(branches=branches):
            put = [(before, _put(before, path, wanted)) for before in branches]
            possible = [(before, after) for before, after in put if after is not None]
            fitting = [after for before, after in possible if _agrees(_at(before, path), wanted)]
            return union(tuple(fitting or [after for _, after in possible])) if possible else None
        case Fields():
            return _put_field(form, path, wanted)
        case Items() if path[0].isdecimal():
            return _put_item(form, int(path[0]), path[1:], wanted)
        case Anything():
            return _put_field(Fields(others=form), path, wanted)
    return None


def _put_field(form: Fields, path: list[str], wanted: Form) -> Form | None:
    name, *rest = path
    inner = form.fields.get(name, form.others)
    put = None if inner is None else _put(inner, rest, wanted)
    if put is None:
        return None
    whole = form.with_field(name, put)
    # Nothing is invented beside what the caller fixes in an object that may hold anything.
    return replace(whole, others=None) if isinstance(form.others, Anything) else whole


def _put_item(form: Items, at: int, path: list[str], wanted: Form) -> Form | None:
    """Return an array with one of its items fixed; the ones before it are then there, too.

    Of calls there are none but these.
    """
    first = list(form.first) + [form.item] * (at + 1 - len(form.first))
    item = _put(first[at], path, wanted)
    if item is None:
        return None
    first[at] = item
    most = len(first) if form.name == "tool_calls" else form.most
    return replace(form, first=tuple(first), least=max(form.least, at + 1), most=most)


def _at(form: Form, path: list[str]) -> Form | None:
    """Return the form at a path, of the first branch that has one."""
    if not path:
        return form
    if isinstance(form, Union):
        return next((one for b in form.branches if (one := _at(b, path)) is not None), None)
    if isinstance(form, Fields):
        inner = form.fields.get(path[0], form.others)
        return None if inner is None else _at(inner, path[1:])
    is_item = isinstance(form, Items) and path[0].isdecimal()
    return _at(form.item, path[1:]) if is_item else None  # type: ignore[union-attr] # as it says


def forms_at(form: Form, path: list[str]) -> Iterator[Form]:
    """Yield the forms at a path, of every branch that leads there."""
    if isinstance(form, Union):
        for branch in form.branches:
            yield from forms_at(branch, path)
    elif not path:
        yield form
    elif isinstance(form, Fields):
        inner = form.fields.get(path[0], form.others)
        if inner is not None:
            yield from forms_at(inner, path[1:])
    elif isinstance(form, Items) and path[0].isdecimal():
        yield from forms_at(form.item, path[1:])
    elif isinstance(form, Anything):
        yield form


def _agrees(form: Form | None, wanted: Form) -> bool:
    """Say whether a fixed value could be of the form it replaces; only plain misfits are seen."""
    if form is None or not isinstance(wanted, Constant):
        return form is not None
    value = wanted.value
    match form:
        case Constant(value=only):
            return bool(value == only)
        case Choice(values=values):
            return value in values
        case Union(branches=branches):
            return any(_agrees(branch, wanted) for branch in branches)
    return isinstance(value, PYTHON_OF_FORM.get(type(form), object)) and not isinstance(value, bool)


PYTHON_OF_FORM: Mapping[type[Form], Any] = {
    Text: str,
    Whole: int | float,
    Number: int | float,
    Fields: dict,
    Items: list,
}
"""What a value of a form is in Python."""


def _unknown(form: Form, name: str, kind: str) -> str:
    """Return what is wrong with a path: the first step that leads nowhere, and what is near."""
    done: list[str] = []
    for step in name.split(SEPARATOR):
        if _at(form, [*done, step]) is None:
            break
        done.append(step)
    known = sorted(_names(form, done))
    here = SEPARATOR.join(done)
    place = f"{here} of a {kind}" if done else f"a {kind}"
    if _is_list(_at(form, done)):
        return f"{place} is a list, whose items are numbered: {here}__0, {here}__1; not {step!r}"
    near = get_close_matches(step, known, n=1)
    if near:
        return f"{place} has no field {step!r}; did you mean {near[0]!r}?"
    if not known:
        return f"{place} holds one plain value, so it has no field {step!r}"
    return f"{place} has no field {step!r}; it has {', '.join(known)}"


def _is_list(form: Form | None) -> bool:
    branches = form.branches if isinstance(form, Union) else (form,)
    return any(isinstance(branch, Items) for branch in branches)


def _names(form: Form, path: list[str]) -> Iterable[str]:
    """Return the names of the fields at a path, of all branches."""
    if isinstance(form, Union):
        return {name for branch in form.branches for name in _names(branch, path)}
    if path and isinstance(form, Items):
        return _names(form.item, path[1:])
    if not isinstance(form, Fields):
        return ()
    if not path:
        return form.fields
    inner = form.fields.get(path[0])
    return () if inner is None or is_null(inner) else _names(inner, path[1:])
