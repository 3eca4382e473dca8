"""Histories: how a run changes from one observation to the next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from run_contracts.checks._registry import Outcome, decided, decides
from run_contracts.evidence import Evidence, History, Observation
from run_contracts.lifecycle import CANCELLING, COMPLETED
from run_contracts.violation import shown

CONSTANT = ("thread_id", "assistant_id", "created_at", "model", "instructions", "tools")


@decides("RUN-LIFE-001", "RUN-LIFE-002")
def follows_the_life_cycle(evidence: Evidence) -> Iterator[Outcome]:
    """Judge every change of status by reachability, for pollers miss statuses.

    A change out of a terminal status is RUN-LIFE-002, any other impossible one RUN-LIFE-001.
    """
    life = evidence.contract.lifecycle
    for _, earlier, later in _pairs(evidence):
        before, after = earlier.status, later.status
        if before not in life.statuses or after not in life.statuses:
            continue
        requirement = "RUN-LIFE-002" if life.is_terminal(before) else "RUN-LIFE-001"
        yield decided(
            evidence,
            requirement,
            later.exchange,
            holds=life.may_follow(before, after),
            found=f"{after} after {before}",
            expected=_successors(evidence, before),
            pointer=f"{later.place}/status",
        )


def _successors(evidence: Evidence, status: str) -> str:
    """Return in words what a status may be followed by."""
    reachable = sorted(evidence.contract.lifecycle.reachable.get(status, ()))
    return f"{status} still" + (f", or {', '.join(reachable)}" if reachable else ", it has ended")


@decides("RUN-LIFE-003")
def keeps_its_nature(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that what a run is made of stays the same from one observation to the next."""
    for _, earlier, later in _pairs(evidence):
        for name in CONSTANT:
            if name in earlier.run and name in later.run:
                yield decided(
                    evidence,
                    "RUN-LIFE-003",
                    later.exchange,
                    holds=earlier.run[name] == later.run[name],
                    found=later.run[name],
                    expected=f"{shown(earlier.run[name])}, as before",
                    pointer=f"{later.place}/{name}",
                )


@decides("RUN-LIFE-004", "RUN-LIFE-005")
def comes_to_rest(evidence: Evidence) -> Iterator[Outcome]:
    """Judge whether runs that a probe waited for came to an end, or asked for action.

    Only histories read several times count: one glance says nothing about waiting. A run last
    seen cancelling is RUN-LIFE-004, any other that still works is RUN-LIFE-005.
    """
    life = evidence.contract.lifecycle
    for history in evidence.histories.values():
        statuses = [one.status for one in history.observations if one.status in life.statuses]
        last = history.observations[-1]
        if not statuses or not _was_waited_for(evidence, history):
            continue
        was_cancelling = CANCELLING in statuses
        requirement = "RUN-LIFE-004" if was_cancelling else "RUN-LIFE-005"
        ended = life.is_terminal(statuses[-1]) if was_cancelling else life.rests(statuses[-1])
        yield decided(
            evidence,
            requirement,
            last.exchange,
            holds=ended,
            found=f"{statuses[-1]}, after {len(statuses)} looks",
            expected="an end" if was_cancelling else "an end, or required action",
            pointer="/status",
        )


def _was_waited_for(evidence: Evidence, history: History) -> bool:
    """Say whether somebody polled the run to its rest, or as long as they had patience."""
    polls = [
        one
        for one in history.observations
        if one.exchange.operation is not None and one.exchange.operation.id == "getRun"
    ]
    return bool(polls) and (
        any(evidence.contract.lifecycle.rests(one.status) for one in polls)
        or len(polls) >= MANY_LOOKS
    )


MANY_LOOKS = 5
"""Reads of one run that count as having waited for it."""


@decides("RUN-STEP-025")
def steps_add_up(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that the usage of a completed run's steps, listed whole, adds up to the run's."""
    for exchange in evidence.of("listRunSteps"):
        history = evidence.history(exchange)
        page = exchange.answered
        if history is None or not exchange.is_success or not isinstance(page, dict):
            continue
        run = history.observations[-1].run
        steps = [step for step in page.get("data") or [] if isinstance(step, dict)]
        usages = [step["usage"] for step in steps if isinstance(step.get("usage"), dict)]
        is_whole = page.get("has_more") is False and "?" not in exchange.request.url
        if run.get("status") != COMPLETED or not is_whole or not usages:
            continue
        if len(usages) < len(steps) or not isinstance(run.get("usage"), dict):
            continue
        total = sum(one.get("total_tokens", 0) for one in usages)
        yield decided(
            evidence,
            "RUN-STEP-025",
            exchange,
            holds=total == run["usage"].get("total_tokens"),
            found=total,
            expected=f"{run['usage'].get('total_tokens')}, the run's total_tokens",
        )


def _pairs(evidence: Evidence) -> Iterator[tuple[History, Observation, Observation]]:
    """Yield each two observations of a run that follow one another."""
    for history in evidence.histories.values():
        for earlier, later in pairwise(history.observations):
            yield history, earlier, later
