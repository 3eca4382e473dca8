"""Verdicts: from everything that was exchanged to what it says of each requirement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from run_contracts.checks import Check, Outcome, outcomes, passed_over, requirements_of
from run_contracts.checks.values import kind_by_itself
from run_contracts.client.checked_target import Target
from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import Level, Requirement
from run_contracts.engine import recording
from run_contracts.engine.own_errors import OwnErrors
from run_contracts.engine.unseen import Unseen
from run_contracts.events import Decided, Result
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.validation.other_dialects import OtherDialects

Decision = tuple[Decided, tuple[Outcome, ...]]
"""A verdict, and beside it the outcomes that break the requirement, with their exchanges."""


def evidence_of(target: Target, contract: Contract, exchanges: Collection[Exchange]) -> Evidence:
    """Return exchanges as evidence; in a thread that somebody gave us, others may be at work."""
    return Evidence(
        contract=contract,
        exchanges=tuple(exchanges),
        is_whole=target.thread_id is None and not target.is_read_only,
        patience=target.patience,
    )


def broken_by(target: Target, contract: Contract) -> Callable[[Sequence[Exchange]], set[str]]:
    """Return a function that says which MUST requirements exchanges break."""

    def broken(exchanges: Sequence[Exchange]) -> set[str]:
        evidence = evidence_of(target, contract, exchanges)
        shown = (one.violation for one in outcomes(evidence, on_error=passed_over))
        return {one.requirement for one in shown if one is not None and one.level is Level.MUST}

    return broken


def judged(
    evidence: Evidence, wanted: Collection[str], unseen: Unseen, ours: OwnErrors
) -> tuple[Decision, ...]:
    """Return the verdicts on the wanted requirements, in their order; none of them is red yet.

    Any violation is a fail; else an error of the check that decides it is one; else anything that
    held is a pass; else `unseen` says why not. The errors are kept in `ours`.
    """
    failed: dict[str, str] = {}

    def keep(check: Check, error: Exception) -> None:
        ids = requirements_of(check)
        failed.update(dict.fromkeys(ids, ours.keep(f"the check of {', '.join(ids)}", error)))

    contract = evidence.contract
    requirements = [contract.register[one] for one in wanted]
    by_id: dict[str, list[Outcome]] = {}
    for outcome in outcomes(evidence, wanted, on_error=keep):
        by_id.setdefault(outcome.requirement, []).append(outcome)
    decisions = []
    others = OtherDialects(contract, (contract.edition,))
    for requirement in requirements:
        decided = by_id.get(requirement.id, [])
        try:
            decision = _judgement(requirement, decided, failed.get(requirement.id), unseen)
        except Exception as error:
            reason = ours.keep(f"the verdict on {requirement.id}", error)
            decision = _judgement(requirement, [], reason, unseen)
        with ours.costing(f"the dialects that allow what breaks {requirement.id}"):
            decision = _with_dialects(decision, others)
        decisions.append(decision)
    return tuple(decisions)


def _with_dialects(decision: Decision, others: OtherDialects) -> Decision:
    """Return a verdict with the dialects of its edition that allow what is first broken."""
    verdict, broken = decision
    if not broken:
        return decision
    shown_in = broken[0].exchange
    value = None if shown_in.is_stream else shown_in.answered
    names = others.allowing(verdict.requirement, value=value, kind=kind_by_itself(value))
    return replace(verdict, allowed_by=names), broken


def _judgement(
    requirement: Requirement, decided: list[Outcome], failed: str | None, unseen: Unseen
) -> Decision:
    """Return the verdict by what was decided, unless the check of it `failed` for this reason."""
    broken = tuple(one for one in decided if one.violation is not None)
    held = sum(one.violation is None and one.not_offered is None for one in decided)
    if broken:
        result, reason = Result.FAIL, ""
    elif failed is not None:
        result, reason = Result.ERROR, failed
    elif held:
        result, reason = Result.PASS, ""
    elif decided:
        result, reason = Result.SKIP, decided[0].not_offered or ""
    else:
        result, reason = unseen.reason(requirement)
    shown = map(recording.as_broken, broken)
    return recording.decided(requirement, result, reason, held=held, broken=shown), broken
