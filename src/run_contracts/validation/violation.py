"""A violation: one broken rule, where, how, what was found and what was expected. A value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from run_contracts.contract.requirements import Level, Requirement
from run_contracts.validation.codes import sentence
from run_contracts.validation.found import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule.

    `pointer` is a JSON pointer (RFC 6901) into the judged value; `code` is the short stable word
    for the way it is broken, whose `parameters` are typed in ``schemas/codes.toml``; `found` is the
    offending part of the value as it was, or stands for what is missing.
    """

    requirement: str
    level: Level
    pointer: str
    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    found: Any

    @property
    def expected(self) -> str:
        """What would be right, in words; rendered from the code, for people alone."""
        return sentence(self.code, self.parameters)

    def below(self, prefix: str) -> Violation:
        """Return the same violation seen from a value that holds the judged one at `prefix`."""
        return replace(self, pointer=prefix + self.pointer)

    def __str__(self) -> str:
        where = self.pointer or "the value"
        return (
            f"{self.requirement} ({self.level}) at {where}: expected {self.expected}, "
            f"found {shown(self.found)}"
        )


def broken(rule: Requirement, pointer: str, actual: Any, code: str, **parameters: Any) -> Violation:
    """Return the violation of a requirement."""
    return Violation(
        requirement=rule.id,
        level=rule.level,
        pointer=pointer,
        code=code,
        parameters=parameters,
        found=actual,
    )


def token(name: str | int) -> str:
    """Return one step of a JSON pointer.

    >>> token("a/b")
    '/a~1b'
    """
    return "/" + str(name).replace("~", "~0").replace("/", "~1")
