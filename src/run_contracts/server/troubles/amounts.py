"""How often and how long: numbers that people write down, checked at once."""

from __future__ import annotations

from typing import Any

from run_contracts.errors import UsageError
from run_contracts.server.given_values import as_given, is_number

LONGEST_SECONDS = 10 * 365 * 24 * 3600
"""Ten years: no wait and no life is longer, and dates stay such as JSON and people can read."""


def count(name: str, given: Any, *, least: int = 0) -> int:
    """Return a whole number; raise `UsageError` for what is none.

    >>> count("times", 0, least=1)
    Traceback (most recent call last):
    run_contracts.errors.UsageError: times 0 is not a whole number of 1 or more
    """
    if isinstance(given, bool) or not isinstance(given, int) or given < least:
        raise UsageError(f"{name} {as_given(given)} is not a whole number of {least} or more")
    return given


def duration(name: str, given: Any) -> float:
    """Return a number of seconds; raise `UsageError` for what is none.

    >>> duration("seconds", 10**400)
    Traceback (most recent call last):
    run_contracts.errors.UsageError: seconds a number of about 401 digits is more than ten years
    """
    if isinstance(given, int | float) and given > LONGEST_SECONDS:
        raise UsageError(f"{name} {as_given(given)} is more than ten years")
    if not (is_number(given) and given >= 0):
        raise UsageError(f"{name} {as_given(given)} is not a number of seconds, 0 or more")
    return float(given)
