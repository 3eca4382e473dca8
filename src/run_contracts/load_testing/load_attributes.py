"""What a user class may say, checked before anything is sent: a wrong value fails each life."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import LONGEST_UNKNOWN, line, shortened

_SENDABLE = re.compile(r"(?:[!-~](?:[ \t!-~]*[!-~])?)?")
"""Values of headers that every client can send."""


class Expected(NamedTuple):
    """What a value has to be, how that is said, and whether it may be shown where it is not."""

    is_right: Callable[[Any], bool]
    words: str
    is_shown: bool = True


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)


def _are_lines(value: Any) -> bool:
    return isinstance(value, tuple | list) and all(isinstance(one, str) for one in value)


def _is_duration(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 < value < math.inf


ONE_TEXT = Expected(_is_text, "a text")
TEXT_OR_NONE = Expected(_is_text_or_none, "a text, or None")
SECRET = TEXT_OR_NONE._replace(is_shown=False)
DURATION = Expected(_is_duration, "a number of seconds above 0, such as 30.0")
HEADERS = Expected(_are_lines, 'a tuple of texts, such as ("Name: value",)', is_shown=False)
SWITCH = Expected(_is_switch, "True or False")
SWITCH_OR_NONE = Expected(lambda value: value is None or _is_switch(value), "True, False or None")
ATTRIBUTES = {
    "host": SECRET,
    "api_key": SECRET,
    "edition": ONE_TEXT,
    "dialect": TEXT_OR_NONE,
    "headers": HEADERS,
    "secret_headers": HEADERS,
    "assistant_id": TEXT_OR_NONE,
    "model": TEXT_OR_NONE,
    "timeout": DURATION,
    "patience": DURATION,
    "write": SWITCH_OR_NONE,
    "insecure": SWITCH,
}
"""The attributes of a user class that say what is driven, and what each has to be."""


def check_attributes(given: Mapping[str, Any]) -> None:
    """Raise `UsageError` for the first attribute that is not what it has to be.

    >>> check_attributes({"timeout": "5"})
    Traceback (most recent call last):
    run_contracts.errors.UsageError: timeout '5' is not a number of seconds above 0, such as 30.0
    """
    for name, value in given.items():
        expected = ATTRIBUTES[name]
        if not expected.is_right(value):
            shown = f" {_shown(value)}" if expected.is_shown else ""
            raise UsageError(f"{name}{shown} is not {expected.words}")


def _shown(value: Any) -> str:
    return line(shortened(repr(value), LONGEST_UNKNOWN))


def check_sendable(what: str, value: str) -> None:
    r"""Raise `UsageError` for the value of a header that no client sends; it may be secret.

    >>> check_sendable("the API key", "sk-1\n")
    Traceback (most recent call last):
    run_contracts.errors.UsageError: the API key has a line break, a space at an end, or another ...
    """
    if _SENDABLE.fullmatch(value) is None:
        raise UsageError(
            f"{what} has a line break, a space at an end, or another character that no header "
            "can hold; it is not repeated, it may be secret"
        )
