"""Choices that decide what a whole example is like, drawn so that few examples show all of them.

Hypothesis makes five examples of six from the one before: it takes two parts that are drawn by
the same strategy, and makes one a copy of the other. What is chosen once for an example would
stay the same in all six. So such a choice is the sum of several draws, and each of them lies in
strategies of its own kinds, that it is often the one which is copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

PARTS = 4
"""Draws that a choice is the sum of: of two there would be one copy."""
KINDS = 8
"""Kinds of strategies around each draw; a stream has about as many others."""


def shapes(*tables: Sequence[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return the strategy of one of each table, all chosen at once; the first are the simplest.

    Those of a table come equally often, but for the first, which stands twice in an even one: of
    an odd number twice a draw can be any, too.

    >>> from hypothesis import find
    >>> find(shapes("ab", (1, 2, 3)), lambda found: found != ("a", 1))
    ('a', 2)
    """
    odd = [table if len(table) % 2 else [table[0], *table] for table in tables]
    part: st.SearchStrategy[Any] = st.tuples(*(st.integers(0, len(one) - 1) for one in odd))
    for _ in range(KINDS):
        part = st.tuples(part, st.none())

    @st.composite
    def chosen(draw: st.DrawFn) -> tuple[Any, ...]:
        drawn = [_inner(draw(part)) for _ in range(PARTS)]
        sums = map(sum, zip(*drawn, strict=True))
        return tuple(one[many % len(one)] for one, many in zip(odd, sums, strict=True))

    return chosen()


def _inner(nested: Any) -> tuple[int, ...]:
    for _ in range(KINDS):
        nested, _ = nested
    return tuple(nested)
