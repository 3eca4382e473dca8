"""Many ids in few words: a dozen by name, more of them counted by area."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence

from run_contracts.contract.requirements import client_register, register
from run_contracts.events import Decided

MOST_IDS = 12
"""Ids that are named in a row."""


def ids(verdicts: Sequence[Decided]) -> list[str]:
    """Return the ids of verdicts, or where they are too many, how many are of each area.

    The areas come with the most first.
    """
    if len(verdicts) <= MOST_IDS:
        return [one.requirement for one in verdicts]
    by_area = Counter(title(one.area) for one in verdicts)
    return [f"{number} of {name}" for name, number in by_area.most_common()]


def wrapped(words: Iterable[str], first: str = "  ") -> list[str]:
    """Return words as lines that are indented like the first; none is broken at its hyphens."""
    return textwrap.wrap(
        ", ".join(words),
        initial_indent=first,
        subsequent_indent=" " * min(len(first), 13),
        width=100,
        break_on_hyphens=False,
    )


def title(area: str) -> str:
    """Return the title of an area; one that is not in the register is its own title.

    >>> title("list"), title("tea")
    ('Lists', 'tea')
    """
    known = {**client_register("v2").titles, **register("v2").titles}
    return known.get(area, area)


def counted(number: int, thing: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "request"), counted(2, "request")
    ('1 request', '2 requests')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
