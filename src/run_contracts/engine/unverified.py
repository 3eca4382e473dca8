"""What must be seen before a contract can be said to hold, and was not: no green on nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from run_contracts.contract.requirements import Level, Requirement
from run_contracts.engine.planning import CheckPlan
from run_contracts.engine.unseen import NO_OTHER_FIELD, reached
from run_contracts.events import Decided, Offer, Result, Surveyed
from run_contracts.probes import planned as probes_of
from run_contracts.traffic.evidence import Evidence

LEAST_SEEN = 0.6
"""The share of the binding requirements that the offered operations can show which must be seen."""


def unverified(
    plan: CheckPlan, evidence: Evidence, survey: Surveyed, verdicts: Sequence[Decided]
) -> Iterator[str]:
    """Yield what had to be seen and was not, each in a sentence.

    A whole check has to see the core of the protocol and most of what binds what is offered; one
    about a few requirements has to see each that something kept it from, and one that only reads
    has to see runs.
    """
    if plan.target.is_read_only:
        yield from _read(evidence)
    elif plan.chosen is None and plan.is_whole:
        yield from missing_core(evidence)
        yield from _share(plan, survey, verdicts)
    else:
        for verdict in verdicts:
            if verdict.result in (Result.BLOCKED, Result.ERROR):
                yield f"{verdict.requirement} could not be exercised: {verdict.reason}"


def _read(evidence: Evidence) -> Iterator[str]:
    """Yield that no run was seen, where nothing is done but reading."""
    if not any(evidence.observations(one) for one in evidence.of("getRun")):
        yield "no run was read, and none may be created; give --thread-id, or --write"


def missing_core(evidence: Evidence) -> Iterator[str]:
    """Yield the parts of the core that were not seen."""
    lifecycle = evidence.contract.lifecycle
    statuses = reached(evidence)
    created = evidence.of("createRun", "createThreadAndRun")
    if not any(evidence.observations(one) for one in created):
        yield "no run was created"
        return
    if not any(evidence.observations(one) for one in evidence.of("getRun")):
        yield "no run was read"
    if not any(map(lifecycle.rests, statuses)):
        seen = ", ".join(one for one in lifecycle.fields if one in statuses)
        yield f"no run came to rest; they were seen {seen or 'in no status'}"
    if not any(evidence.observations(one) for one in evidence.of("listRuns")):
        yield "no run was listed"


def _share(plan: CheckPlan, survey: Surveyed, verdicts: Sequence[Decided]) -> Iterator[str]:
    """Yield that too little was seen of what the offered operations can show, if so."""
    register = plan.contract.register
    asked = [one for one in verdicts if _is_due(plan, survey, register[one.requirement], one)]
    seen = [one for one in asked if one.result in (Result.PASS, Result.FAIL)]
    if len(seen) < LEAST_SEEN * len(asked):
        yield (
            f"only {len(seen)} of the {len(asked)} MUSTs that what is offered can show were seen; "
            f"{LEAST_SEEN:.0%} are needed"
        )


def _is_due(plan: CheckPlan, survey: Surveyed, rule: Requirement, verdict: Decided) -> bool:
    """Say whether a check has to see a requirement: it binds, can be shown, and was to be tried."""
    missing = {one.operation for one in survey.operations if one.state == Offer.MISSING}
    is_offered = not rule.shown_by or not missing.issuperset(rule.shown_by)
    if rule.id in plan.contract.skips:
        return False
    is_tried = any(one.gives_evidence_for(rule.id) for one in probes_of(plan.target.profile))
    return rule.level is Level.MUST and is_offered and is_tried and verdict.reason != NO_OTHER_FIELD
