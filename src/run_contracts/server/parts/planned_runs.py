"""Runs with a planned life: they are sent from one rest to the next."""

from __future__ import annotations

from collections import deque

from run_contracts.contract.lifecycle import (
    COMPLETED,
    EXPIRED,
    FAILED,
    IN_PROGRESS,
    QUEUED,
    REQUIRES_ACTION,
)
from run_contracts.server.lives.life import Life
from run_contracts.server.options import ServerOptions
from run_contracts.server.parts.citations import with_citations
from run_contracts.server.parts.fitting_lives import fit
from run_contracts.server.parts.records import RunRecord
from run_contracts.server.parts.tool_calls import planned_calls

SPARE_SECONDS = 1.0
"""Seconds more than it needs that a run has if it is to expire: the least that the wire shows."""
PLANNED_OUTCOMES = {FAILED: FAILED, EXPIRED: EXPIRED, IN_PROGRESS: EXPIRED}
"""The outcome of a run by where it is to rest; what works for good would expire one day."""


def start_life(run: RunRecord, life: Life, options: ServerOptions) -> None:
    """Let a new run go the way of a life."""
    run.life, run.later_rests, run.built_in = life, deque(life.rests), list(life.built_in)
    run.reply = with_citations(run, life)
    if life.fits_request:
        fit(run, life)
    run.turn_at = run.created_at + queue_seconds(run, options)
    if EXPIRED in life.rests:
        a_rest = queue_seconds(run, options) + work_seconds(run, options)
        run.expires_at = run.created_at + SPARE_SECONDS + len(life.rests) * a_rest
    go_on(run)


def go_on(run: RunRecord) -> None:
    """Send a run on to where it rests next, if its life is planned."""
    if run.life is None:
        return
    run.next_rest = run.later_rests.popleft() if run.later_rests else COMPLETED
    run.outcome = PLANNED_OUTCOMES.get(run.next_rest)
    is_calling = run.next_rest == REQUIRES_ACTION
    run.calls = planned_calls(run.life, run.rounds, run.settings, run.ids) if is_calling else []
    run.rounds += is_calling


def queue_seconds(run: RunRecord, options: ServerOptions) -> float:
    """Return how long a run is in the queue."""
    planned = run.life.queue_seconds if run.life is not None else None
    return options.queue_seconds if planned is None else planned


def work_seconds(run: RunRecord, options: ServerOptions) -> float:
    """Return how long a run is at work before it rests."""
    planned = run.life.work_seconds if run.life is not None else None
    return options.work_seconds if planned is None else planned


def only_expires(run: RunRecord) -> bool:
    """Tell whether a run stays as it is until it expires."""
    is_working = run.status == IN_PROGRESS and run.outcome == EXPIRED
    return is_working or (run.status == QUEUED and run.next_rest == QUEUED)
