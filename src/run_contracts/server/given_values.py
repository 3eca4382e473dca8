"""Values that people give a server, whatever they are: shown in a line, and told apart."""

from __future__ import annotations

import math
from typing import Any, TypeGuard

from run_contracts.contract.numbers import number_text
from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import line, shortened

LONGEST_GIVEN = 200
"""Characters of a value that a refusal shows."""


def as_given(value: object) -> str:
    """Return a value as somebody wrote it, on one line of a length that can be read.

    >>> as_given("a"), as_given(None), as_given(10**5000)
    ("'a'", 'None', 'a number of about 5001 digits')
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return number_text(value)
    try:
        return shortened(line(repr(value)), LONGEST_GIVEN)
    except Exception:  # What a value's own methods raise must not hide that it is wrong.
        return f"a {type(value).__name__}"


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether a value is a number that ends somewhere, and that a computer can count with.

    >>> is_number(2.5), is_number(True), is_number(10**400)
    (True, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def whole_text(name: str, given: Any, *, may_be_empty: bool = False) -> str:
    r"""Return a text; raise `UsageError` for what is none, or for half of a letter in it.

    >>> whole_text("reply", "\ud83d")
    Traceback (most recent call last):
    run_contracts.errors.UsageError: reply is '\ud83d', which has half of a letter; give it whole
    """
    if not (isinstance(given, str) and (given or may_be_empty)):
        wanted = "a text" if may_be_empty else "a text that is not empty"
        raise UsageError(f"{name} is {as_given(given)}; give {wanted}")
    try:
        given.encode()
    except UnicodeEncodeError:
        shown = as_given(given)
        raise UsageError(f"{name} is {shown}, which has half of a letter; give it whole") from None
    return given
