"""Numbers as JSON means them: 6.0 is the integer 6, and true is no number."""

from __future__ import annotations

from typing import Any

SHOWN_DIGITS = 300
"""Digits of a number that a sentence shows."""
BITS_PER_DIGIT = 3.3219280948873626


def whole(value: Any) -> int | None:
    """Return a JSON number as the integer it is; None if it is none.

    >>> whole(6.0), whole(6.5), whole(True), whole(float("nan"))
    (6, None, None, None)
    """
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number_text(value: Any) -> str:
    """Return a number as text; of one of very many digits how many there are.

    >>> number_text(12), number_text(-(10**5000))
    ('12', 'a number of about 5001 digits')
    """
    if isinstance(value, int) and value.bit_length() > SHOWN_DIGITS * BITS_PER_DIGIT:
        return f"a number of about {int(value.bit_length() / BITS_PER_DIGIT) + 1} digits"
    return str(value)
