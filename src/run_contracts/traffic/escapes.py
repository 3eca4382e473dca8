"""Escapes: a text as its reader has it once it is decoded, and where each piece of that was.

What is read are percent encoding, escapes of JSON and of Python, character references of HTML, and
the line breaks in long base64. One text may hold all of them, one inside another.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import unescape

from propcache.api import cached_property

MOST_ROUNDS = 4
"""How often a text is decoded: what is escaped more than this is read by nobody by chance."""
LONGEST_ESCAPE = 12
"""Characters of an escape, or more."""
_ESCAPE = re.compile(
    r"%[0-7][0-9a-fA-F]|\\u00[0-7][0-9a-fA-F]|\\x[0-7][0-9a-fA-F]|\\[nrtbf\"'\\/]"
    r"|&#[0-9]{1,7};?|&#[xX][0-9a-fA-F]{1,6};?|&[A-Za-z][A-Za-z0-9]{1,31};"
    r"|\n(?<=[A-Za-z0-9+/]{64}\n)(?=[A-Za-z0-9+/=])|\r\n(?<=[A-Za-z0-9+/]{64}\r\n)(?=[A-Za-z0-9+/=])"
)
"""Escapes of characters of ASCII, of which most secrets are."""
_WIDE = re.compile(
    r"%[c-fC-F][0-9a-fA-F](?:%[89abAB][0-9a-fA-F]){1,3}"
    rf"|\\u[0-9a-fA-F]{{4}}|\\x[0-9a-fA-F]{{2}}|{_ESCAPE.pattern}"
)
"""All of them: decoding a text in another script takes its time."""
_BROKEN_OFF = re.compile(r"(?:%[0-9a-fA-F]?|\\(?:[ux][0-9a-fA-F]{0,3})?|&#?\w{0,8}|\ufffd)\Z")
"""The beginning of an escape, or of a character, at the end of a text that was cut."""
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


class Reading:
    """A text that was decoded some times: what it says, and what it was decoded from, if it was."""

    def __init__(self, text: str, escape: re.Pattern[str], before: Reading | None = None) -> None:
        """Keep all of it; where each character was is not asked for in most texts."""
        self.text, self._escape, self._before = text, escape, before

    @cached_property
    def _starts(self) -> Sequence[int]:
        """For each character where it begins in the original, and at last where that ends."""
        if self._before is None:
            return range(len(self.text) + 1)
        starts, at = array("q"), 0
        origin = self._before._starts  # noqa: SLF001 - of the same class
        for written in self._escape.finditer(self._before.text):
            starts.extend(origin[at : written.start()])
            starts.extend([origin[written.start()]] * len(_character(written)))
            at = written.end()
        starts.extend(origin[at:])
        return starts

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the original that stands which stands between two places here."""
        return self._starts[start], self._starts[end]

    def decoded(self) -> Reading:
        """Return it decoded once more."""
        return Reading(self._escape.sub(_character, self.text), self._escape, self)


def readings(text: str, *, is_ascii: bool = True) -> Iterator[Reading]:
    r"""Yield a text as it is, and decoded once, twice, ... until nothing more can be.

    If `is_ascii`, only what stands for characters of ASCII is decoded.

    >>> [reading.text for reading in readings("a%2525b")]
    ['a%2525b', 'a%25b', 'a%b']
    """
    reading = Reading(text, _ESCAPE if is_ascii else _WIDE)
    yield reading
    for _ in range(MOST_ROUNDS):
        decoded = reading.decoded()
        if decoded.text == reading.text:
            return
        reading = decoded
        yield reading


def whole_end(text: str) -> int:
    r"""Return where a text ends without the beginning of an escape at its end.

    >>> whole_end("abc%2"), whole_end("abc")
    (3, 3)
    """
    cut = _BROKEN_OFF.search(text, max(0, len(text) - LONGEST_ESCAPE))
    return cut.start() if cut else len(text)


def _character(escape: re.Match[str]) -> str:
    return _meaning(escape[0])


@lru_cache(maxsize=2048)
def _meaning(written: str) -> str:
    """Return what an escape stands for."""
    match written[0]:
        case "%":
            return bytes.fromhex(written.replace("%", "")).decode("utf-8", errors="replace")
        case "&":
            return unescape(written)
        case "\\" if written[1] in "ux":
            return chr(int(written.lstrip("\\ux"), 16))
        case "\\":
            return _PLAIN.get(written[1], written[1])
    return ""
