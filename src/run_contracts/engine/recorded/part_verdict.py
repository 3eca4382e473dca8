"""The verdict on a part of a recording: how many answers hold, and what to say of the rest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from run_contracts.contract.loading import Contract, Reading, load
from run_contracts.engine.recorded.one_answer import (
    AnswerFinding,
    is_plainly_right,
    not_judged,
    verdict,
)
from run_contracts.events import ExitCode
from run_contracts.traffic.recordings import RecordedPart
from run_contracts.types import DialectName, Edition


class ContractName(NamedTuple):
    """What a process needs to load a contract, which does not travel itself."""

    edition: Edition
    reading: Reading
    dialect: DialectName | None

    def load(self) -> Contract:
        """Return the contract; the same object each time."""
        return load(self.edition, reading=self.reading, dialect=self.dialect)


class Said(NamedTuple):
    """A finding as it is printed; where `requirement` is empty, why something is not judged."""

    text: str
    requirement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartVerdict:
    """How many answers of a part amount to what, and what is to be said.

    `unsaid` counts by requirement what there was no room for; what is not judged has the name "".
    """

    size: int
    answers: Counter[ExitCode]
    said: tuple[Said, ...]
    unsaid: Counter[str]


def judged(part: RecordedPart, name: ContractName, room: int) -> PartVerdict:
    """Judge a part, in order, and say so many findings at most."""
    contract = name.load()
    answers: Counter[ExitCode] = Counter()
    said: list[Said] = []
    unsaid: Counter[str] = Counter()

    def say(findings: list[AnswerFinding]) -> None:
        kept = max(0, room - len(said))
        said.extend(Said(str(one), one.requirement) for one in findings[:kept])
        unsaid.update(one.requirement for one in findings[kept:])

    if part.reason:
        answers[ExitCode.NOTHING_VERIFIED] += 1
        say([not_judged(part.source(part.first), part.reason)])
    for number, body in part.answers():
        if is_plainly_right(body, contract):
            answers[ExitCode.HOLDS] += 1
            continue
        code, findings = verdict(part.exchange(number, body, name.edition), contract)
        answers[code] += 1
        say(findings)
    return PartVerdict(size=part.size, answers=answers, said=tuple(said), unsaid=unsaid)


def lost(part: RecordedPart) -> PartVerdict:
    """Return the verdict on a part whose judging ended the process that did it."""
    numbers = [number for number, _ in part.answers()]
    source = part.name if not part.first else f"{part.name}, lines {numbers[0]} to {numbers[-1]}"
    reason = "the process that judged this was ended, perhaps for want of memory"
    return PartVerdict(
        size=part.size,
        answers=Counter({ExitCode.OUR_ERROR: len(numbers)}),
        said=(Said(str(not_judged(source, reason)), ""),),
        unsaid=Counter(),
    )
