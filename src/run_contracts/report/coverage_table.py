"""How much of the contract a check saw, in a few lines: each part, and some of what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from run_contracts.events import CoveragePart, Covered

MOST_NAMES = 3
"""Names of what was not seen that a line repeats; the page has all of them."""


def share(covered: Covered) -> str:
    """Return how much was seen, in all and of each part, as one line."""
    parts = ", ".join(f"{part.name} {part.seen} of {part.size}" for part in covered.parts)
    return f"{covered.percent:.1f} % of what a check can see: {parts}"


def lines(covered: Covered | None) -> Iterator[str]:
    """Yield how much was seen in all, then each part with some of what was not."""
    if covered is None:
        return
    width = max((len(part.name) for part in covered.parts), default=0)
    yield ""
    yield f"coverage: {covered.percent:.1f} % of what a check can see of the contract"
    for part in covered.parts:
        yield f"  {part.name:<{width}} {part.seen} of {part.size}{_missing(part)}"


def _missing(part: CoveragePart) -> str:
    return f"; not {some(part.unseen)}" if part.unseen else ""


def some(names: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are; empty if there are none.

    >>> some(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def lost(before: Covered, after: Covered) -> list[str]:
    """Return the names of what one check saw and a later one did not."""
    left = {(part.name, item.name) for part in after.parts for item in part.items if item.exchange}
    return [
        item.name
        for part in before.parts
        for item in part.items
        if item.exchange and (part.name, item.name) not in left
    ]
