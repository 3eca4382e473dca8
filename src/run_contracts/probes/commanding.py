"""Probes that command: cancel, modify, and what comes too late."""

from __future__ import annotations

from itertools import cycle
from typing import Any

from run_contracts.contract.lifecycle import CANCELLED, COMPLETED, FAILED
from run_contracts.contract.operations import JSON_TYPE
from run_contracts.probes.catalogue import RUN_VALUES, probe
from run_contracts.probes.context import ProbeContext
from run_contracts.probes.run_requests import FOREIGN_TEXT, METADATA_TOO_LARGE, RunValue, answers
from run_contracts.probes.shortfall import Inconclusive
from run_contracts.traffic.exchange import Intent

TRIES = 3
"""How often a probe tries to cancel a run before it ends, the first time."""


@probe(
    "cancel runs plainly and as SDKs do, watch them end, cancel one again",
    creates="up to 3 threads and 6 runs, cancelled at once",
    exercises=(
        *RUN_VALUES,
        "RUN-CANCEL-00[1-58]",
        "RUN-LIFE-00[124]",
        "RUN-CREATE-*",
        "RUN-ID-01[23]",
        "RUN-ECHO-01[23]",
    ),
    reaches=(CANCELLED,),
)
def cancelling(context: ProbeContext) -> None:
    """Cancel without a body, once plainly and once as SDKs do: naming a type for it."""
    tries = TRIES
    with context.part():
        run = _cancelled(context, tries, new_thread=True, headers={})
        context.session.send("cancelRun", of=run)
    if not any(run.get("status") == CANCELLED for run in context.seen.values()):
        tries = 1
    _cancelled(context, tries, new_thread=False, headers={"Content-Type": JSON_TYPE})


def _cancelled(
    context: ProbeContext, tries: int, *, new_thread: bool, headers: dict[str, str]
) -> RunValue:
    """Return a run that was cancelled, after a few tries if runs end sooner.

    Its assistant has functions: what a run takes over shows, and it does no harm if one is called.
    """
    for _ in range(tries):
        new = context.carrying_thread_and_run if new_thread else context.carrying_run
        run = new(assistant_id=context.equipped_assistant_id)
        cancelled = context.session.send("cancelRun", headers=headers, content=b"", of=run)
        if cancelled.is_success:
            run = context.after_cancel(run)
        else:
            run = context.read(run)
            run = run if context.has_ended(run) else context.ended(run)
        if run.get("status") == CANCELLED:
            return run
    raise Inconclusive(f"{tries} runs ended before they could be cancelled")


@probe(
    "cancel a run that completed, and change it wrongly and rightly",
    creates="1 thread, 1 run, shared with other probes",
    exercises=(
        *RUN_VALUES,
        "RUN-CANCEL-00[24]",
        "RUN-SUBMIT-002",
        "RUN-MODIFY-*",
        "RUN-LIFE-*",
        "RUN-ID-010",
        "RUN-ERR-008",
        "RUN-ERR-011",
    ),
)
def late_commands(context: ProbeContext) -> None:
    """Command a run whose life is over."""
    send = context.session.send
    with context.part():
        _refused_commands(context, context.ended_run)
    run = context.any_run
    if not context.has_ended(run):
        send("modifyRun", json_body=METADATA_TOO_LARGE, of=run)
        context.read(run)
    body = {"metadata": {"reviewed": "yes", "by": FOREIGN_TEXT, FOREIGN_TEXT: ""}}
    send("modifyRun", json_body=body, intent=Intent.ORDINARY, of=run)
    context.read(run)
    failed = [one for one in context.seen.values() if one.get("status") == FAILED]
    if failed and not context.is_full:
        send("submitToolOutputs", json_body=LATE_OUTPUTS, of=failed[0])


LATE_OUTPUTS = answers(["call_of_no_run"])
WRONG_COMMANDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("cancelRun", {}),
    ("modifyRun", {"json_body": METADATA_TOO_LARGE}),
    ("submitToolOutputs", {"json_body": LATE_OUTPUTS}),
)
"""What a run that has ended refuses, whatever became of it."""


def _refused_commands(context: ProbeContext, run: RunValue) -> None:
    """Send what is to be refused, and read the run after each.

    In smoke each goes to another run of the thread, and one list shows what became of all of them.
    """
    ended = [one for one in context.runs_on(run["thread_id"]) if context.has_ended(one)]
    ended.sort(key=lambda one: one.get("status") != COMPLETED)
    is_shared = not context.is_full and len(ended) >= len(WRONG_COMMANDS)
    for (operation, parts), other in zip(WRONG_COMMANDS, cycle(ended or [run])):
        context.session.send(operation, of=other if is_shared else run, **parts)
        if not is_shared:
            context.read(run)
    if is_shared:
        context.session.send("listRuns", thread_id=run["thread_id"])
