"""Forms: what a schema allows, in the few shapes that a generator knows how to make.

A form is a value without behaviour. `parsing` reads forms out of JSON Schemas, `narrowing` fits
them to the life cycle, and each generator turns them into its own kind of maker. They compare by
identity, so that what was compiled for a form can be kept beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, Protocol, TypeVar, cast


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Constant:
    """One value."""

    value: Any


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice:
    """One of some values, the plainest first; `usual` are those that real ones mostly are."""

    values: tuple[Any, ...]
    usual: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Whole:
    """An integer between two bounds; `usual` is where most real ones lie."""

    least: int | None = None
    most: int | None = None
    usual: tuple[int, int] | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Number:
    """A number with or without decimals between two bounds; an open bound is out itself."""

    least: float | None = None
    most: float | None = None
    is_least_open: bool = False
    is_most_open: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Multiple:
    """A number of steps: `count` times `step`, an integer if the step is one."""

    step: Fraction
    count: Whole


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Text:
    """A string of `least` to `most` characters; `name` is the property it fills.

    It is made of the characters of `alphabet`, of any if that is empty; `usual` are those that
    real ones are. `pattern` is a regular expression of ECMA-262 that matches somewhere in it,
    `format` one that JSON Schema names, e.g. ``date-time``.
    """

    least: int = 0
    most: int | None = None
    name: str = ""
    alphabet: str = ""
    usual: tuple[str, ...] = ()
    pattern: str | None = None
    format: str | None = None


ID_LENGTH = 24


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Identifier:
    """An id: a prefix and `ID_LENGTH` letters or digits."""

    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Items:
    """An array; `first` are the forms of its first items, as far as it is that long.

    `apart` is a key that must be unique; `is_unique` says that no two items may be equal.
    """

    item: Form
    least: int = 0
    most: int | None = None
    first: tuple[Form, ...] = ()
    apart: str | None = None
    is_unique: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fields:
    """An object: its declared fields, and the form of others if it may hold any.

    `least` and `most` bound the number of pairs, `names` the names of undeclared ones; `name` is
    the property it fills. No field is named as those that are `barred`.
    """

    fields: Mapping[str, Form] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    others: Form | None = None
    names: Text = Text(least=1, most=64)
    least: int = 0
    most: int | None = None
    name: str = ""
    barred: frozenset[str] = frozenset()

    @property
    def taken(self) -> frozenset[str]:
        """The names that no undeclared field has."""
        return self.barred.union(self.fields)

    def with_field(self, name: str, form: Form) -> Fields:
        """Return the same object with one field of another form, which is then always there."""
        fields = {**self.fields, name: form}
        return replace(self, fields=fields, required=self.required | {name})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Union:
    """A value of one of several forms, the plainest first."""

    branches: tuple[Form, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anything:
    """Any JSON value."""


class Composite(Protocol):
    """What knows how the fields of an object depend on one another, e.g. a plan."""

    @property
    def parts(self) -> Mapping[str, Form]:
        """What each object is made of, by names: the forms that a generator is asked for."""

    def made(self, make: Make) -> dict[str, Any]:
        """Return an object, its parts made by a generator."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Planned:
    """An object whose fields depend on one another; see `run_contracts.making.plans`."""

    plan: Composite


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """A value of a form that is tried before it is taken, for its schema says more.

    `where` is the place of the schema, for errors.
    """

    form: Form
    is_valid: Callable[[Any], bool]
    where: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Unmade:
    """A value that cannot be made, and why; what needs none of it can be made all the same.

    `is_understood` says that the schema is, and leaves nothing: it allows nothing, or leads back
    to itself. See `run_contracts.making.pruning`.
    """

    why: str
    is_understood: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """A value of the caller's own source, e.g. a hypothesis strategy."""

    source: Any


Form = (
    Constant
    | Choice
    | Whole
    | Number
    | Multiple
    | Text
    | Identifier
    | Items
    | Fields
    | Union
    | Anything
    | Planned
    | Judged
    | Unmade
    | Drawn
)
Make = Callable[[Form], Any]
"""A generator: returns a value of a form."""

EXACT = 2**53 - 1
"""The largest integer that every JSON reader keeps as it is (RFC 8259, section 6)."""
NULL = Constant(value=None)
TRUTH = Choice(values=(False, True))


@lru_cache(maxsize=4096)
def one_of(values: tuple[Any, ...]) -> Choice:
    """Return the form of one of several words; the same words give the same form.

    Generators keep what they compile for a form, so a form is not made anew for each object.
    """
    return Choice(values=values)


def union(branches: tuple[Form, ...]) -> Form:
    """Return a form of one of several, flat, or the only one itself."""
    flat: list[Form] = []
    for branch in branches:
        flat.extend(branch.branches if isinstance(branch, Union) else (branch,))
    return flat[0] if len(flat) == 1 else Union(branches=tuple(flat))


def is_null(form: Form) -> bool:
    """Say whether a form is null and nothing else."""
    return isinstance(form, Constant) and form.value is None


def is_truth(form: Form) -> bool:
    """Say whether a form is true or false, whichever; 0 and 1 are neither."""
    return isinstance(form, Choice) and [*map(repr, form.values)] == ["False", "True"]


def is_fixed(form: Form) -> bool:
    """Say whether the caller decided what a field holds."""
    return isinstance(form, Constant | Drawn)


def allows_null(form: Form) -> bool:
    """Say whether null is of a form."""
    if isinstance(form, Union):
        return any(map(allows_null, form.branches))
    return is_null(form) or isinstance(form, Anything)


def without_null(form: Form) -> Form | None:
    """Return a form without null; None if nothing is left."""
    if not isinstance(form, Union):
        return None if is_null(form) else form
    left = tuple(branch for branch in form.branches if not is_null(branch))
    return union(left) if left else None


def leaves(form: Form, path: tuple[str, ...] = ()) -> Iterator[tuple[list[str], Form]]:
    """Yield each form inside a form with the path to it; items of arrays are their first.

    What cannot be made is none.
    """
    if isinstance(form, Unmade):
        return
    if path:
        yield list(path), form
    match form:
        case Judged(form=inner):
            yield from leaves(inner, path)
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


T = TypeVar("T")


def copied(value: T) -> T:
    """Return a JSON value that shares nothing with another; quicker than `copy.deepcopy`."""
    copy: Any = [copied(inner) for inner in value] if isinstance(value, list) else value
    if isinstance(value, dict):
        copy = {name: copied(inner) for name, inner in value.items()}
    return cast("T", copy)
