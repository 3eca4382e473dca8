"""Boundaries read off a form: each bound, at it and one inside, and each word and branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
from run_contracts.making.generators.simplest import fullest
from run_contracts.making.overrides import SEPARATOR

INSIDE = 0.01
"""How far inside a bound of a decimal number is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """One value at a boundary: what to fix where, under a name."""

    name: str
    what: str
    fixed: dict[str, Any]


def at_bounds(form: Fields) -> Iterator[Boundary]:
    """Yield every bound below an object, at it and one inside."""
    for path, inner in leaves(form):
        for word, value in _bounds(inner):
            yield _boundary(path, word, value)


def words(form: Fields) -> Iterator[Boundary]:
    """Yield every word of every closed list of words, and null where it is one of them."""
    for path, inner in leaves(form):
        if isinstance(inner, Choice) and path != ["status"]:
            for value in inner.values:
                yield _boundary(path, _word(value), value)
        elif isinstance(inner, Constant) and path[-1:] != ["object"]:
            yield _boundary(path, _word(inner.value), inner.value)


def leaves(form: Form, path: tuple[str, ...] = ()) -> Iterator[tuple[list[str], Form]]:
    """Yield each form inside a form with the path to it; items of arrays are their first."""
    if path:
        yield list(path), form
    match form:
        case Fields(fields=fields, others=others):
            for name, inner in fields.items():
                yield from leaves(inner, (*path, name))
            if others is not None and not isinstance(others, Anything):
                yield from leaves(others, (*path, "key"))
        case Items(item=item):
            yield from leaves(item, (*path, "0"))
        case Union(branches=branches):
            for branch in branches:
                yield from leaves(branch, path)


def _boundary(path: list[str], word: str, value: Any) -> Boundary:
    place = ".".join(path)
    return Boundary(
        name=f"{place}-{word}",
        what=f"{place} of a run is {_told(word)}.",
        fixed={SEPARATOR.join(path): value},
    )


def _told(word: str) -> str:
    return word.replace("-", " ")


def _word(value: Any) -> str:
    return {None: "null", True: "true", False: "false"}.get(value, str(value))


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
