"""Probes that race, and that answer a waiting run in less common ways."""

from __future__ import annotations

from typing import Any

from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.probes.catalogue import probe
from run_contracts.probes.context import ProbeContext
from run_contracts.probes.run_requests import answers, asked_calls

LONGEST_RACE = 5.0
"""Seconds after which a race with a run's end is begun at the latest."""


@probe(
    "cancel a run that requires action, and before it submit one output twice and elsewhere",
    creates="1 run",
    exercises=("RUN-CANCEL-006", "RUN-LIFE-004", "RUN-ID-016"),
    is_smoke=False,
    reaches=(REQUIRES_ACTION,),
)
def cancelling_a_call(context: ProbeContext) -> None:
    """Cancel instead of answering."""
    run = context.calling_run()
    calls = asked_calls(run)
    with context.part():
        elsewhere: dict[str, Any] = {"thread_id": context.elsewhere, "run_id": run["id"]}
        context.session.send("submitToolOutputs", json_body=answers(calls), **elsewhere)
    context.session.send("submitToolOutputs", json_body=answers([*calls, *calls]), of=run)
    run = context.read(run)
    if run.get("status") == REQUIRES_ACTION:
        context.session.send("cancelRun", of=run)
    context.after_cancel(run)


@probe(
    "submit the same outputs twice at once",
    creates="1 run",
    exercises=("RUN-SUBMIT-007",),
    is_smoke=False,
    reaches=(REQUIRES_ACTION,),
)
def submitting_twice(context: ProbeContext) -> None:
    """Race with oneself."""
    run = context.calling_run()
    body = answers(asked_calls(run)) | {"stream": None}
    parts: dict[str, Any] = {"json_body": body, "of": run}
    with context.session.meanwhile("submitToolOutputs", **parts):
        context.session.send("submitToolOutputs", **parts)
    context.ended(run)


@probe(
    "cancel a run at about the moment when it completes",
    creates="1 run",
    exercises=("RUN-LIFE-00[124]", "RUN-CANCEL-005"),
    is_smoke=False,
)
def cancelling_late(context: ProbeContext) -> None:
    """Race with the end of a run; either may win."""
    run = context.new_run(context.home)
    context.session.sleep(min(context.usual_seconds, LONGEST_RACE))
    context.session.send("cancelRun", of=run)
    context.after_cancel(run)
