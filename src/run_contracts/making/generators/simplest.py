"""The simplest value of each form, and the fullest: two generators without any choice."""

from __future__ import annotations

import copy
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, count, product, repeat
from random import Random
from typing import Any

from run_contracts.errors import ContractError, HarnessError
from run_contracts.making.forms import (
    ID_LENGTH,
    Anything,
    Choice,
    Constant,
    Drawn,
    Fields,
    Form,
    Identifier,
    Items,
    Judged,
    Make,
    Multiple,
    Number,
    Planned,
    Text,
    Union,
    Unmade,
    Whole,
    allows_null,
    is_null,
    is_truth,
)
from run_contracts.making.generators.copies import apart_by_key, identity, multiple, varied
from run_contracts.making.generators.faker import faked
from run_contracts.making.generators.makers import VALUES_TRIED, untried
from run_contracts.making.generators.shaped_texts import plainest, renamed, shaped
from run_contracts.making.text_patterns import is_shaped

LETTERS = string.ascii_lowercase
SHORT = 3
"""How long names may be at most that are made of letters in turn."""
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
        return _every_field(form)
    if isinstance(form, Items) and not form.first and form.most != 0:
        return _items(replace(form, least=max(1, form.least)), fullest)
    if isinstance(form, Text) and not is_shaped(form):
        return ("a" * max(1, form.least))[: form.most]
    if is_truth(form):
        return True
    return _plain(form, fullest)


def _plain(form: Form, make: Make) -> Any:
    """Return the plainest value of a form that is not null, its parts made by `make`."""
    return _PLAINEST[type(form)](form, make)


def _every_field(form: Fields) -> dict[str, Any]:
    """Return an object with every declared field that can be made, as many as it may have."""
    makeable = (name for name, one in form.fields.items() if not isinstance(one, Unmade))
    names = sorted(makeable, key=lambda name: name not in form.required)[: form.most]
    value = {name: fullest(one) for name, one in form.fields.items() if name in names}
    least = form.least
    if not form.fields and form.others is not None and form.most != 0:
        least = max(1, least)
    return _filled(replace(form, least=least), value, fullest)


def _nearest_zero(form: Whole | Number) -> Any:
    least = form.least if form.least is not None else 0
    most = form.most if form.most is not None else max(0, least)
    return min(max(0, least), most)


def _number(form: Number) -> Any:
    """Return the number nearest to zero, or the middle of the bounds if that is out."""
    nearest = _nearest_zero(form)
    if form.is_least_open and nearest == form.least:
        return nearest + 1 if form.most is None else (nearest + form.most) / 2
    if form.is_most_open and nearest == form.most:
        return nearest - 1 if form.least is None else (nearest + form.least) / 2
    return nearest


def _text(form: Text) -> str:
    return plainest(form) if is_shaped(form) else "a" * form.least


def _items(form: Items, make: Make) -> list[Any]:
    """Return as few items as may be; those that must differ are varied."""
    made: list[Any] = []
    for at in range(form.least):
        item = form.first[at] if at < len(form.first) else form.item
        made.append(make(item))
        if form.is_unique:
            known = {*map(identity, made[:-1])}
            any_made = faked(Random(at), "en_US")  # noqa: S311
            others = chain(
                [made[-1]],
                (varied(item, made[-1], times + 1) for times in range(at)),
                (any_made(item) for _ in range(VALUES_TRIED)),
            )
            made[-1] = next((one for one in others if identity(one) not in known), made[-1])
    return made if form.apart is None else apart_by_key(form, made)


def _fields(form: Fields, make: Make) -> dict[str, Any]:
    value = {name: make(inner) for name, inner in form.fields.items() if name in form.required}
    return _filled(form, value, make)


def _filled(form: Fields, value: dict[str, Any], make: Make) -> dict[str, Any]:
    """Return an object with others added until it has as many fields as it must."""
    spare = (name for name in form.fields if name not in value)
    while len(value) < form.least:
        if form.others is None and (name := next(spare, None)) is not None:
            value[name] = make(form.fields[name])
        else:
            value[_key(form, form.taken.union(value))] = make(form.others or Anything())
    return value


def _key(form: Fields, taken: frozenset[str]) -> str:
    """Return the plainest name that is not taken yet; raise `ContractError` if none is found."""
    names = form.names
    key = next((key for key in _keys(names) if key not in taken), None)
    if key is None:
        raise ContractError(f"{form.name}: no {form.least} fields were found that all differ")
    return key


def _keys(names: Text) -> Iterator[str]:
    """Yield names of a form, the plainest first, some more than once."""
    if not is_shaped(names):
        if names.most is None or names.most > SHORT:
            yield from (f"a{at}".ljust(names.least, "a") for at in count())
        lengths = range(names.least, (names.most or 0) + 1)
        yield from ("".join(key) for many in lengths for key in product(LETTERS, repeat=many))
        return
    yield plainest(names)
    tried = range(VALUES_TRIED)
    yield from (shaped(names)(Random(at).random) for at in tried)  # noqa: S311
    yield from (renamed(names, plainest(names), at) for at in tried)


def _judged(form: Judged, make: Make) -> Any:
    """Return the first value that holds of those that are tried: simple ones, then any."""
    random = Random(0)  # noqa: S311
    makes = chain((make, simplest, fullest), repeat(faked(random, "en_US"), VALUES_TRIED))
    for one in makes:
        value = one(form.form)
        if form.is_valid(value):
            return value
    raise untried(form)


def _undrawn(_form: Drawn, _make: Make) -> Any:
    raise HarnessError("a value of the caller's own source has no simplest form")


def _unmade(form: Unmade, _make: Make) -> Any:
    raise ContractError(form.why)


_PLAINEST: Mapping[type[Form], Callable[[Any, Make], Any]] = {
    Constant: lambda form, _: copy.deepcopy(form.value),
    Choice: lambda form, _: copy.deepcopy(form.values[0]),
    Whole: lambda form, _: _nearest_zero(form),
    Number: lambda form, _: _number(form),
    Multiple: lambda form, _: multiple(form.step, _nearest_zero(form.count)),
    Text: lambda form, _: _text(form),
    Identifier: lambda form, _: form.prefix + "0" * ID_LENGTH,
    Items: _items,
    Fields: _fields,
    Union: lambda form, make: make(form.branches[0]),
    Planned: lambda form, make: form.plan.made(make),
    Anything: lambda *_: {},
    Judged: _judged,
    Drawn: _undrawn,
    Unmade: _unmade,
}
