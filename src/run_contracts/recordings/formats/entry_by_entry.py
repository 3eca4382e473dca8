"""Entries of a document read one by one: what is wrong with one costs no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from run_contracts.recordings.formats.entry_parts import Misshapen
from run_contracts.recordings.recorded import Entry, Recorded, Unread

UNLIKE_ITSELF = (
    LookupError,
    TypeError,
    AttributeError,
    ValueError,
    ArithmeticError,
    RecursionError,
)
"""What reading an entry raises that has not the form of its recorder."""


def each_read(
    entries: Iterable[Any], read: Callable[[Any], Recorded | None], noun: str
) -> Iterator[Entry]:
    """Yield what is read of each entry, with its place: the noun and its number, from 1.

    None is passed over: an entry without an answer. One that `read` cannot read is an `Unread`.
    """
    for number, entry in enumerate(entries, start=1):
        place = f"{noun} {number}"
        try:
            recorded = read(entry)
        except Misshapen as wrong:
            yield Unread(place, str(wrong))
        except UNLIKE_ITSELF:
            yield Unread(place, "it has not the form that its recorder writes")
        else:
            if recorded is not None:
                yield replace(recorded, place=recorded.place or place)
