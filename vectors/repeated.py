"""Texts of hundreds of thousands of characters, kept as what is repeated in them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.validation.violation import token
from vectors.vector_files import Vector

LONG = 10_000
"""Characters from which on a text is kept so."""
WHERE = ("value", "body")
"""The members of a vector in which such texts are."""
MOST_REPEATED, MOST_AROUND, SAME = 200, 100, 1_000
"""Characters of what is repeated, of what stands before and after it, and by which it is found."""


def shortened(vector: Vector) -> Vector:
    """Return a vector without its long texts, and how they are made again.

    An empty text stands where one was.

    >>> made = shortened({"id": "a", "value": {"b": "xy" * 10_000}})
    >>> made["repeated"][0]["unit"], made["repeated"][0]["length"], made["value"]["b"]
    ('xy', 20000, '')
    """
    short = copy.deepcopy(dict(vector))
    repeated = []
    for path, text in list(_long(vector)):
        found = repetition(text)
        if found is None:
            raise ValueError(f"{vector['id']} has a long text in which nothing is repeated")
        holder: Any = short
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = ""
        repeated.append({"pointer": "".join(map(token, path)), **found})
    return {**short, "repeated": repeated} if repeated else vector


def repetition(text: str) -> Mapping[str, Any] | None:
    """Return a text as what stands before, what is repeated to which length, and what follows."""
    for size in range(1, MOST_REPEATED + 1):
        for start in range(MOST_AROUND):
            if text[start : start + SAME] == text[start + size : start + size + SAME]:
                end = start + size
                while end < len(text) and text[end] == text[end - size]:
                    end += 1
                if len(text) - end <= MOST_AROUND:
                    return {
                        "before": text[:start],
                        "unit": text[start : start + size],
                        "length": end - start,
                        "after": text[end:],
                    }
    return None


def _long(vector: Vector) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name in WHERE:
        yield from _long_in(vector.get(name), (name,))


def _long_in(
    value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str) and len(value) >= LONG:
        yield path, value
    for name, item in value.items() if isinstance(value, dict) else ():
        yield from _long_in(item, (*path, name))
    for at, item in enumerate(value if isinstance(value, list) else ()):
        yield from _long_in(item, (*path, at))
