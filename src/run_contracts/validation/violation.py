"""A violation: one broken rule, where, what was found and what was expected. A value."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from run_contracts.contract.requirements import Level

SHOWN_CHARACTERS = 120
"""How much of a found value a sentence shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule.

    `pointer` is a JSON pointer (RFC 6901) into the judged value; `found` is the offending part
    of it as it was, or a word for what is missing; `expected` says in words what would be right.
    """

    requirement: str
    level: Level
    pointer: str
    found: Any
    expected: str

    def below(self, prefix: str) -> Violation:
        """Return the same violation seen from a value that holds the judged one at `prefix`."""
        return replace(self, pointer=prefix + self.pointer)

    def __str__(self) -> str:
        where = self.pointer or "the value"
        return (
            f"{self.requirement} ({self.level}) at {where}: expected {self.expected}, "
            f"found {shown(self.found)}"
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """Stands for a field that is not there."""

    def __str__(self) -> str:
        return "nothing (the field is missing)"


MISSING = Missing()


def shown(value: Any) -> str:
    """Return a value as short text a person can read, JSON where it is JSON.

    >>> shown({"a": None})
    '{"a": null}'
    """
    if isinstance(value, Missing):
        return str(value)
    try:
        text = json.dumps(value, ensure_ascii=True)
    except (TypeError, ValueError, RecursionError):
        text = f"a Python {type(value).__name__}"
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 4]} ..."


def token(name: str | int) -> str:
    """Return one step of a JSON pointer.

    >>> token("a/b")
    '/a~1b'
    """
    return "/" + str(name).replace("~", "~0").replace("/", "~1")
