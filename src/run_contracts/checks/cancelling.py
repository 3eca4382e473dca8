"""Cancelling: who can be cancelled, what is answered, and what a refusal leaves alone."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.command_evidence import (
    commands,
    left_as_it_was,
    refused_with_400,
    sole_refusal,
)
from run_contracts.checks.registry import Outcome, decided, decides, held
from run_contracts.contract.lifecycle import CANCELLED, CANCELLING, COMPLETED, REQUIRES_ACTION
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.history import Observation


@decides("RUN-CANCEL-001", "RUN-CANCEL-003", "RUN-CANCEL-005", "RUN-CANCEL-006")
def cancel_alive(evidence: Evidence) -> Iterator[Outcome]:
    """Judge cancels of a run last seen alive.

    The run may end between the observation and the cancel: a refusal counts as wrong only if the
    run is seen alive again afterwards. A cancel without a body that says it sends JSON, as SDKs do,
    is RUN-CANCEL-003; one of a run that requires action is RUN-CANCEL-006.
    """
    lifecycle = evidence.contract.lifecycle
    for exchange, before, after in commands(evidence, "cancelRun"):
        if before.status not in lifecycle.live or before.status == CANCELLING:
            continue
        requirement = _requirement(exchange, before)
        if exchange.is_success:
            yield held(requirement, exchange)
            yield from _cancelled(evidence, exchange)
        elif exchange.is_refusal and after is not None and after.status in lifecycle.live:
            yield decided(
                evidence,
                requirement,
                exchange,
                holds=after.status == CANCELLING,
                actual=f"{exchange.response.status} while the run was {before.status}",
                code="not-accepted",
                still="",
            )


def _requirement(exchange: Exchange, before: Observation) -> str:
    """Return which requirement a cancel exercises: SDKs name a type for a body they don't send."""
    if before.status == REQUIRES_ACTION:
        return "RUN-CANCEL-006"
    headers = {name.lower(): value for name, value in exchange.request.headers}
    says_json = "json" in headers.get("content-type", "")
    return "RUN-CANCEL-003" if says_json and not exchange.request.body else "RUN-CANCEL-001"


def _cancelled(evidence: Evidence, exchange: Exchange) -> Iterator[Outcome]:
    """Judge the run that an accepted cancel answers (RUN-CANCEL-005)."""
    run = exchange.answered_as("run")
    if run is None:
        return
    status = run.get("status")
    wanted = {CANCELLING, CANCELLED} | evidence.contract.lifecycle.terminal
    yield decided(
        evidence,
        "RUN-CANCEL-005",
        exchange,
        holds=str(status) in wanted,
        actual=status,
        code="status",
        statuses=[f"{CANCELLING}, {CANCELLED}", "another end"],
        pointer="/status",
    )


@decides("RUN-CANCEL-002", "RUN-CANCEL-007")
def cancel_ended(evidence: Evidence) -> Iterator[Outcome]:
    """Judge cancels of a run that was seen to have ended: as recorded (002), or else (007)."""
    for exchange, before, _ in commands(evidence, "cancelRun"):
        if before.status in evidence.contract.lifecycle.terminal:
            is_recorded = before.status in (COMPLETED, CANCELLED)
            requirement = "RUN-CANCEL-002" if is_recorded else "RUN-CANCEL-007"
            yield from refused_with_400(evidence, requirement, exchange, before)


@decides("RUN-CANCEL-008", of_all=True, revocable=True)
def cancels_take_effect(evidence: Evidence) -> Iterator[Outcome]:
    """Judge together the runs whose cancel was accepted and whose end was seen.

    Any of them may complete before it is cancelled; if several do and no other end is seen,
    cancels do nothing.
    """
    ends = {run_id: (exchange, end.status) for run_id, exchange, end in cancelled_runs(evidence)}
    cancelled = [exchange for exchange, end in ends.values() if end == CANCELLED]
    completed = [exchange for exchange, end in ends.values() if end == COMPLETED]
    if cancelled or len(completed) == len(ends) >= SEVERAL:
        yield decided(
            evidence,
            "RUN-CANCEL-008",
            [*cancelled, *completed][0],
            holds=bool(cancelled),
            actual=f"{len(completed)} runs that {COMPLETED} all the same",
            code="never-cancelled",
            status=CANCELLED,
        )


def cancelled_runs(evidence: Evidence) -> Iterator[tuple[str, Exchange, Observation]]:
    """Yield each run whose cancel was accepted, with the cancel, and what first shows its end."""
    lifecycle = evidence.contract.lifecycle
    for exchange in evidence.of("cancelRun"):
        history, run = evidence.history(exchange), exchange.answered_as("run") or {}
        if history is not None and run.get("status") == CANCELLING:
            ends = (one for one in history.observations if lifecycle.is_terminal(one.status))
            end = next(ends, None)
            if end is not None:
                yield history.run_id, exchange, end


SEVERAL = 3
"""Runs that complete although their cancel was accepted, while none is cancelled."""


@decides("RUN-CANCEL-004")
def refused_cancel_changes_nothing(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the run after a cancel that was refused because it had ended."""
    lifecycle = evidence.contract.lifecycle
    for exchange, before, after in commands(evidence, "cancelRun"):
        if before.status not in lifecycle.terminal or not exchange.is_refusal or after is None:
            continue
        is_sole = sole_refusal(evidence, exchange, before)
        if is_sole and not evidence.is_commanded_between(before, after):
            yield from left_as_it_was(evidence, "RUN-CANCEL-004", before, after)
