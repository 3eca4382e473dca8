"""Verdicts: from everything that was exchanged to what it says of each requirement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from run_contracts.checks import Outcome, outcomes
from run_contracts.client.target import Target
from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import EVERY_OTHER, Level, Requirement
from run_contracts.engine import recording
from run_contracts.events import Decided, Result
from run_contracts.probes import planned
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange


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


Decision = tuple[Decided, tuple[Outcome, ...]]
"""A verdict, and beside it the outcomes that break the requirement, with their exchanges."""


def evidence_of(target: Target, contract: Contract, exchanges: Collection[Exchange]) -> Evidence:
    """Return exchanges as evidence; in a thread that somebody gave us, others may be at work."""
    return Evidence(
        contract=contract,
        exchanges=tuple(exchanges),
        is_whole=target.thread_id is None,
        patience=target.patience,
    )


def broken_by(target: Target, contract: Contract) -> Callable[[Sequence[Exchange]], set[str]]:
    """Return a function that says which MUST requirements exchanges break."""

    def broken(exchanges: Sequence[Exchange]) -> set[str]:
        shown = (one.violation for one in outcomes(evidence_of(target, contract, exchanges)))
        return {one.requirement for one in shown if one is not None and one.level is Level.MUST}

    return broken


def judged(
    evidence: Evidence, wanted: Collection[str], missing_evidence: Mapping[str, MissingEvidence]
) -> tuple[Decision, ...]:
    """Return the verdicts on the wanted requirements, in their order; none of them is red yet.

    Any violation is a fail; else anything that held is a pass; else the reason is looked for in
    the probes that should have given evidence: `missing_evidence` says by the name of a probe why
    what it gives is missing.
    """
    contract = evidence.contract
    by_probe = {probe.name: probe for probe in planned("full")}

    def missing_for(requirement: str) -> Iterator[MissingEvidence]:
        for name, missing in missing_evidence.items():
            if name in by_probe and by_probe[name].gives_evidence_for(requirement):
                yield missing

    requirements = [contract.register[one] for one in wanted if one not in contract.skips]
    by_id: dict[str, list[Outcome]] = {}
    for outcome in outcomes(evidence, wanted):
        by_id.setdefault(outcome.requirement, []).append(outcome)
    return tuple(_judgement(one, by_id.get(one.id, []), missing_for) for one in requirements)


def _judgement(
    requirement: Requirement,
    decided: list[Outcome],
    missing_for: Callable[[str], Iterable[MissingEvidence]],
) -> Decision:
    broken = tuple(one for one in decided if one.violation is not None)
    held = sum(one.violation is None and one.not_offered is None for one in decided)
    if broken or held:
        result, reason = (Result.FAIL, "") if broken else (Result.PASS, "")
    elif decided:
        result, reason = Result.SKIP, decided[0].not_offered or ""
    elif EVERY_OTHER in requirement.fields:
        result, reason = Result.SKIP, "no answer had a field without a rule of its own"
    else:
        result, reason = _undecided(list(missing_for(requirement.id)))
    return recording.decided(requirement, result, reason, held=held, broken=broken), broken


def _undecided(missing_evidence: list[MissingEvidence]) -> tuple[Result, str]:
    """Return why nothing is known: the gravest of what kept the evidence away."""
    for ending in (Ending.ERROR, Ending.BLOCKED, Ending.SKIP, Ending.INCONCLUSIVE):
        for missing in missing_evidence:
            if missing.ending is ending:
                return Result(ending.value), ": ".join(
                    filter(None, (missing.probe, missing.reason))
                )
    return Result.INCONCLUSIVE, "nothing was seen that shows it"
