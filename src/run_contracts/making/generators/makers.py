"""Makers of values from a source of randomness: of forms that are tried, shaped or distinct."""

from __future__ import annotations

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


def distinct(made: list[Any], item: Maker, many: int, form: Items, source: Source) -> list[Any]:
    """Return an array of different items: as many as are wanted, or as chance gives."""
    known = set(map(identity, made))
    for at in range(VALUES_TRIED + many):
        if len(made) >= many:
            return made
        value = item(source)
        if identity(value) in known:
            value = varied(form.item, value, at + 1)
        if identity(value) not in known:
            known.add(identity(value))
            made.append(value)
    if len(made) < form.least:
        raise ContractError(f"{form.name}: no {form.least} items were found that all differ")
    return made


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
