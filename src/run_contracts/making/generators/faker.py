"""Forms as quick makers of realistic values: compiled once, then only picking and counting.

A maker takes a source of randomness, so that the same seed gives the same bytes. The `random`
module itself is such a source.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import lru_cache
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
    Judged,
    Make,
    Multiple,
    Number,
    Planned,
    Text,
    Union,
    Unmade,
    Whole,
)
from run_contracts.making.generators.content import (
    NEVER_EMPTY,
    NUMBERS,
    OBJECTS,
    PREFIXES,
    WHOLES,
    words_of,
)
from run_contracts.making.generators.copies import copied
from run_contracts.making.generators.makers import (
    Maker,
    Source,
    between,
    distinct,
    judged,
    picked,
    shaped_text,
    unmade,
)
from run_contracts.making.text_patterns import is_shaped

USUAL_WHOLE = (0, 1000)
FEW = 2
"""Items beyond the fewest that an array usually has."""
PRESENCE = 0.8
"""How often an optional field is there."""
ID_BYTES = 18


def faked(source: Source, locale: str) -> Make:
    """Return a generator that makes realistic values with a source of randomness."""
    return lambda form: maker_of(form, locale)(source)


@lru_cache(maxsize=8192)
def maker_of(form: Form, locale: str) -> Maker:
    """Return the maker of a form in a locale; the same form gives the same maker.

    >>> import random
    >>> maker_of(Identifier(prefix="run_"), "en_US")(random.Random(7))
    'run_OLTmUuRNpaI3DZ4mDicTZaOm'
    """
    return _MAKERS[type(form)](form, locale)


def _letters(source: Source) -> str:
    """Return 24 letters and digits."""
    return b64encode(source.randbytes(ID_BYTES), b"Aa").decode()


def _constant(value: Any) -> Maker:
    """Return a maker of one value; a container is a new one each time."""
    if isinstance(value, list | dict):
        return lambda _: copied(value)
    return lambda _: value


def _one_of(form: Union, locale: str) -> Maker:
    """Return a maker of one of several; the plainest, which is first, is the likeliest."""
    makers = [maker_of(one, locale) for one in form.branches]
    many = len(makers)
    return lambda source: makers[int(source.random() ** 2 * many)](source)


def _whole(form: Whole) -> Maker:
    """Return a maker of integers where real ones lie, within the bounds."""
    low, high = form.usual or WHOLES.get(form.name, USUAL_WHOLE)
    if form.most is not None:
        low, high = min(low, form.most), min(high, form.most)
    if form.least is not None:
        low, high = max(low, form.least), max(high, form.least)
    span = high - low + 1
    return lambda source: low + int(source.random() * span)


def _number(form: Number) -> Maker:
    """Return a maker of numbers with two decimals, or of the usual ones, within the bounds."""
    low = form.least
    if low is None:
        low = 0.0 if form.most is None or form.most > 0 else form.most - 1.0
    high = max(1.0, low + 1.0) if form.most is None else form.most
    usual = tuple(
        one for one in NUMBERS.get(form.name, ()) if low <= one <= high and one not in _out(form)
    )
    if usual:
        return picked(usual)
    return between(form, low, high)


def _out(form: Number) -> tuple[float | None, ...]:
    """Return the bounds that are out themselves."""
    return tuple(
        bound
        for bound, is_open in ((form.least, form.is_least_open), (form.most, form.is_most_open))
        if is_open
    )


def _multiple(form: Multiple) -> Maker:
    """Return a maker of numbers of steps; there are as many of them as usual."""
    count, step = _whole(form.count), form.step
    if step.denominator == 1:
        return lambda source: count(source) * step.numerator
    return lambda source: float(count(source) * step)


def _text(form: Text, locale: str) -> Maker:
    """Return a maker of texts that fit their property, cut or filled up to the bounds."""
    if is_shaped(form):
        return shaped_text(form)
    prefix = PREFIXES.get(form.name)
    longest = len(prefix or "") + ID_BYTES * 4 // 3
    if prefix is not None and form.least <= longest <= (form.most or longest):
        return lambda source: prefix + _letters(source)
    texts = words_of(locale).texts(form.name)
    return picked(tuple(dict.fromkeys(_fitted(one, form) for one in texts)))


def _fitted(text: str, form: Text) -> str:
    return text[: form.most].ljust(form.least, ".")


def _items(form: Items, locale: str) -> Maker:
    """Return a maker of arrays: the items fixed by place, then a few more."""
    item, makers = maker_of(form.item, locale), [maker_of(one, locale) for one in form.first]
    fewest = max(form.least, 1) if form.name in NEVER_EMPTY else form.least
    most = form.most
    if most is not None:
        fewest = min(fewest, most)
    largest = max(fewest, len(makers)) + FEW if most is None else most
    least = min(max(fewest, len(makers)), largest)
    spread = min(largest - least, FEW) + 1

    def items(source: Source) -> list[Any]:
        many = least + int(source.random() * spread)
        made = [maker(source) for maker in makers[:many]]
        if form.is_unique:
            return distinct(made, item, many, form, source)
        made.extend([item(source) for _ in range(many - len(made))])
        return made

    return items


def _fields(form: Fields, locale: str) -> Maker:
    """Return a maker of objects, whose fields stand in the order of the schema."""
    if not form.fields and form.name in OBJECTS:
        return picked(OBJECTS[form.name])
    plain = {
        name: inner.value
        for name, inner in form.fields.items()
        if isinstance(inner, Constant) and name in form.required and _is_scalar(inner.value)
    }
    made = [
        (name, maker_of(inner, locale), name in form.required)
        for name, inner in form.fields.items()
        if name not in plain
    ]
    template = {name: plain.get(name) for name in form.fields}
    others = _others(form, locale)

    def fields(source: Source) -> dict[str, Any]:
        value = template.copy()
        for name, maker, is_required in made:
            if is_required or source.random() < PRESENCE:
                value[name] = maker(source)
            else:
                del value[name]
        if others is not None:
            others(source, value)
        return value

    return fields


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, list | dict)


def _others(form: Fields, locale: str) -> Callable[[Source, dict[str, Any]], None] | None:
    """Return what adds undeclared fields, if there may be any: a few, or as many as must be."""
    if form.others is None:
        return None
    name, value = maker_of(form.names, locale), maker_of(form.others, locale)
    room = FEW if form.most is None else min(FEW, max(0, form.most - len(form.fields)))

    def add(source: Source, fields: dict[str, Any]) -> None:
        wanted = max(form.least - len(fields), int(source.random() * (room + 1)))
        for at in range(wanted):
            key = name(source)
            if key in fields or key in form.fields:
                key = name(source) if is_shaped(form.names) else f"{key[:60]}{at}"
            fields[key] = value(source)

    return add


def _undrawn(_form: Drawn, _locale: str) -> Maker:
    raise HarnessError("a strategy cannot be drawn by a factory")


_MAKERS: Mapping[type[Form], Callable[[Any, str], Maker]] = {
    Constant: lambda form, _: _constant(form.value),
    Choice: lambda form, _: picked(form.values),
    Whole: lambda form, _: _whole(form),
    Number: lambda form, _: _number(form),
    Multiple: lambda form, _: _multiple(form),
    Text: _text,
    Identifier: lambda form, _: lambda source: form.prefix + _letters(source),
    Items: _items,
    Fields: _fields,
    Union: _one_of,
    Planned: lambda form, locale: lambda source: form.plan.made(faked(source, locale)),
    Anything: lambda *_: _constant({}),
    Judged: lambda form, locale: judged(form, maker_of(form.form, locale)),
    Unmade: lambda form, _: unmade(form),
    Drawn: _undrawn,
}
