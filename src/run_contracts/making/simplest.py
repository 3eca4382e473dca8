"""The simplest value of each form, and the fullest: two generators without any choice."""

from __future__ import annotations

import copy
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

ID_LENGTH = 24


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


def _plain(form: Form, make: Make) -> Any:  # noqa: PLR0911 - one return for each form
    match form:
        case Constant(value=value):
            return copy.deepcopy(value)
        case Choice(values=values):
            return values[0]
        case Whole():
            return _nearest_zero(form)
        case Number():
            return _nearest_zero(form)
        case Text():
            return "a" * form.least
        case Identifier(prefix=prefix):
            return prefix + "0" * ID_LENGTH
        case Items():
            return _items(form, make)
        case Fields():
            return _fields(form, make)
        case Union(branches=branches):
            return make(branches[0])
        case Planned(plan=plan):
            return plan.made(make)
        case Drawn():
            raise HarnessError("a value of the caller's own source has no simplest form")
        case Anything():
            return {}


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
