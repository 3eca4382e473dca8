"""Strings as hypothesis strategies: of a length, of a pattern, of a format."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from run_contracts.making.forms import Text
from run_contracts.making.generators.source import ID_BYTES
from run_contracts.making.text_formats import NUMBERED_TEXTS, formatted
from run_contracts.making.text_patterns import compiled_pattern, is_shaped, is_text_of

Texts = st.SearchStrategy[str]
UNICODE = st.characters(codec="utf-8")
"""Every character that UTF-8 can hold: no half of a surrogate pair."""
READABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
FORMATTED: Mapping[str, Callable[[], st.SearchStrategy[Any]]] = {
    "date-time": lambda: st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat()),
    "date": lambda: st.dates().map(lambda day: day.isoformat()),
    "time": lambda: st.times().map(lambda at: f"{at.isoformat()}Z"),
    "email": st.emails,
    "ipv4": lambda: st.ip_addresses(v=4).map(str),
    "ipv6": lambda: st.ip_addresses(v=6).map(str),
    "uuid": lambda: st.uuids().map(str),
}
"""Formats for which hypothesis knows more than what a number can become."""


NUMBERED = st.integers(0, 2 ** (8 * ID_BYTES) - 1)
"""The numbers that become the letters of ids."""
DIGITS = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZxy",
)
"""Digits of base 64 as letters and digits, zero first."""


def letters(number: int) -> str:
    """Return a number as 24 letters and digits, the form that ids on the wire have.

    >>> letters(1)
    '000000000000000000000001'
    """
    return b64encode(number.to_bytes(ID_BYTES, "big")).translate(DIGITS).decode()


def plain_texts(form: Text) -> Texts:
    """Return the strategy of strings, of a pattern or format where the form has one."""
    if not is_shaped(form):
        return st.text(form.alphabet or UNICODE, min_size=form.least, max_size=form.most)
    make = formatted(form)
    if make is None:
        texts = _matching(form, UNICODE, is_whole=False)
    else:
        known = FORMATTED.get(form.format or "")
        texts = st.integers(0, NUMBERED_TEXTS - 1).map(make) if known is None else known()
    return texts.filter(is_text_of(form))


def readable_texts(form: Text) -> Texts:
    """Return the strategy of strings of a pattern and no more, of plain letters if it can be."""
    try:
        texts = _matching(form, READABLE, is_whole=True)
        texts.validate()
    except InvalidArgument:
        texts = _matching(form, UNICODE, is_whole=True)
    return texts.filter(is_text_of(form))


def _matching(form: Text, alphabet: st.SearchStrategy[str], *, is_whole: bool) -> Texts:
    """Return the strategy of strings of a pattern: of it alone, or with anything around it."""
    texts = st.from_regex(compiled_pattern(form), fullmatch=is_whole, alphabet=alphabet)
    return texts.map(lambda text: _of_length(form, text))


def _of_length(form: Text, text: str) -> str:
    """Return a string made longer or shorter at an end that its pattern leaves free, if one is."""
    is_valid = is_text_of(form)
    least, most = form.least, len(text) if form.most is None else form.most
    others = (text.ljust(least, "x"), text.rjust(least, "x"), text[:most], text[len(text) - most :])
    return next((one for one in (text, *others) if is_valid(one)), text)
