"""Probes that command: cancel, modify, and what comes too late."""

from __future__ import annotations

from run_contracts.contract.lifecycle import CANCELLED, FAILED
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
        run = context.ended_run
        send("cancelRun", of=run)
        if context.is_full:
            context.read(run)
    run = context.any_run
    with context.part():
        _modify_wrongly(context, run)
    body = {"metadata": {"reviewed": "yes", "by": FOREIGN_TEXT, FOREIGN_TEXT: ""}}
    send("modifyRun", json_body=body, intent=Intent.ORDINARY, of=run)
    context.read(run)
    failed = [one for one in context.seen.values() if one.get("status") == FAILED]
    for ended in (run, *([] if context.is_full else failed)):
        if context.has_ended(ended):
            send("submitToolOutputs", json_body=answers(["call_of_no_run"]), of=ended)


def _modify_wrongly(context: ProbeContext, run: RunValue) -> None:
    """Send more metadata than there may be, and read what becomes of them.

    In smoke it is another run than that which was cancelled before, and both are read in one list.
    """
    send, thread_id = context.session.send, run["thread_id"]
    others = [one for one in context.runs_on(thread_id) if context.has_ended(one)]
    other = run if context.is_full else next((one for one in others if one is not run), run)
    send("modifyRun", json_body=METADATA_TOO_LARGE, of=other)
    if other is run:
        context.read(run)
    else:
        send("listRuns", thread_id=thread_id)
