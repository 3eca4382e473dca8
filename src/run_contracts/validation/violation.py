"""A violation: one broken rule, where, how, what was found and what was expected. A value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from run_contracts.contract.requirements import Level, Requirement
from run_contracts.validation.codes import sentence
from run_contracts.validation.found import shown

LONGEST_STEP = 1_000
"""Characters of a name that a pointer repeats."""
MOST_ALIKE = 100
"""How many violations of one value are kept that break one requirement by one code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule.

    `pointer` is a JSON pointer (RFC 6901) into the judged value; `code` is the short stable word
    for the way it is broken, whose `parameters` are typed in ``schemas/codes.toml``; `found` is the
    offending part of the value as it was, or stands for what is missing. Of very many that break
    one requirement alike the last that is kept says how many `more` were seen.
    """

    requirement: str
    level: Level
    pointer: str
    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    found: Any
    more: int = 0

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
            f"found {shown(self.found)}{f' (and {self.more} more like it)' if self.more else ''}"
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


def bounded(violations: list[Violation]) -> list[Violation]:
    """Return violations without those beyond the first `MOST_ALIKE` of one requirement and code."""
    if len(violations) <= MOST_ALIKE:
        return violations
    kept: dict[tuple[str, str], list[Violation]] = {}
    more: Counter[tuple[str, str]] = Counter()
    for violation in violations:
        alike = (violation.requirement, violation.code)
        if len(kept.setdefault(alike, [])) < MOST_ALIKE:
            kept[alike].append(violation)
        else:
            more[alike] += 1 + violation.more
    ends = {id(kept[alike][-1]): count for alike, count in more.items()}
    stay = {id(one) for alike in kept.values() for one in alike}
    return [
        replace(one, more=one.more + ends[id(one)]) if id(one) in ends else one
        for one in violations
        if id(one) in stay
    ]


def token(name: str | int) -> str:
    """Return one step of a JSON pointer, cut where a server made it very long.

    >>> token("a/b")
    '/a~1b'
    """
    text = str(name)
    if len(text) > LONGEST_STEP:
        text = f"{text[:LONGEST_STEP]}..."
    return "/" + text.replace("~", "~0").replace("/", "~1")
