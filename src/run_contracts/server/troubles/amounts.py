"""How often and how long: numbers that people write down, checked at once."""

from __future__ import annotations

import math
from typing import Any

from run_contracts.errors import UsageError


def count(name: str, given: Any, *, least: int = 0) -> int:
    """Return a whole number; raise `UsageError` for what is none.

    >>> count("times", 0, least=1)
    Traceback (most recent call last):
    run_contracts.errors.UsageError: times 0 is not a whole number of 1 or more
    """
    if isinstance(given, bool) or not isinstance(given, int) or given < least:
        raise UsageError(f"{name} {given!r} is not a whole number of {least} or more")
    return given


def duration(name: str, given: Any) -> float:
    """Return real seconds; raise `UsageError` for what are none."""
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if not (is_number and math.isfinite(given) and given >= 0):
        raise UsageError(f"{name} {given!r} is not a number of seconds, 0 or more")
    return float(given)
