"""Makers of values from a source of randomness: of forms that are tried, shaped or distinct."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from run_contracts.errors import ContractError
from run_contracts.making.forms import Items, Judged, Number, Text, Unmade
from run_contracts.making.generators.content import FIXED
from run_contracts.making.generators.copies import identity, varied
from run_contracts.making.generators.shaped_texts import shaped
from run_contracts.making.generators.source import Maker, Source, fresh
from run_contracts.making.text_patterns import is_text_of

VALUES_TRIED = 200
"""How often a value is made that may turn out to be none of its schema."""
STUCK = 20
"""After so many tries for one place an array is begun anew."""


def picked(values: tuple[Any, ...]) -> Maker:
    """Return a maker of one of some values; a container is a new one each time."""
    many = len(values)
    if any(isinstance(value, list | dict) for value in values):
        return lambda source: fresh(values[int(source.random() * many)], source)
    return lambda source: values[int(source.random() * many)]


def shaped_text(form: Text) -> Maker:
    """Return a maker of texts with a pattern or a format, of known words where they have it."""
    words = tuple(filter(is_text_of(form), FIXED.get(form.name, ())))
    if words:
        return picked(words)
    text = shaped(form)
    return lambda source: text(source.random)


def between(form: Number, low: float, high: float) -> Maker:
    """Return a maker of numbers with two decimals between bounds; open ones are never met."""
    span, is_open = high - low, form.is_least_open or form.is_most_open

    def number(source: Source) -> float:
        exact = low + (source.random() or 1 / 2) * span
        near = min(high, max(low, round(exact, 2)))
        return exact if is_open and near in (low, high) else near

    return number


def distinct(makers: Sequence[Maker], form: Items, many: int, source: Source) -> list[Any]:
    """Return an array of different items, of as many as are wanted or as chance gives.

    Each is made by the maker of its place; the last of `makers` makes all that come after.
    """
    made: dict[Any, Any] = {}
    longest, misses = list[Any](), 0
    for at in range(VALUES_TRIED + many):
        if len(made) >= many:
            break
        value = makers[min(len(made), len(makers) - 1)](source)
        if identity(value) in made:
            inner = (*form.first, form.item)[min(len(made), len(form.first))]
            value = varied(inner, value, at + 1)
        misses = misses + 1 if identity(value) in made else 0
        made.setdefault(identity(value), value)
        if misses == STUCK:
            longest, made, misses = max(longest, [*made.values()], key=len), {}, 0
    longest = max(longest, [*made.values()], key=len)
    if len(longest) < form.least:
        raise ContractError(f"{form.name}: no {form.least} items were found that all differ")
    return longest


def judged(form: Judged, inner: Maker) -> Maker:
    """Return a maker that tries what it made, a number of times."""

    def tried(source: Source) -> Any:
        for _ in range(VALUES_TRIED):
            value = inner(source)
            if form.is_valid(value):
                return value
        raise untried(form)

    return tried


def untried(form: Judged) -> ContractError:
    """Return the error for a schema of which no value was found."""
    return ContractError(
        f"{form.where}: {VALUES_TRIED} values were tried and none is of the schema; say it with "
        "plainer keywords, or fix the field"
    )


def unmade(form: Unmade) -> Maker:
    """Return a maker that says why there is none."""

    def refused(_: Source) -> Any:
        raise ContractError(form.why)

    return refused
