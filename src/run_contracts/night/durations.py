"""Durations as people type them: ``90s``, ``30m``, ``8h``."""

from __future__ import annotations

import re

from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import word

SECONDS_BY_UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST_DURATION = 30 * 86400
"""Seconds of the longest night."""
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([smhd])", re.ASCII)


def seconds_of(text: str) -> float:
    """Return the seconds of a duration; raise `UsageError` for what is none.

    >>> seconds_of("90s"), seconds_of("1.5h")
    (90.0, 5400.0)
    """
    parts = _DURATION.fullmatch(text)
    seconds = float(parts[1]) * SECONDS_BY_UNIT[parts[2]] if parts else 0.0
    if not 0 < seconds <= LONGEST_DURATION:
        raise UsageError(
            f"--for {word(text)} is no duration; give one like 90s, 30m or 8h, 30d at most"
        )
    return seconds


def in_words(seconds: float) -> str:
    """Return a number of seconds as people say it.

    >>> in_words(42.0), in_words(5400), in_words(28800)
    ('42 s', '90 min', '8.0 h')
    """
    if seconds < 2 * SECONDS_BY_UNIT["m"]:
        return f"{seconds:.0f} s"
    if seconds < 2 * SECONDS_BY_UNIT["h"]:
        return f"{seconds / SECONDS_BY_UNIT['m']:.0f} min"
    return f"{seconds / SECONDS_BY_UNIT['h']:.1f} h"
