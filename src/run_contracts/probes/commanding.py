"""Probes that command: cancel, submit tool outputs, modify, refuse a second run."""

from __future__ import annotations

from run_contracts.exchange import Premise
from run_contracts.lifecycle import CANCELLED, REQUIRES_ACTION
from run_contracts.operations import JSON_TYPE
from run_contracts.probes._catalogue import probe
from run_contracts.probes._stage import (
    Inconclusive,
    Stage,
    answers,
    asked_calls,
    forced,
)

TRIES = 3
"""How often a probe tries to cancel a run before it ends."""


@probe(
    "cancel a run as SDKs do, watch it end, cancel it again",
    creates="up to 3 threads and runs, cancelled at once",
    exercises=("RUN-CANCEL-*", "RUN-STATUS-007", "RUN-LIFE-00[24]", "RUN-STATUS-019"),
)
def cancelling(stage: Stage) -> None:
    """Cancel without a body, once plainly and once as SDKs do: naming a type for it."""
    for headers in ({}, {"Content-Type": JSON_TYPE}):
        for _ in range(TRIES):
            run = stage.new_run(stage.new_thread("Count from one to a thousand, in words."))
            cancelled = stage.session.send("cancelRun", headers=headers, content=b"", of=run)
            run = stage.ended(run) if cancelled.is_success else stage.wait(run)
            if run.get("status") == CANCELLED or not stage.rests(run):
                break
        else:
            raise Inconclusive(f"{TRIES} runs ended before they could be cancelled")
        _after_the_end(stage, stage.ended(run))


def _after_the_end(stage: Stage, run: dict[str, object]) -> None:
    """Cancel a run that has ended, and look whether that changed it."""
    stage.session.send("cancelRun", of=run)
    stage.read(run)


@probe(
    "cancel a run that completed, and submit outputs to it",
    creates="1 thread, 1 run, shared with other probes",
    exercises=("RUN-CANCEL-00[24]", "RUN-SUBMIT-002", "RUN-LIFE-002"),
)
def late_commands(stage: Stage) -> None:
    """Command a run whose life is over."""
    run = stage.ended_run
    stage.session.send("cancelRun", of=run)
    stage.read(run)
    body = {"tool_outputs": answers(["call_of_no_run"])}
    stage.session.send("submitToolOutputs", json_body=body, of=run)
    stage.read(run)


@probe(
    "force a function call, answer it wrongly, then rightly; meanwhile try a second run",
    creates="1 thread, 1 run",
    exercises=(
        "RUN-SUBMIT-*",
        "RUN-THREAD-*",
        "RUN-STATUS-01[12]",
        "RUN-SHAPE-007",
        "RUN-ECHO-005",
        "RUN-STEP-*",
        "RUN-LIFE-001",
    ),
)
def tools(stage: Stage) -> None:
    """Take a run through requires_action."""
    thread_id = stage.new_thread("Where is order 7?")
    run = stage.wait(stage.new_run(thread_id, **forced()))
    calls = asked_calls(run)
    if run.get("status") != REQUIRES_ACTION or not calls:
        raise Inconclusive(f"the forced function was not called; the run is {run.get('status')}")
    stage.session.send(
        "createRun", json_body={"assistant_id": stage.assistant_id}, thread_id=thread_id
    )
    message = {"role": "user", "content": "And order 8?"}
    stage.session.send("createMessage", json_body=message, thread_id=thread_id)
    stage.read(run)
    stage.session.send("listRunSteps", of=run)
    for outputs in ([], answers([*calls, "call_of_no_run"]), answers(calls)):
        body = {"tool_outputs": outputs}
        stage.session.send("submitToolOutputs", json_body=body, of=run)
        run = stage.read(run)
    run = stage.ended(run)
    stage.session.send("listRunSteps", of=run)
    body = {"tool_outputs": answers(calls)}
    stage.session.send("submitToolOutputs", json_body=body, of=run)
    stage.read(run)


@probe(
    "change the metadata of a completed run and read it again",
    creates="1 thread, 1 run, shared with other probes",
    exercises=("RUN-MODIFY-*", "RUN-META-*", "RUN-LIFE-003"),
)
def modifying(stage: Stage) -> None:
    """Save new metadata."""
    run = stage.ended_run
    body = {"metadata": {"reviewed": "yes", "by": "run-contracts"}}
    stage.session.send("modifyRun", json_body=body, premise=Premise.ORDINARY, of=run)
    stage.read(run)
