"""What answers that were recorded alone show together: the history of each run among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from run_contracts.checks import CHECKS, outcomes, transitions
from run_contracts.contract.loading import Contract
from run_contracts.contract.object_names import named_kind
from run_contracts.recordings.judging.findings import AnswerFinding
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

OF_HISTORIES = frozenset(
    id_ for id_, check in CHECKS.items() if check.__module__ == transitions.__name__
)
"""The requirements that snapshots of a run can show in the order they were kept in."""


def run_id_of(value: object) -> str | None:
    """Return the id of a run that is an answer as a whole; None of all else."""
    if not isinstance(value, dict) or named_kind(value) != "run":
        return None
    id_ = value.get("id")
    return id_ if isinstance(id_, str) else None


def history_findings(
    snapshots: Iterable[Sequence[Exchange]], contract: Contract
) -> list[tuple[Exchange, AnswerFinding]]:
    """Return what the snapshots of runs break together, each with the answer that shows it."""
    findings: list[tuple[Exchange, AnswerFinding]] = []
    for of_run in snapshots:
        numbered = [replace(one, number=number) for number, one in enumerate(of_run, start=1)]
        evidence = Evidence(contract=contract, exchanges=tuple(numbered))
        for outcome in outcomes(evidence, only=OF_HISTORIES):
            if outcome.violation is not None:
                shown = of_run[outcome.exchange.number - 1]
                finding = AnswerFinding(outcome.requirement, shown.source, outcome.violation)
                findings.append((shown, finding))
    return findings
