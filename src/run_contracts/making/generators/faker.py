"""Forms as quick makers of realistic values: compiled once, then only picking and counting.

A maker takes a source of randomness, so that the same seed gives the same bytes. The `random`
module itself is such a source. What is made often is written as Python, see `maker_code`; all
else has a maker of its own, which that code calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from run_contracts.errors import HarnessError
from run_contracts.making.forms import (
    EXACT,
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
)
from run_contracts.making.generators.content import (
    NEVER_EMPTY,
    NUMBERS,
    PREFIXES,
    ROUND_NUMBERS,
    WHOLES,
    words_of,
)
from run_contracts.making.generators.faker_objects import FEW, display, object_text
from run_contracts.making.generators.maker_code import MakerCode
from run_contracts.making.generators.makers import (
    between,
    distinct,
    judged,
    picked,
    shaped_text,
    unmade,
)
from run_contracts.making.generators.source import Maker, Source
from run_contracts.making.text_patterns import is_shaped

USUAL_WHOLE = (0, 1000)


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
    maker = _MAKERS.get(type(form))
    if maker is not None:
        return maker(form, locale)
    code = MakerCode(locale=locale, maker_of=lambda inner: maker_of(inner, locale))
    if isinstance(form, Fields):
        return code.compiled(object_text(form, code, _text_of))
    return code.compiled(_text_of(form, code))


def _text_of(form: Form, code: MakerCode) -> str:
    """Return the source text of a value of a form; of a call, where a maker makes it."""
    written = _TEXTS.get(type(form))
    text = written(form, code) if written else None
    return text or code.called(code.maker_of(form))


def _span(form: Whole) -> tuple[int, int]:
    """Return the least of the integers where real ones lie, within the bounds, and how many."""
    low, high = form.usual or WHOLES.get(form.name, USUAL_WHOLE)
    if form.most is not None:
        low, high = min(low, form.most), min(high, form.most)
    if form.least is not None:
        low, high = max(low, form.least), max(high, form.least)
    return int(low), int(high - low + 1)


def _limits(form: Whole) -> tuple[int, ...]:
    """Return the integers that people choose for a property, as far as they are within bounds."""
    low, high = form.least or 0, form.most or EXACT
    return (
        () if form.usual else tuple(n for n in ROUND_NUMBERS.get(form.name, ()) if low <= n <= high)
    )


def _whole(form: Whole) -> Maker:
    if limits := _limits(form):
        return picked(limits)
    low, many = _span(form)
    return lambda source: low + int(source.random() * many)


def _whole_text(form: Whole, code: MakerCode) -> str:
    """Return the text of an integer that people choose, or of one where real ones lie."""
    limits = _limits(form)
    return code.picked(limits) if limits else "{} + int(random() * {})".format(*_span(form))


def _text(form: Text, code: MakerCode) -> str:
    """Return the text of strings that fit their property, cut or filled up to the bounds."""
    if is_shaped(form):
        return code.called(shaped_text(form))
    prefix = PREFIXES.get(form.name)
    longest = len(prefix or "") + ID_LENGTH
    if prefix is not None and form.least <= longest <= (form.most or longest):
        return code.identifier(prefix)
    texts = form.usual or words_of(code.locale).texts(form.name)
    return code.picked(tuple(text[: form.most].ljust(form.least, ".") for text in texts))


def _usual(form: Number) -> tuple[float, ...]:
    """Return the usual numbers of a property that are within the bounds."""
    low, high = _ends(form)
    closed = {low: form.is_least_open, high: form.is_most_open}
    return tuple(
        number
        for number in NUMBERS.get(form.name, ())
        if low <= number <= high and not closed.get(number, False)
    )


def _number(form: Number) -> Maker:
    """Return a maker of the usual numbers, or of those with two decimals, within the bounds."""
    usual = _usual(form)
    return picked(usual) if usual else between(form, *_ends(form))


def _ends(form: Number) -> tuple[float, float]:
    low = form.least
    if low is None:
        low = 0.0 if form.most is None or form.most > 0 else form.most - 1.0
    return low, max(1.0, low + 1.0) if form.most is None else form.most


def _multiple(form: Multiple) -> Maker:
    """Return a maker of numbers of steps; there are as many of them as usual."""
    count, step = _whole(form.count), form.step
    if step.denominator == 1:
        return lambda source: count(source) * step.numerator
    return lambda source: float(count(source) * step)


def _sizes(form: Items) -> range:
    """Return how many items an array may have: the fewest and a few more."""
    fewest = max(form.least, 1) if form.name in NEVER_EMPTY else form.least
    fewest = max(fewest, len(form.first))
    most = fewest + FEW if form.most is None else form.most
    least = min(fewest, most)
    return range(least, min(most, least + FEW) + 1)


def _few_items(form: Items, code: MakerCode) -> str | None:
    """Return the text of a short array; None for a longer one, or of items that must differ."""
    sizes = _sizes(form)
    if sizes[0] > FEW or form.is_unique:
        return None
    texts = [_text_of(inner, code) for inner in form.first]
    texts += [_text_of(form.item, code)] * (sizes[-1] - len(texts))
    return code.any_of([f"[{', '.join(texts[:many])}]" for many in sizes])


def _items(form: Items, locale: str) -> Maker:
    """Return a maker of arrays: the items fixed by place, then a few more."""
    first, item = [maker_of(one, locale) for one in form.first], maker_of(form.item, locale)
    sizes = _sizes(form)

    def items(source: Source) -> list[Any]:
        many = sizes[int(source.random() * len(sizes))]
        if form.is_unique:
            return distinct((*first, item), form, many, source)
        made = [maker(source) for maker in first[:many]]
        return made + [item(source) for _ in range(many - len(made))]

    return items


def _undrawn(_form: Drawn, _locale: str) -> Maker:
    raise HarnessError("a strategy cannot be drawn by a factory")


_TEXTS: Mapping[type[Form], Callable[[Any, MakerCode], str | None]] = {
    Constant: lambda form, code: code.constant(form.value),
    Choice: lambda form, code: code.picked(form.usual or form.values),
    Identifier: lambda form, code: code.identifier(form.prefix),
    Whole: _whole_text,
    Number: lambda form, code: code.picked(_usual(form)) if _usual(form) else None,
    Text: _text,
    Items: _few_items,
    Union: lambda form, code: code.one_of([_text_of(one, code) for one in form.branches]),
    Fields: lambda form, code: display(form, code, _text_of),
}
"""How values of forms are written as code; None where a maker is called instead."""
_MAKERS: Mapping[type[Form], Callable[[Any, str], Maker]] = {
    Choice: lambda form, _: picked(form.usual or form.values),
    Whole: lambda form, _: _whole(form),
    Number: lambda form, _: _number(form),
    Multiple: lambda form, _: _multiple(form),
    Judged: lambda form, locale: judged(form, maker_of(form.form, locale)),
    Unmade: lambda form, _: unmade(form),
    Items: _items,
    Planned: lambda form, locale: lambda source: form.plan.made(faked(source, locale)),
    Anything: lambda *_: lambda _: {},
    Drawn: _undrawn,
}
"""Makers of forms by themselves, as far as that is quicker than code for one value or two."""
