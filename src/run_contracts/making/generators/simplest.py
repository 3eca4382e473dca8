"""The simplest value of each form, and the fullest: two generators without any choice."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from run_contracts.errors import HarnessError
from run_contracts.making.forms import (
    Anything,
    Choice,
    Constant,
    Drawn,
    Fields,
    Form,
    Identifier,
    Items,
    Make,
    Number,
    Planned,
    Text,
    Union,
    Whole,
    allows_null,
    is_null,
)
from run_contracts.making.generators.source import ID_LENGTH

PLAIN: Mapping[str, Any] = {"created_at": 1_767_225_600, "model": "gpt-4o"}
"""What simple runs are given, so that one can tell what is odd in them: the start of 2026."""


def simplest(form: Form) -> Any:
    """Return the smallest value of a form: null where it may be, required fields, lowest bounds.

    >>> simplest(Text(least=2))
    'aa'
    """
    if allows_null(form):
        return None
    return _plain(form, simplest)


def fullest(form: Form) -> Any:
    """Return a value of a form in which everything is there once: every field, one item, no null.

    >>> fullest(Items(item=Text(name="file_ids")))
    ['a']
    """
    if isinstance(form, Union):
        return fullest(next((one for one in form.branches if not is_null(one)), form.branches[0]))
    if isinstance(form, Fields):
        value = {name: fullest(inner) for name, inner in form.fields.items()}
        return value if form.fields or form.others is None else {"a": fullest(form.others)}
    if isinstance(form, Items) and not form.first:
        return [fullest(form.item)] * max(1, form.least)
    if isinstance(form, Text):
        return "a" * max(1, form.least)
    if isinstance(form, Choice) and form.values == (False, True):
        return True
    return _plain(form, fullest)


def _plain(form: Form, make: Make) -> Any:
    """Return the plainest value of a form that is not null, its parts made by `make`."""
    return _PLAINEST[type(form)](form, make)


def _nearest_zero(form: Whole | Number) -> Any:
    least = form.least if form.least is not None else 0
    most = form.most if form.most is not None else max(0, least)
    return min(max(0, least), most)


def _items(form: Items, make: Make) -> list[Any]:
    first = [make(one) for one in form.first]
    return first + [make(form.item) for _ in range(form.least - len(first))]


def _fields(form: Fields, make: Make) -> dict[str, Any]:
    value = {name: make(inner) for name, inner in form.fields.items() if name in form.required}
    for at in range(form.least - len(value)):
        value[f"a{at}"] = make(form.others or Anything())
    return value


def _undrawn(_form: Drawn, _make: Make) -> Any:
    raise HarnessError("a value of the caller's own source has no simplest form")


_PLAINEST: Mapping[type[Form], Callable[[Any, Make], Any]] = {
    Constant: lambda form, _: copy.deepcopy(form.value),
    Choice: lambda form, _: form.values[0],
    Whole: lambda form, _: _nearest_zero(form),
    Number: lambda form, _: _nearest_zero(form),
    Text: lambda form, _: "a" * form.least,
    Identifier: lambda form, _: form.prefix + "0" * ID_LENGTH,
    Items: _items,
    Fields: _fields,
    Union: lambda form, make: make(form.branches[0]),
    Planned: lambda form, make: form.plan.made(make),
    Anything: lambda *_: {},
    Drawn: _undrawn,
}
