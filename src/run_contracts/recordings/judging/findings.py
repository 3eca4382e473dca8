"""What is to be said of recorded answers: broken requirements, and why some are not judged."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from run_contracts.contract.loading import Contract
from run_contracts.filesystem.single_line import line, shortened
from run_contracts.validation.other_dialects import OtherDialects
from run_contracts.validation.violation import Violation

LONGEST_FINDING = 1000
"""Characters of a finding that are printed."""
_NUMBER = re.compile(r"\d+")


class Said(NamedTuple):
    """A finding as it is printed; where `requirement` is empty, why something is not judged.

    `alike` is the same of all findings that say the same of other answers.
    """

    text: str
    requirement: str
    alike: str


class ShownBy(NamedTuple):
    """A contract, and a value that breaks it, of a kind; without a kind the value is not known."""

    contract: Contract
    value: Any = None
    kind: str | None = None


class AnswerFinding(NamedTuple):
    """What is to be said of an answer: a broken requirement, or none and why it is not judged.

    `shown_by` is the answer that shows it, as far as that is known; `allowed_by` are the names of
    other dialects, in which the same is right.
    """

    requirement: str
    source: str
    what: Violation | str
    shown_by: ShownBy | None = None
    allowed_by: tuple[str, ...] = ()

    def __str__(self) -> str:
        return shortened(line(f"{self.source}: {self.what}{self._allowed}"), LONGEST_FINDING)

    @property
    def _allowed(self) -> str:
        return f"; right in dialect {' or '.join(self.allowed_by)}" if self.allowed_by else ""

    def with_dialects(self, others: dict[Contract, OtherDialects]) -> AnswerFinding:
        """Return it with the dialects that allow what was found.

        `others` keeps what was found out of each contract: an answer may break many requirements.
        """
        if self.shown_by is None or not self.requirement:
            return self
        contract, value, kind = self.shown_by
        known = others.setdefault(contract, OtherDialects(contract))
        names = known.allowing(self.requirement, value=value, kind=kind)
        return self._replace(allowed_by=names)

    @property
    def said(self) -> Said:
        """How it is printed."""
        if isinstance(self.what, str):
            return Said(str(self), "", shortened(self.what, LONGEST_FINDING))
        place = _NUMBER.sub("#", self.what.pointer)
        alike = shortened(f"{self.requirement} {self.what.code} {place}", LONGEST_FINDING)
        return Said(str(self), self.requirement, alike)


def remarked(source: str, remark: str) -> AnswerFinding:
    """Return what is to be said of a file, whatever its answers amount to."""
    return AnswerFinding("", source, remark)


def not_judged(source: str, reason: str) -> AnswerFinding:
    """Return what is to be said of an answer that is not judged."""
    return AnswerFinding("", source, f"not judged: {reason}")


def not_read(source: str, reason: str) -> AnswerFinding:
    """Return what is to be said of what is not understood."""
    return AnswerFinding("", source, f"not read: {reason}")


def own_error(error: Exception) -> str:
    """Return what is said of an error of ours."""
    return (
        f"{type(error).__name__}: {error}; this is an error of run-contracts, please report it "
        "(RUN_CONTRACTS_DEBUG=1 shows the traceback)"
    )
