"""The forms of numbers: what their bounds and steps come to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Protocol

from run_contracts.errors import ContractError
from run_contracts.making.forms import Form, Judged, Multiple, Number, Whole

Schema = Mapping[str, Any]


class ImpossibleSchema(ContractError):
    """A schema that is understood and leaves nothing to make."""


class SchemaReader(Protocol):
    """What reads the schemas inside a schema."""

    @property
    def name(self) -> str:
        """The property that the schema is of."""

    def part(self, schema: Any, step: str, *, name: str | None = None) -> Form:
        """Return the form of an inner schema; `Unmade` if it has none."""

    def tried(self, form: Form, schema: Any) -> Judged:
        """Return a form whose values are tried by a schema before they are taken."""

    def refusal(self, reason: str) -> ContractError:
        """Return the error that says where a schema cannot be read, and why."""

    def impossible(self, reason: str) -> ImpossibleSchema:
        """Return the error that says where a schema leaves nothing to make, and why."""


def integer_form(reader: SchemaReader, schema: Schema) -> Form:
    """Return the form of an integer."""
    least, most, is_least_open, is_most_open = _bounds(schema)
    step = Fraction(1)
    if "multipleOf" in schema:
        # Of a step of 5/2 every second multiple is an integer.
        step = Fraction(Fraction(str(schema["multipleOf"])).numerator)
    count = _counted(reader, step, (least, most), (is_least_open, is_most_open))
    return count if step == 1 else Multiple(step=step, count=count)


def number_form(reader: SchemaReader, schema: Schema) -> Form:
    """Return the form of a number."""
    least, most, is_least_open, is_most_open = _bounds(schema)
    if "multipleOf" in schema:
        step = Fraction(str(schema["multipleOf"]))
        bounds, is_open = (least, most), (is_least_open, is_most_open)
        return Multiple(step=step, count=_counted(reader, step, bounds, is_open))
    check_bounds(reader, least, most, is_open=is_least_open or is_most_open)
    return Number(
        least=least,
        most=most,
        is_least_open=is_least_open,
        is_most_open=is_most_open,
        name=reader.name,
    )


def _bounds(schema: Schema) -> tuple[Any, Any, bool, bool]:
    """Return the bounds of a number, and whether each is out itself."""
    least, most = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    is_least_open = above is not None and (least is None or above >= least)
    is_most_open = below is not None and (most is None or below <= most)
    return (
        above if is_least_open else least,
        below if is_most_open else most,
        is_least_open,
        is_most_open,
    )


def _counted(
    reader: SchemaReader, step: Fraction, bounds: tuple[Any, Any], is_open: tuple[bool, bool]
) -> Whole:
    """Return how many steps there may be between two bounds."""
    low, high = (None if bound is None else Fraction(str(bound)) / step for bound in bounds)
    least = None if low is None else math.ceil(low) + (is_open[0] and low.denominator == 1)
    most = None if high is None else math.floor(high) - (is_open[1] and high.denominator == 1)
    check_bounds(reader, least, most)
    return Whole(least=least, most=most, name=reader.name)


def check_bounds(reader: SchemaReader, least: Any, most: Any, *, is_open: bool = False) -> None:
    """Raise `ContractError` if nothing lies between two bounds."""
    if None not in (least, most) and (least > most or (is_open and least == most)):
        raise reader.impossible("allows nothing, for its bounds exclude each other")
