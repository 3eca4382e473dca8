"""What answers that were recorded alone show together: the history of each run among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from zlib import crc32

from run_contracts.checks import CHECKS, outcomes, transitions
from run_contracts.contract.lifecycle import OUTCOME_FIELDS, lifecycle
from run_contracts.contract.loading import Contract
from run_contracts.contract.object_names import named_kind
from run_contracts.contract.requirements import EDITIONS
from run_contracts.recordings.judging.findings import AnswerFinding
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

OF_HISTORIES = frozenset(
    id_ for id_, check in CHECKS.items() if check.__module__ == transitions.__name__
)
"""The requirements that snapshots of a run can show in the order they were kept in."""


NATURE = (*transitions.CONSTANT, "created_at")
ENDING = (*transitions.END_TIMES, *OUTCOME_FIELDS)


def run_id_of(value: object) -> str | None:
    """Return the id of a run that is an answer as a whole; None of all else."""
    if not isinstance(value, dict) or named_kind(value) != "run":
        return None
    id_ = value.get("id")
    return id_ if isinstance(id_, str) else None


class SnapshotKey(NamedTuple):
    """What of a snapshot decides whether another may follow it: its status, and digests.

    Of what never changes (`nature`), and of what an ended run keeps (`ending`).
    """

    status: Any
    nature: int
    ending: int


def key_of(run: Mapping[str, Any]) -> SnapshotKey:
    """Return the key of a snapshot; the same in every process."""
    return SnapshotKey(run.get("status"), _digest(run, NATURE), _digest(run, ENDING))


def _digest(run: Mapping[str, Any], names: tuple[str, ...]) -> int:
    return crc32(repr([run.get(name) for name in names]).encode("utf-8", "surrogatepass"))


def plainly_follows(earlier: SnapshotKey, later: SnapshotKey) -> bool:
    """Say whether a snapshot surely may follow another; quick. False may mean that it is unclear.

    >>> run = {"status": "queued"}
    >>> plainly_follows(key_of(run), key_of(run)), plainly_follows(key_of(run), key_of({}))
    (True, False)
    """
    before, after = earlier.status, later.status
    known = lifecycle(EDITIONS[-1])
    if not (isinstance(before, str) and isinstance(after, str)) or earlier.nature != later.nature:
        return False
    if not {before, after} <= known.statuses or not known.may_follow(before, after):
        return False
    return not known.is_terminal(before) or earlier.ending == later.ending


def history_findings(
    snapshots: Iterable[Sequence[Exchange]], contract: Contract
) -> list[AnswerFinding]:
    """Return what the snapshots of runs break together, each at the answer that shows it."""
    findings: list[AnswerFinding] = []
    for of_run in snapshots:
        numbered = [replace(one, number=number) for number, one in enumerate(of_run, start=1)]
        evidence = Evidence(contract=contract, exchanges=tuple(numbered))
        for outcome in outcomes(evidence, only=OF_HISTORIES):
            if outcome.violation is not None:
                shown = of_run[outcome.exchange.number - 1]
                finding = AnswerFinding(outcome.requirement, shown.source, outcome.violation)
                findings.append(finding)
    return findings
