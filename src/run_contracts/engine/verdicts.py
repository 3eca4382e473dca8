"""Verdicts: what all the evidence together says of one requirement."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from run_contracts.checks import Outcome
from run_contracts.contract.requirements import EVERY_OTHER, Level, Requirement


class Result(StrEnum):
    """The possible verdicts."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    SKIP = "skip"
    BLOCKED = "blocked"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


class Ending(StrEnum):
    """How a probe ended."""

    DONE = "done"
    SKIP = "skip"
    BLOCKED = "blocked"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingEvidence:
    """Why evidence that a probe was meant to give is missing; no probe if none was run."""

    probe: str
    ending: Ending
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict on one requirement: how often it held, and every time it did not."""

    requirement: Requirement
    result: Result
    held: int
    broken: tuple[Outcome, ...]
    reason: str

    @property
    def is_red(self) -> bool:
        """Whether it makes a check fail: a broken MUST, or what could not be exercised."""
        if self.result is Result.FAIL:
            return self.requirement.level is Level.MUST
        return self.result in (Result.BLOCKED, Result.ERROR)


def verdicts(
    requirements: Iterable[Requirement],
    outcomes: Iterable[Outcome],
    missing_evidence: Callable[[str], Iterable[MissingEvidence]],
) -> tuple[Verdict, ...]:
    """Return the verdict on each requirement, in their order.

    Any violation is a fail; else anything that held is a pass; else the reason is looked for in
    the probes that should have given evidence: `missing_evidence` returns, for a requirement id,
    why what they give is missing.
    """
    by_id: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_id.setdefault(outcome.requirement, []).append(outcome)
    return tuple(_verdict(one, by_id.get(one.id, []), missing_evidence) for one in requirements)


def _verdict(
    requirement: Requirement,
    outcomes: list[Outcome],
    missing_evidence: Callable[[str], Iterable[MissingEvidence]],
) -> Verdict:
    broken = tuple(one for one in outcomes if one.violation is not None)
    held = sum(one.violation is None and one.not_offered is None for one in outcomes)
    if broken or held:
        result, reason = (Result.FAIL, "") if broken else (Result.PASS, "")
    elif outcomes:
        result, reason = Result.SKIP, outcomes[0].not_offered or ""
    elif EVERY_OTHER in requirement.fields:
        result, reason = Result.SKIP, "no answer had a field without a rule of its own"
    else:
        result, reason = _absent(list(missing_evidence(requirement.id)))
    return Verdict(requirement=requirement, result=result, held=held, broken=broken, reason=reason)


def _absent(missing_evidence: list[MissingEvidence]) -> tuple[Result, str]:
    """Return why nothing is known: the gravest of what kept the evidence away."""
    for ending in (Ending.ERROR, Ending.BLOCKED, Ending.SKIP, Ending.INCONCLUSIVE):
        for missing in missing_evidence:
            if missing.ending is ending:
                return Result(ending.value), ": ".join(
                    filter(None, (missing.probe, missing.reason))
                )
    return Result.INCONCLUSIVE, "nothing was seen that shows it"
