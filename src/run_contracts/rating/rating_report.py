"""A rating as JSON, for programs. Its form is published in ``schemas/report/rating.json``."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from run_contracts.rating.checker_runs import CheckerRun
from run_contracts.rating.fault_kinds import FaultKind
from run_contracts.rating.rated_checker import Catch, RatedFault, Rating

RATING_FORMAT = 1
"""The version of the form; it grows when a reader must know the difference."""
MOST_FAILURES_NAMED = 100
"""Names of failures that the report holds of one run; it says how many there are."""


def as_json(rating: Rating) -> dict[str, Any]:
    """Return a rating as the values of JSON."""
    checker, conditions = rating.checker, rating.conditions
    return {
        "format": RATING_FORMAT,
        "version": version("run-contracts"),
        "command": list(checker.arguments),
        "verdict_from": checker.source.value,
        "file": checker.file,
        "by_message": checker.by_message,
        "red_exits": list(checker.red_exits),
        "edition": conditions.edition,
        "seed": rating.seed,
        "speed": conditions.speed,
        "time_limit": conditions.time_limit,
        "right": [_run(run) | _named("failures", sorted(run.failures)) for run in rating.right],
        "faults": [_fault(one) for one in rating.tried],
        "counts": _counts(rating, None),
        "kinds": {kind.value: _counts(rating, kind) for kind in FaultKind},
        "wanted": rating.wanted,
        "known": rating.of,
        "at_least": rating.at_least,
        "false_alarms": rating.false_alarms,
        "lucky": rating.lucky,
        "crashes": rating.crashes,
        "cannot_tell": rating.cannot_tell,
        "exit_code": int(rating.exit_code),
    }


def _counts(rating: Rating, kind: FaultKind | None) -> dict[str, int]:
    return {_key(catch): rating.counted(catch, kind) for catch in Catch}


def _fault(rated: RatedFault) -> dict[str, Any]:
    return {
        "fault": rated.fault.id,
        "requirement": rated.fault.requirement,
        "sentence": rated.fault.sentence,
        "kind": rated.kind.value,
        "result": _key(rated.catch),
        **_run(rated.run),
        **_named("new_failures", rated.new_failures),
    }


def _run(run: CheckerRun) -> dict[str, Any]:
    return {
        "verdict": run.verdict.value.replace(" ", "_"),
        "reason": run.reason,
        "has_traceback": run.has_traceback,
        "requests": run.requests,
        "seconds": round(run.seconds, 3),
    }


def _named(key: str, names: list[str] | tuple[str, ...]) -> dict[str, Any]:
    return {key: list(names[:MOST_FAILURES_NAMED]), f"{key}_in_all": len(names)}


def _key(catch: Catch) -> str:
    return catch.value.replace(" ", "_")
