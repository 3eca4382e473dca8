"""Submitting tool outputs: all of them, only them, once, and only where they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.command_evidence import (
    asked_calls,
    commands,
    given_calls,
    has_functions,
    left_as_it_was,
    refused_with_400,
)
from run_contracts.checks.locking import raced_for
from run_contracts.checks.registry import Outcome, decided, decides, refused
from run_contracts.contract.lifecycle import (
    COMPLETED,
    IN_PROGRESS,
    QUEUED,
    REQUIRES_ACTION,
)
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import OK
from run_contracts.traffic.history import Observation

SUBMIT = "submitToolOutputs"


@decides("RUN-SUBMIT-001")
def submit_answers(evidence: Evidence) -> Iterator[Outcome]:
    """Judge submits of every output that was asked for, and only those.

    The run may expire or fail between the observation and the submit: a refusal counts as wrong
    only if the run still requires action afterwards.
    """
    for exchange, before, after in commands(evidence, SUBMIT):
        asked = asked_calls(before)
        if before.status != REQUIRES_ACTION or not asked or sorted(asked) != given_calls(exchange):
            continue
        if exchange.response.is_lost:
            continue
        if exchange.is_refusal and (after is None or asked_calls(after) != asked):
            continue
        first = next(iter(evidence.observations(exchange)), None)
        status = first.status if first is not None else None
        is_right = exchange.response.status == OK and first is not None
        yield decided(
            evidence,
            "RUN-SUBMIT-001",
            exchange,
            holds=is_right and status != REQUIRES_ACTION,
            actual=f"{exchange.response.status} with status {status}",
            code="not-accepted",
            still=f", no longer {REQUIRES_ACTION}",
        )


@decides("RUN-SUBMIT-002", "RUN-SUBMIT-006")
def submit_unasked(evidence: Evidence) -> Iterator[Outcome]:
    """Judge submits to runs that surely ask for nothing: ended, or at work without functions.

    Refusals of completed runs and of runs at work are recorded (002), of other ends not (006).
    """
    lifecycle = evidence.contract.lifecycle
    for exchange, before, _ in commands(evidence, SUBMIT):
        at_work = before.status in (QUEUED, IN_PROGRESS) and not has_functions(before)
        if not given_calls(exchange) or not (at_work or before.status in lifecycle.terminal):
            continue
        is_recorded = at_work or before.status == COMPLETED
        requirement = "RUN-SUBMIT-002" if is_recorded else "RUN-SUBMIT-006"
        yield from refused_with_400(evidence, requirement, exchange, before)


@decides("RUN-SUBMIT-003", "RUN-SUBMIT-004")
def submit_wrong(evidence: Evidence) -> Iterator[Outcome]:
    """Judge submits with outputs missing (003), or for calls never made (004).

    Those that name none of the calls may answer others, which the run made since, after a submit
    that is not seen.
    """
    for exchange, before, _ in commands(evidence, SUBMIT):
        asked, given = set(asked_calls(before)), set(given_calls(exchange))
        if before.status != REQUIRES_ACTION or not asked or not isinstance(exchange.asked, dict):
            continue
        if given and not (asked & given or evidence.is_alone):
            continue
        if asked != given:
            requirement = "RUN-SUBMIT-004" if given - asked else "RUN-SUBMIT-003"
            why = f"for the run asked for {', '.join(sorted(asked))}"
            yield from refused(evidence, requirement, exchange, why)


@decides("RUN-SUBMIT-005")
def refused_submit_changes_nothing(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the run after a submit that was refused, if nothing else was done to it.

    A run that waits may still fail, expire or be cancelled; one that ended stays as it was.
    """
    lifecycle = evidence.contract.lifecycle
    others = lifecycle.unanswered(REQUIRES_ACTION) - {REQUIRES_ACTION}
    for exchange, before, after in commands(evidence, SUBMIT):
        if not exchange.is_refusal or after is None or evidence.is_commanded_between(before, after):
            continue
        if before.status in lifecycle.terminal:
            yield from left_as_it_was(evidence, "RUN-SUBMIT-005", before, after)
        elif before.status == REQUIRES_ACTION and after.status not in others:
            yield from _still_waits(evidence, before, after)


def _still_waits(evidence: Evidence, before: Observation, after: Observation) -> Iterator[Outcome]:
    """Yield whether a run waits as it did; that it does not may be an unseen submit's doing."""
    waits = after.status == REQUIRES_ACTION and sorted(asked_calls(before)) == sorted(
        asked_calls(after)
    )
    if not (waits or evidence.is_alone):
        return
    yield decided(
        evidence,
        "RUN-SUBMIT-005",
        after.exchange,
        holds=waits,
        actual=f"{after.status}, asking for {', '.join(asked_calls(after)) or 'nothing'}",
        code="waits-otherwise",
        status=REQUIRES_ACTION,
        calls=asked_calls(before),
    )


@decides("RUN-SUBMIT-007")
def submitted_once(evidence: Evidence) -> Iterator[Outcome]:
    """Judge submits of the same outputs to one run that were under way at the same time."""
    for group in raced_for(evidence, SUBMIT, "run_id"):
        rivals = [one for one in group if one.is_success or one.is_refusal]
        accepted = [one for one in rivals if one.is_success]
        same = {tuple(given_calls(one)) for one in rivals}
        if len(rivals) > 1 and len(same) == 1 and same != {()} and accepted:
            yield decided(
                evidence,
                "RUN-SUBMIT-007",
                accepted[-1],
                holds=len(accepted) == 1,
                actual=f"{len(accepted)} of {len(rivals)} accepted",
                code="raced",
                kept="accepted",
            )
