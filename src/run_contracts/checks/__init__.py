"""Checks: pure functions from evidence to outcomes, registered under requirement ids."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from run_contracts.checks import (  # noqa: F401 - importing a module registers its checks
    answering,
    cancelling,
    creating,
    echo,
    given_messages,
    identity,
    isolation,
    listed,
    lists,
    locking,
    messages,
    modifying,
    paging,
    refusals,
    step_outputs,
    steps,
    stream_ends,
    stream_order,
    streamed,
    streams,
    submitting,
    transitions,
    values,
    waiting,
)
from run_contracts.checks.registry import CHECKS, Check, OnError, Outcome, raised
from run_contracts.traffic.evidence import Evidence

__all__ = [
    "CHECKS",
    "Check",
    "Outcome",
    "is_explained",
    "outcomes",
    "passed_over",
    "requirements_of",
]


def passed_over(_check: Check, _error: Exception) -> None:
    """Go on with the other checks; for those who judge again later, and tell it then."""


def outcomes(
    evidence: Evidence, only: Collection[str] | None = None, *, on_error: OnError = raised
) -> Iterator[Outcome]:
    """Return what the evidence says of each requirement of its edition, or of those named.

    A check that raises yields no more; unless `on_error` raises, the others go on.
    """
    wanted = set(evidence.contract.register) - evidence.contract.skips
    if only is not None:
        wanted &= set(only)
    return CHECKS.outcomes(evidence, wanted, on_error, but=is_explained)


requirements_of = CHECKS.requirements_of


def is_explained(evidence: Evidence, outcome: Outcome) -> bool:
    """Say whether a violation is what a wrong request put there, which RUN-ERR-011 speaks of."""
    violation = outcome.violation
    return violation is not None and evidence.wrong_requests.explain(
        outcome.exchange, violation.pointer
    )
