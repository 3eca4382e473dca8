"""Boundaries read off a form: each bound, at it and one inside, each word, branch and null."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

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
)
from run_contracts.making.generators.typical import detailed, several, typical

INSIDE = 0.01
"""How far inside a bound of a decimal number is."""
LONGEST_WORD = 40
"""Characters of a value that may be part of a name."""
Edge = tuple[tuple[str, ...], str, Any]
"""Where in a value something is at the edge, a word for it, and the whole value."""


def edges(form: Form) -> Iterator[Edge]:
    """Yield a typical value of a form for everything in it that can be at an edge.

    >>> [(place, word) for place, word, _ in edges(Items(item=Text(), most=2))]
    [((), 'empty'), ((), '2-items'), ((), '1-items')]
    """
    match form:
        case Union(branches=branches):
            for branch in branches:
                yield from edges(branch)
        case Choice(values=values):
            yield from (((), word(value), value) for value in values)
        case Constant(value=value):
            yield (), word(value), value
        case Whole() | Number() | Text():
            yield from (((), said, value) for said, value in _bounds(form))
        case Items():
            yield from _items(form)
        case Fields(others=others) if others is not None and not form.fields:
            yield from _pairs(form, others)
        case Fields():
            yield from _fields(form)


def word(value: Any) -> str:
    """Return a value as part of a name, whatever it is.

    >>> word(None), word(0.5), word("auto"), word({"a": 1})
    ('null', '0.5', 'auto', 'object')
    """
    if isinstance(value, dict | list):
        return "object" if isinstance(value, dict) else "array"
    text = value if isinstance(value, str) else json.dumps(value)
    return re.sub(r"[^\w.+-]+", "_", text)[:LONGEST_WORD] or "empty"


def _near(bound: Any, step: Any) -> list[Any]:
    return [] if bound is None else [bound, bound + step]


def _bounds(form: Whole | Number | Text) -> Iterator[tuple[str, Any]]:
    """Yield the values at the bounds of a form and one inside, each with a word."""
    if isinstance(form, Text):
        sizes = (*_near(form.least or None, 1), *_near(form.most, -1))
        yield from ((f"{n}-characters", _long(form, n)) for n in sizes)
    else:
        step = 1 if isinstance(form, Whole) else INSIDE
        yield from ((str(n), n) for n in (*_near(form.least, step), *_near(form.most, -step)))


def _long(form: Text, size: int) -> str:
    """Return a text of so many characters that reads like what the property holds."""
    text = f"{typical(form)} "
    return (text * (size // len(text) + 1))[:size]


def _items(form: Items) -> Iterator[Edge]:
    """Yield arrays with as few and as many items as may be, and with one that is at an edge."""
    sizes = {"empty": form.least} if form.least == 0 else {f"{form.least}-items": form.least}
    sizes |= {f"{n}-items": n for n in _near(form.most, -1) if n > form.least}
    yield from (((), name, several(form.item, n)) for name, n in sizes.items())
    for place, name, item in edges(form.item):
        yield ("0", *place), name, [item]


def _fields(form: Fields) -> Iterator[Edge]:
    """Yield objects with one field that is at an edge."""
    whole = typical(form) if form.required else detailed(form)
    for name, inner in form.fields.items():
        for place, said, value in edges(inner):
            yield (name, *place), said, {**whole, name: value}


def _pairs(form: Fields, others: Form) -> Iterator[Edge]:
    """Yield objects with as few and as many pairs, and as long names and values, as may be."""
    yield (), "empty", {}
    if isinstance(others, Anything):
        return
    value = detailed(others)
    for n in _near(form.most, -1):
        yield (), f"{n}-pairs", {f"key{at}": value for at in range(n)}
    for n in _near(form.names.most, -1):
        yield (), f"key-of-{n}-characters", {"k" * n: value}
    for place, said, inner in edges(others):
        yield ("key", *place), said, {"key": inner}
