"""Python values that no JSON text can say, which people hand over as if it could."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from run_contracts.errors import UnreadableBody
from run_contracts.validation.json_text import (
    DEEPEST,
    NOT_JSON,
    body_violation,
    lone_surrogates,
)
from run_contracts.validation.violation import Violation, token

LARGEST = 10**400
"""Stands for integers whose digits Python declines to write."""


class NoJSON:
    """Stands for a value that JSON has no form for; of no type, equal to nothing."""

    def __repr__(self) -> str:
        return "a value that JSON does not have"


@dataclass(slots=True)
class PlainCopy:
    """A value as JSON would have it, and what in it JSON cannot say.

    >>> copy = PlainCopy.of({"a": (1, float("inf")), 2: "b"})
    >>> copy.value["a"][0], [one.pointer for one in copy.violations]
    (1, ['/a/1', '/int'])
    """

    value: Any = None
    violations: list[Violation] = field(default_factory=list)

    @classmethod
    def of(cls, value: Any) -> PlainCopy:
        """Return the copy of a value; raise `UnreadableBody` if it is too deep, or holds itself."""
        copy = cls()
        copy.value = copy._copied(value, "", 0)
        return copy

    def _copied(self, value: Any, pointer: str, depth: int) -> Any:
        if depth > DEEPEST:
            raise UnreadableBody(f"nested deeper than the {DEEPEST} levels that are judged")
        if isinstance(value, dict):
            return dict(self._members(value, pointer, depth))
        if isinstance(value, list | tuple):
            items = enumerate(value)
            return [self._copied(one, pointer + token(at), depth + 1) for at, one in items]
        if isinstance(value, str):
            self.violations += lone_surrogates(value, pointer)
        return self._scalar(value.value if isinstance(value, Enum) else value, pointer)

    def _scalar(self, value: Any, pointer: str) -> Any:
        """Return what stands for a value that holds no others."""
        match value:
            case None | bool() | str():
                return value
            case int():
                return max(-LARGEST, min(LARGEST, value))
            case float() | Decimal():
                if not math.isfinite(value):
                    self._keep(pointer, str(value), "not-a-number")
                return float(value)
        self._keep(pointer, value, "no-json")
        return NoJSON()

    def _members(self, value: Any, pointer: str, depth: int) -> Iterator[tuple[str, Any]]:
        for name, item in value.items():
            if isinstance(name, str):
                yield name, self._copied(item, pointer + token(name), depth + 1)
            else:
                self._keep(pointer + token(str(type(name).__name__)), name, "no-name")

    def _keep(self, pointer: str, actual: Any, code: str) -> None:
        self.violations.append(body_violation(NOT_JSON, pointer, actual, code))
