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
    Anything,
    Choice,
    Constant,
    Drawn,
    Fields,
    Form,
    Identifier,
    Items,
    Make,
    Number,
    Planned,
    Text,
    Union,
    Whole,
)
from run_contracts.making.generators.content import (
    NEVER_EMPTY,
    NUMBERS,
    PREFIXES,
    WHOLES,
    words_of,
)
from run_contracts.making.generators.faker_objects import FEW, display, object_text
from run_contracts.making.generators.maker_code import MakerCode
from run_contracts.making.generators.simplest import ID_LENGTH
from run_contracts.making.generators.source import Maker, Source

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
    code = MakerCode(locale=locale, maker_of=lambda inner: maker_of(inner, locale))
    if isinstance(form, Fields):
        return code.compiled(object_text(form, code, _text_of))
    text = _written(form, code)
    return code.compiled(text) if text else _MAKERS[type(form)](form, locale)


def _text_of(form: Form, code: MakerCode) -> str:
    """Return the source text of a value of a form."""
    return _written(form, code) or code.called(code.maker_of(form))


def _written(form: Form, code: MakerCode) -> str | None:
    """Return the source text of a value; None for what has a maker of its own."""
    writing = _TEXTS.get(type(form))
    return writing(form, code) if writing else None


def _whole(form: Whole) -> str:
    """Return the text of an integer where real ones lie, within the bounds."""
    low, high = form.usual or WHOLES.get(form.name, USUAL_WHOLE)
    if form.most is not None:
        low, high = min(low, form.most), min(high, form.most)
    if form.least is not None:
        low, high = max(low, form.least), max(high, form.least)
    return f"{int(low)} + int(random() * {int(high - low + 1)})"


def _text(form: Text, code: MakerCode) -> str:
    """Return the text of strings that fit their property, cut or filled up to the bounds."""
    prefix = PREFIXES.get(form.name)
    longest = len(prefix or "") + ID_LENGTH
    if prefix is not None and form.least <= longest <= (form.most or longest):
        return code.identifier(prefix)
    texts = form.usual or words_of(code.locale).texts(form.name)
    return code.picked(tuple(text[: form.most].ljust(form.least, ".") for text in texts))


def _usual_number(form: Number, code: MakerCode) -> str | None:
    """Return the text of one of the usual numbers of a property; None if it has none."""
    least, most = _ends(form)
    usual = tuple(one for one in NUMBERS.get(form.name, ()) if least <= one <= most)
    return code.picked(usual) if usual else None


def _number(form: Number) -> Maker:
    """Return a maker of numbers with two decimals, within the bounds."""
    low, high = _ends(form)
    return lambda source: min(high, max(low, round(low + source.random() * (high - low), 2)))


def _ends(form: Number) -> tuple[float, float]:
    low = 0.0 if form.least is None else form.least
    return low, max(1.0, low) if form.most is None else form.most


def _counts(form: Items) -> range:
    """Return how many items an array may have beside those that are fixed by place."""
    fewest = max(form.least, 1) if form.name in NEVER_EMPTY else form.least
    least = max(fewest - len(form.first), 0)
    most = least + FEW if form.most is None else form.most - len(form.first)
    return range(least, max(least, min(most, least + FEW)) + 1)


def _few_items(form: Items, code: MakerCode) -> str | None:
    """Return the text of a short array; None for a longer one."""
    counts = _counts(form)
    if len(form.first) + counts[0] > FEW:
        return None
    first, item = [_text_of(one, code) for one in form.first], _text_of(form.item, code)
    return code.any_of([f"[{', '.join(first + [item] * many)}]" for many in counts])


def _items(form: Items, locale: str) -> Maker:
    """Return a maker of arrays: the items fixed by place, then a few more."""
    first = [maker_of(one, locale) for one in form.first]
    item, counts = maker_of(form.item, locale), _counts(form)

    def items(source: Source) -> list[Any]:
        many = counts[int(source.random() * len(counts))]
        return [maker(source) for maker in first] + [item(source) for _ in range(many)]

    return items


def _planned(form: Planned, locale: str) -> Maker:
    return lambda source: form.plan.made(faked(source, locale))


def _undrawn(_form: Drawn, _locale: str) -> Maker:
    raise HarnessError("a strategy cannot be drawn by a factory")


_TEXTS: Mapping[type[Form], Callable[[Any, MakerCode], str | None]] = {
    Constant: lambda form, code: code.constant(form.value),
    Choice: lambda form, code: code.picked(form.usual or form.values),
    Identifier: lambda form, code: code.identifier(form.prefix),
    Whole: lambda form, _: _whole(form),
    Number: _usual_number,
    Text: _text,
    Items: _few_items,
    Union: lambda form, code: code.one_of([_text_of(one, code) for one in form.branches]),
    Fields: lambda form, code: display(form, code, _text_of),
}
"""How values of forms are written as code; None where a maker is called instead."""
_MAKERS: Mapping[type[Form], Callable[[Any, str], Maker]] = {
    Number: lambda form, _: _number(form),
    Items: _items,
    Planned: _planned,
    Anything: lambda *_: lambda _: {},
    Drawn: _undrawn,
}
"""The makers of what is not written as code."""
