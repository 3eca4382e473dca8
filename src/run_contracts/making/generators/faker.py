"""Forms as quick makers of realistic values: compiled once, then only picking and counting.

A maker takes a source of randomness, so that the same seed gives the same bytes. The `random`
module itself is such a source. What is made often is written as Python, see `maker_code`; the
forms in `_MAKERS` have makers of their own, which that code calls.
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
    maker = _MAKERS.get(type(form))
    if maker is not None:
        return maker(form, locale)
    code = MakerCode(locale=locale, maker_of=lambda inner: maker_of(inner, locale))
    if isinstance(form, Fields):
        return code.compiled(object_text(form, code, _text_of))
    return code.compiled(_text_of(form, code))


def _text_of(form: Form, code: MakerCode) -> str:
    """Return the source text of a value of a form."""
    written = _TEXTS.get(type(form))
    text = written(form, code) if written else None
    return text or code.called(code.maker_of(form))


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
    texts = words_of(code.locale).texts(form.name)
    return code.picked(tuple(text[: form.most].ljust(form.least, ".") for text in texts))


def _number(form: Number) -> Maker:
    """Return a maker of numbers with two decimals, or of the usual ones, within the bounds."""
    low = 0.0 if form.least is None else form.least
    high = max(1.0, low) if form.most is None else form.most
    usual = tuple(one for one in NUMBERS.get(form.name, ()) if low <= one <= high)
    many, span = len(usual), high - low
    if usual:
        return lambda source: usual[int(source.random() * many)]
    return lambda source: min(high, max(low, round(low + source.random() * span, 2)))


def _items(form: Items, locale: str) -> Maker:
    """Return a maker of arrays: the items fixed by place, then a few more."""
    first = [maker_of(one, locale) for one in form.first]
    item = maker_of(form.item, locale)
    fewest = max(form.least, 1) if form.name in NEVER_EMPTY else form.least
    least = max(fewest - len(first), 0)
    most = FEW if form.most is None else form.most - len(first)
    spread = min(max(most - least, 0), FEW) + 1

    def items(source: Source) -> list[Any]:
        made = [maker(source) for maker in first]
        for _ in range(least + int(source.random() * spread)):
            made.append(item(source))  # noqa: PERF401 - quicker for so few
        return made

    return items


def _planned(form: Planned, locale: str) -> Maker:
    return lambda source: form.plan.made(faked(source, locale))


def _undrawn(_form: Drawn, _locale: str) -> Maker:
    raise HarnessError("a strategy cannot be drawn by a factory")


_TEXTS: Mapping[type[Form], Callable[[Any, MakerCode], str | None]] = {
    Constant: lambda form, code: code.constant(form.value),
    Choice: lambda form, code: code.picked(form.values),
    Identifier: lambda form, code: code.identifier(form.prefix),
    Whole: lambda form, _: _whole(form),
    Text: _text,
    Union: lambda form, code: code.one_of([_text_of(one, code) for one in form.branches]),
    Fields: lambda form, code: display(form, code, _text_of),
}
"""How values of forms are written as code, where they are."""
_MAKERS: Mapping[type[Form], Callable[[Any, str], Maker]] = {
    Number: lambda form, _: _number(form),
    Items: _items,
    Planned: _planned,
    Anything: lambda *_: lambda _: {},
    Drawn: _undrawn,
}
"""The makers of forms that are not written as code."""
