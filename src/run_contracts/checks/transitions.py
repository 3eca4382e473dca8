"""Histories: how a run changes from one observation to the next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from run_contracts.checks.command_evidence import has_functions
from run_contracts.checks.registry import Outcome, decided, decides, held
from run_contracts.contract.lifecycle import (
    CANCELLED,
    CANCELLING,
    EXPIRED,
    IN_PROGRESS,
    OUTCOME_FIELDS,
    OUTCOME_KEY,
)
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.history import History, Observation

CONSTANT = ("thread_id", "assistant_id", "model", "instructions", "tools")
END_TIMES = ("completed_at", "failed_at", "cancelled_at")


@decides("RUN-LIFE-001", "RUN-LIFE-002")
def follows_the_life_cycle(evidence: Evidence) -> Iterator[Outcome]:
    """Judge every change of status by reachability, for pollers miss statuses.

    A change out of a terminal status is RUN-LIFE-002, any other impossible one RUN-LIFE-001.
    """
    lifecycle = evidence.contract.lifecycle
    for _, earlier, later in _pairs(evidence):
        before, after = earlier.status, later.status
        if before not in lifecycle.statuses or after not in lifecycle.statuses:
            continue
        requirement = "RUN-LIFE-002" if lifecycle.is_terminal(before) else "RUN-LIFE-001"
        if lifecycle.may_follow(before, after):
            yield held(requirement, later.exchange)
            continue
        yield decided(
            evidence,
            requirement,
            later.exchange,
            holds=False,
            actual=f"{after} after {before}",
            code="impossible-status",
            still=_successors(evidence, before),
            pointer=later.at("status"),
        )


def _successors(evidence: Evidence, status: str) -> str:
    """Return in words what a status may be followed by."""
    reachable = sorted(evidence.contract.lifecycle.reachable.get(status, ()))
    return f"{status} still" + (f", or {', '.join(reachable)}" if reachable else ", it has ended")


@decides("RUN-LIFE-003")
def keeps_its_nature(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that what a run is made of stays the same from one observation to the next."""
    for _, earlier, later in _pairs(evidence):
        before, after = earlier.run, later.run
        for name in CONSTANT:
            if name in before and name in after:
                if before[name] == after[name]:
                    yield held("RUN-LIFE-003", later.exchange)
                else:
                    yield _changed(evidence, "RUN-LIFE-003", earlier, later, name)


@decides("RUN-TIME-005", "RUN-TIME-006", "RUN-LIFE-006")
def keeps_its_past(evidence: Evidence) -> Iterator[Outcome]:
    """Judge what is written once: the birth (005), the moment and the outcome of the end (006).

    An end that changes together with the status is RUN-LIFE-002. Left out are `started_at`,
    which a run that goes on after a submit sets anew, and `expires_at`, which some servers move.
    What a stream showed is compared with what is read afterwards by RUN-STREAM-013.
    """
    lifecycle = evidence.contract.lifecycle
    for _, earlier, later in _pairs(evidence):
        names = [("RUN-TIME-005", "created_at")]
        if earlier.status in lifecycle.terminal and earlier.status == later.status:
            times = [name for name in END_TIMES if earlier.run.get(name) is not None]
            names += [("RUN-TIME-006", name) for name in times]
            if earlier.exchange.is_stream == later.exchange.is_stream:
                names += [("RUN-LIFE-006", name) for name in OUTCOME_FIELDS]
        for requirement, name in names:
            if name in earlier.run and name in later.run:
                if earlier.run[name] == later.run[name]:
                    yield held(requirement, later.exchange)
                else:
                    yield _changed(evidence, requirement, earlier, later, name)


def _changed(
    evidence: Evidence, requirement: str, earlier: Observation, later: Observation, name: str
) -> Outcome:
    """Return that a field is no more what it was."""
    return decided(
        evidence,
        requirement,
        later.exchange,
        holds=False,
        actual=later.run[name],
        code="changed",
        before=earlier.run[name],
        pointer=later.at(name),
    )


@decides("RUN-LIFE-004", "RUN-LIFE-005", revocable=True)
def comes_to_rest(evidence: Evidence) -> Iterator[Outcome]:
    """Judge whether runs that somebody waited for came to an end, or asked for action.

    Only histories read several times over a while count: one read says nothing about waiting,
    and five within a second neither. A run last seen cancelling is RUN-LIFE-004, any other that
    still works is RUN-LIFE-005; one that may call functions somebody unseen may have set to work
    again each time it rested. A list that lags does not undo an end that was seen: of its items
    only those count that show one.
    """
    lifecycle = evidence.contract.lifecycle
    for history in evidence.histories.values():
        seen = [
            observation
            for observation in history.observations
            if not observation.is_listed or lifecycle.rests(str(observation.status))
        ]
        if not seen or seen[-1].status not in lifecycle.statuses or _is_to_expire(seen[-1]):
            continue
        last, was_cancelling = seen[-1], any(one.status == CANCELLING for one in seen)
        is_at_rest = lifecycle.is_terminal if was_cancelling else lifecycle.rests
        polls = _unmoved(seen)
        if is_at_rest(last.status) and any(one.exchange.operation is not None for one in seen):
            holds = True
        elif _is_stuck(evidence, history) and _moved(evidence) is None:
            continue  # RUN-LIFE-009 says it
        elif not (was_cancelling or evidence.is_alone) and has_functions(last):
            continue
        elif was_cancelling == (last.status == CANCELLING) and _is_long(evidence, polls):
            holds = False
        else:
            continue
        yield decided(
            evidence,
            "RUN-LIFE-004" if was_cancelling else "RUN-LIFE-005",
            last.exchange,
            holds=holds,
            actual=f"{last.status}, after {len(polls)} looks",
            code="no-end",
            end="an end" if was_cancelling else "an end, or required action",
            pointer=last.at("status"),
        )


@decides("RUN-LIFE-009")
def leaves_queued(evidence: Evidence) -> Iterator[Outcome]:
    """Judge all runs together: one at least was seen at work, or at an end that work leads to.

    Nothing is said before somebody waited. One slow run among others is RUN-LIFE-005.
    """
    moved = _moved(evidence)
    stuck = (one for one in evidence.histories.values() if _is_stuck(evidence, one))
    shown = moved or next((one.observations[-1] for one in stuck), None)
    if shown is None:
        return
    yield decided(
        evidence,
        "RUN-LIFE-009",
        shown.exchange,
        holds=moved is not None,
        actual=f"{shown.status}, as is every other run",
        code="no-end",
        end=f"to be {IN_PROGRESS}, in time",
        pointer=shown.at("status"),
    )


def _moved(evidence: Evidence) -> Observation | None:
    """Return what shows that a run was worked on; what a cancel or the clock ended was not."""
    lifecycle = evidence.contract.lifecycle
    worked_on = lifecycle.statuses - {lifecycle.initial, CANCELLING, CANCELLED, EXPIRED}
    seen = (one for history in evidence.histories.values() for one in history.observations)
    return next((one for one in seen if one.status in worked_on), None)


def _is_stuck(evidence: Evidence, history: History) -> bool:
    """Say whether a run was waited for, longer than any queue takes, and stayed as it was made.

    In a part of somebody's traffic it need not have.
    """
    polls = _unmoved(list(history.observations))
    is_initial = history.observations[-1].status == evidence.contract.lifecycle.initial
    return evidence.is_whole and is_initial and _is_long(evidence, polls, least=LONGEST_QUEUE)


def _is_to_expire(observation: Observation) -> bool:
    """Say whether a run does as it was asked: it works until its time is over."""
    metadata = observation.run.get("metadata")
    return isinstance(metadata, dict) and metadata.get(OUTCOME_KEY) == EXPIRED


def _unmoved(seen: list[Observation]) -> list[Observation]:
    """Return the reads at the end of what was seen of a run that show its last status."""
    reads = [
        one
        for one in seen
        if one.exchange.operation is not None and one.exchange.operation.id == "getRun"
    ]
    return list(takewhile(lambda read: read.status == seen[-1].status, reversed(reads)))


def _is_long(evidence: Evidence, polls: list[Observation], *, least: float = 0.0) -> bool:
    """Say whether reads are many and far enough apart to have waited; unknown times are not."""
    if len(polls) < MANY_POLLS:
        return False
    waited = polls[0].exchange.seen_at - polls[-1].exchange.seen_at
    return waited >= MOST_OF_IT * max(evidence.patience, least)


MANY_POLLS = 5
"""Reads of one run that count as having waited for it."""
LONGEST_QUEUE = 10.0
"""Seconds after which a run that is still queued was not just made."""
MOST_OF_IT = 0.8
"""The part of the patience that lies between the first and the last of them."""


def _pairs(evidence: Evidence) -> Iterator[tuple[History, Observation, Observation]]:
    """Yield each two observations of a run that followed one another."""
    for history in evidence.histories.values():
        for earlier, later in history.pairs():
            yield history, earlier, later
