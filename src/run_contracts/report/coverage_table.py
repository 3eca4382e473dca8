"""How much of the contract a check saw, in a few lines: each part, and some of what is missing."""

from __future__ import annotations

from collections.abc import Iterator

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
    names = part.unseen[:MOST_NAMES]
    more = len(part.unseen) - len(names)
    if not names:
        return ""
    return f"; not {', '.join(names)}" + (f" and {more} more" if more else "")
