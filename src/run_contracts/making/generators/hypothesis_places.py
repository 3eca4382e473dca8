"""Small choices that are made by few draws: each has its place in the bytes of them.

A draw costs more than what is done with it. Hypothesis draws each byte evenly and makes each
smaller by itself, so many choices of one draw are as free of one another as many draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from run_contracts.making.forms import Form

Draws = Callable[[st.DrawFn, bytes], Any]
"""What draws a part: by the bytes that were drawn for all small choices, and what else it needs."""
Index = Callable[[bytes], int]
BYTE = 256
PIECE = 16
"""Bytes of one draw. Hypothesis makes most examples of the one before, by copying one draw to the
place of another: of one draw alone there would be few kinds of examples, of many each costs more.
"""
BY_ONE_BYTE = 128
"""So many ways one byte decides evenly enough."""
BY_BYTES = 2**20
"""So many numbers are read of the bytes at most; of more, hypothesis knows the remarkable ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a part of a value lies, and the bytes that its choices take among those of the whole.

    Parts at one path of different values, e.g. a field of runs in each status, share their bytes:
    what was drawn for it stays if the status becomes a simpler one.
    """

    path: tuple[str, ...] = ()
    taken: dict[tuple[str, ...], int] = field(default_factory=dict)
    known: dict[tuple[Form, tuple[str, ...]], Draws] = field(default_factory=dict)

    def inner(self, name: str) -> Place:
        """Return the place of a part of what is here."""
        return replace(self, path=(*self.path, name))

    def index(self, word: str, many: int) -> Index:
        """Return what reads one of so many ways, the first if the bytes are zero.

        `word` says what is decided, for more than one thing may be at a place.

        >>> read = Place().index("kind", 4)
        >>> [read(bytes([one])) for one in (0, 63, 64, 255)]
        [0, 0, 1, 3]
        """
        if many <= 1:
            return lambda _: 0
        path = (*self.path, word)
        at = self.taken.setdefault(path, len(self.taken))
        if many <= BY_ONE_BYTE or many == BYTE:
            return lambda drawn: drawn[at] * many // BYTE
        low = self.taken.setdefault((*path, word), len(self.taken))
        return lambda drawn: (drawn[at] * BYTE + drawn[low]) * many // BYTE**2

    def number(self, word: str, most: int) -> Index:
        """Return what reads a number up to `most`, each of its lengths in bits as often.

        >>> read = Place().number("span", 100)
        >>> [read(bytes(drawn)) for drawn in ([0, 0], [128, 0], [128, 3], [255, 255])]
        [0, 8, 11, 100]
        """
        length = self.index(word, most.bit_length() + 1)
        places = [self.index(f"{word} {at}", BYTE) for at in range((most.bit_length() + 6) // 8)]

        def read(drawn: bytes) -> int:
            bits, number = length(drawn), 0
            if not bits:
                return 0
            for place in places:
                number = number * BYTE + place(drawn)
            first = 1 << (bits - 1)
            return min(most, first + number % first)

        return read

    def pieces(self) -> list[st.SearchStrategy[bytes]]:
        """Return the strategies of the bytes for all choices that have a place, in pieces."""
        starts = range(0, len(self.taken), PIECE)
        sizes = [min(PIECE, len(self.taken) - start) for start in starts]
        return [st.binary(min_size=size, max_size=size) for size in sizes]
