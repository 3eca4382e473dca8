"""Boundaries read off a form: each bound, at it and one inside, and each word and branch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from run_contracts.making.edge_cases.description import CaseDescription
from run_contracts.making.forms import (
    Anything,
    Choice,
    Constant,
    Fields,
    Form,
    Items,
    Number,
    Text,
    Whole,
    leaves,
)
from run_contracts.making.generators.simplest import fullest
from run_contracts.making.overrides import SEPARATOR

INSIDE = 0.01
"""How far inside a bound of a decimal number is."""


def at_bounds(form: Fields) -> Iterator[CaseDescription]:
    """Yield every bound below an object, at it and one inside."""
    for path, inner in leaves(form):
        for word, value in _bounds(inner):
            yield _boundary(path, word, value)


def words(form: Fields) -> Iterator[CaseDescription]:
    """Yield every word of every closed list of words, and null where it is one of them."""
    for path, inner in leaves(form):
        if isinstance(inner, Choice) and path != ["status"]:
            for value in inner.values:
                yield _boundary(path, _word(value), value)
        elif isinstance(inner, Constant) and path[-1:] != ["object"]:
            yield _boundary(path, _word(inner.value), inner.value)


def _boundary(path: list[str], word: str, value: Any) -> CaseDescription:
    place = ".".join(path)
    return CaseDescription(
        name=f"{place}-{word}",
        what=f"{place} of a run is {word.replace('-', ' ')}.",
        fixed={SEPARATOR.join(path): value},
    )


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _bounds(form: Form) -> Iterator[tuple[str, Any]]:
    """Yield values at the bounds of one form and one inside, each with a word."""
    match form:
        case Whole(least=least, most=most):
            yield from ((str(n), n) for n in _near(least, 1))
            yield from ((str(n), n) for n in _near(most, -1))
        case Number(least=least, most=most):
            yield from ((str(n), n) for n in _near(least, INSIDE))
            yield from ((str(n), n) for n in _near(most, -INSIDE))
        case Text(least=least, most=most):
            sizes = [*_near(least or None, 1), *_near(most, -1)]
            yield from ((f"{n}-characters", "x" * n) for n in sizes)
        case Items(item=item, most=most):
            yield "empty", []
            for n in _near(most, -1):
                yield f"{n}-items", [_numbered(fullest(item), at) for at in range(n)]
        case Fields(fields=fields, others=others) if others is not None and not fields:
            yield from _pairs(form, others)


def _near(bound: Any, step: Any) -> list[Any]:
    return [] if bound is None else [bound, bound + step]


def _numbered(item: Any, at: int) -> Any:
    """Return an item that differs from its neighbours, where it is a string."""
    return f"{item}-{at}" if isinstance(item, str) else item


def _pairs(form: Fields, others: Form) -> Iterator[tuple[str, Any]]:
    """Yield objects with as few and as many pairs, and as long names and values, as may be."""
    yield "empty", {}
    if isinstance(others, Anything):
        return
    value = fullest(others)
    for n in _near(form.most, -1):
        yield f"{n}-pairs", {f"key{at}": value for at in range(n)}
    for n in _near(form.names.most, -1):
        yield f"key-of-{n}-characters", {"k" * n: value}
