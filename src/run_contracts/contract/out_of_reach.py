"""Out of reach: what nobody brings about by requests, and why; from ``schemas/coverage.toml``."""

from __future__ import annotations

from functools import cache, lru_cache

from run_contracts.contract.files import read_toml

Rows = tuple[tuple[tuple[str, ...], str], ...]
"""Names, or patterns of names, with the reason that they have in common."""


@lru_cache(maxsize=4096)
def out_of_reach(edition: str, part: str, name: str) -> str:
    """Return why one thing of a part of the coverage is out of reach; empty if it is not.

    >>> out_of_reach("v2", "edges", "queued > expired")
    'only the server decides how long a run is queued'
    """
    reasons = (
        reason
        for patterns, reason in _rows(edition, part)
        if any(_is_named(name, pattern) for pattern in patterns)
    )
    return next(reasons, "")


@cache
def _rows(edition: str, part: str) -> Rows:
    """Return what is said of a part of the coverage in an edition."""
    return tuple(
        (tuple(row["names"]), row["reason"])
        for row in read_toml("coverage.toml")["out_of_reach"]
        if row["part"] == part and edition in row.get("editions", [edition])
    )


def _is_named(name: str, pattern: str) -> bool:
    """Say whether a pattern names something: a star at one of its ends stands for any text."""
    if pattern.startswith("*"):
        return name.endswith(pattern[1:])
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
