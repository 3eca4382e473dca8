"""Lives of runs that go where no life may go, or do not come to an end."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from run_contracts.contract.lifecycle import (
    CANCELLED,
    CANCELLING,
    COMPLETED,
    IN_PROGRESS,
    QUEUED,
    REQUIRES_ACTION,
)
from run_contracts.server.faults.fault import Fault, after, around, instead_of, wrap
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.list_pages import ListPages
from run_contracts.server.parts.records import RunRecord, Wire
from run_contracts.server.parts.renderer import Renderer
from run_contracts.server.parts.run_engine import RunEngine
from run_contracts.server.parts.service import Service

Ending = Callable[[RunRecord, str, float], None]
"""What ends a run in a status at a moment."""
A_MINUTE = 60
"""In virtual seconds."""


@around(RunEngine.end)
def cancel_forgotten(
    server: EditionServer, inner: Ending, run: RunRecord, status: str, moment: float
) -> None:
    """RUN-LIFE-001: a run that is cancelling goes back to what it was doing, and completes."""
    if status != CANCELLED:
        inner(run, status, moment)
        return
    run.status = IN_PROGRESS if run.steps else QUEUED
    run.turn_at = moment + server.options.cancel_seconds
    run.done_at = max(run.done_at, run.turn_at)


@around(RunEngine.end)
def cancel_does_nothing(
    server: EditionServer, inner: Ending, run: RunRecord, status: str, moment: float
) -> None:
    """RUN-CANCEL-008: a run that is cancelling completes its work, and ends completed."""
    while status == CANCELLED and run.unwritten:
        server.engine.write(run, moment)
    if status == CANCELLED and run.message is not None:
        server.engine.finish(run, moment)
    else:
        inner(run, COMPLETED if status == CANCELLED else status, moment)


@instead_of(Service.refuse_cancel)
def completed_becomes_cancelled(server: EditionServer, run: RunRecord) -> None:
    """RUN-LIFE-002: cancelling a run that ended is answered 200 and turns it into cancelled."""
    run.status = CANCELLED


@after(ListPages.runs)
def stale_lists(
    server: EditionServer, page: Wire, thread_id: str, query: Mapping[str, str]
) -> Wire:
    """RUN-LIFE-002-b: lists show the runs as they were when they worked."""
    stale = {"status": IN_PROGRESS, "completed_at": None, "usage": None}
    return {
        **page,
        "data": [
            {**run, **stale, "expires_at": run["created_at"] + 600}
            if run["status"] == COMPLETED
            else run
            for run in page["data"]
        ],
    }


@after(Renderer.run)
def instructions_grow(server: EditionServer, wire: Wire, run: RunRecord) -> Wire:
    """RUN-LIFE-003: instructions of a run have the server's own added once it works."""
    if run.status == QUEUED:
        return wire
    return {**wire, "instructions": f"{wire['instructions'] or ''}\nToday is Monday."}


@after(Renderer.run)
def created_again(server: EditionServer, wire: Wire, run: RunRecord) -> Wire:
    """RUN-TIME-005: created_at of a run is set anew when it starts."""
    return {**wire, "created_at": wire["started_at"] or wire["created_at"]}


@after(RunEngine.due)
def cancelling_for_ever(server: EditionServer, due: float, run: RunRecord) -> float:
    """RUN-LIFE-004: a run that is cancelling stays so."""
    return math.inf if run.status == CANCELLING else due


@after(RunEngine.due)
def hangs_after_outputs(server: EditionServer, due: float, run: RunRecord) -> float:
    """RUN-LIFE-005: a run whose outputs were submitted stays queued for ever."""
    is_answered = run.steps and run.steps[0].type == "tool_calls" and not run.calls
    return math.inf if is_answered and run.status == QUEUED else due


@after(RunEngine.due)
def queued_for_ever(server: EditionServer, due: float, run: RunRecord) -> float:
    """RUN-LIFE-009: nothing works on the queue; a run can be cancelled, and that is all."""
    return math.inf if run.status == QUEUED else due


@after(Renderer.run)
def end_moves(server: EditionServer, wire: Wire, run: RunRecord) -> Wire:
    """RUN-TIME-006: completed_at of a run is the moment at which it is read."""
    if run.status != COMPLETED:
        return wire
    return {**wire, "completed_at": server.renderer.stamp(server.clock.now())}


@after(Renderer.run)
def usage_grows(server: EditionServer, wire: Wire, run: RunRecord) -> Wire:
    """RUN-LIFE-006: usage of a run that has completed grows from second to second."""
    if run.status != COMPLETED or run.ended_at is None:
        return wire
    prompt = wire["usage"]["prompt_tokens"] + int(server.clock.now() - run.ended_at)
    return {**wire, "usage": server.renderer.usage(prompt, 1)}


def _due_after_a_minute(
    server: EditionServer, inner: Callable[[RunRecord], float], run: RunRecord
) -> float:
    return run.done_at + A_MINUTE if run.status == REQUIRES_ACTION else inner(run)


def _asks_or_goes_on(
    server: EditionServer, inner: Callable[[RunRecord], None], run: RunRecord
) -> None:
    if run.status != REQUIRES_ACTION:
        inner(run)
        return
    server.engine.answer(run, {call["id"]: "" for call in run.calls}, run.done_at + A_MINUTE)


IMPATIENT = Fault(
    id="RUN-LIFE-007",
    sentence="a run that waits for outputs goes on without them after a minute.",
    wraps=(
        wrap(RunEngine.due, _due_after_a_minute),
        wrap(RunEngine.ask, _asks_or_goes_on),
    ),
)


@after(RunEngine.due)
def waits_for_ever(server: EditionServer, due: float, run: RunRecord) -> float:
    """RUN-LIFE-008: a run that waits for outputs does not expire."""
    return math.inf if run.status == REQUIRES_ACTION else due
