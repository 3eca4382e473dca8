"""Probes that run: create, poll to the end, read what the run did."""

from __future__ import annotations

from run_contracts.exchange import Premise
from run_contracts.lifecycle import COMPLETED, EXPIRED, FAILED
from run_contracts.probes._catalogue import probe
from run_contracts.probes._stage import OUTCOME, Inconclusive, Stage

FORM = ("RUN-BODY-*", "RUN-SHAPE-*", "RUN-HTTP-*", "RUN-TIME-*", "RUN-USAGE-*", "RUN-ID-00?")
"""What any run that is read shows."""
LOWEST_LIMIT = 16
"""The lowest token limit that was ever seen accepted."""


@probe(
    "create a run, poll it to its end, read its steps and messages",
    creates="an assistant, 1 thread, 1 run",
    exercises=(
        *FORM,
        "RUN-META-*",
        "RUN-STATUS-*",
        "RUN-ID-01[0123]",
        "RUN-CREATE-*",
        "RUN-ECHO-00[12346]",
        "RUN-LIFE-00[1235]",
        "RUN-STEP-*",
        "RUN-OBJ-00[123]",
        "RUN-LIST-0[01]*",
    ),
)
def lifecycle(stage: Stage) -> None:
    """Run once in the plainest way, with everything that a run echoes."""
    thread_id = stage.new_thread()
    run = stage.new_run(
        thread_id,
        model=stage.session.target.model,
        instructions="Answer with the single word hello.",
        metadata={"purpose": "run-contracts"},
        temperature=0.5,
    )
    run = stage.ended(run)
    stage.read(run)
    steps = stage.session.send("listRunSteps", of=run)
    page = steps.answered
    for step in (page.get("data") if isinstance(page, dict) else None) or []:
        if isinstance(step, dict) and isinstance(step.get("id"), str):
            stage.session.send("getRunStep", of=run, step_id=step["id"])
            break
    stage.session.send("listMessages", thread_id=thread_id)
    stage.session.send("listRuns", thread_id=thread_id)
    stage.read(run)


@probe(
    "run under the lowest token limit, to see a run end early",
    creates="1 thread, 1 run of at most 16 tokens",
    exercises=("RUN-ECHO-004", "RUN-STATUS-005", "RUN-STATUS-015", "RUN-STATUS-019"),
)
def limits(stage: Stage) -> None:
    """Let a token limit end a run."""
    thread_id = stage.new_thread("Tell a story of at least a hundred words.")
    run = stage.new_run(thread_id, max_completion_tokens=LOWEST_LIMIT)
    run = stage.ended(run)
    if run.get("status") == COMPLETED and not run.get("incomplete_details"):
        raise Inconclusive(f"the run completed within {LOWEST_LIMIT} tokens")


@probe(
    f"ask by metadata {OUTCOME}={FAILED} for a run that fails, which servers are free to ignore",
    creates="1 thread, 1 run",
    exercises=("RUN-STATUS-009", "RUN-STATUS-013", "RUN-STATUS-019", "RUN-SHAPE-008"),
)
def failing(stage: Stage) -> None:
    """Reach failed, on a server that cooperates."""
    run = stage.new_run(stage.new_thread(), metadata={OUTCOME: FAILED})
    run = stage.ended(run)
    if run.get("status") != FAILED:
        raise Inconclusive(
            f"the server has no way to make a run fail; it ended {run.get('status')}"
        )


@probe(
    f"ask by metadata {OUTCOME}={EXPIRED} for a run that expires, which servers are free to ignore",
    creates="1 thread, 1 run",
    exercises=("RUN-STATUS-003", "RUN-LIFE-001"),
    is_smoke=False,
)
def expiring(stage: Stage) -> None:
    """Reach expired, on a server that cooperates and whose time runs fast enough."""
    run = stage.new_run(stage.new_thread(), metadata={OUTCOME: EXPIRED})
    run = stage.wait(run)
    if run.get("status") != EXPIRED:
        raise Inconclusive(f"no run expired while the check waited; it is {run.get('status')}")


@probe(
    "create a thread and its run in one call",
    creates="1 thread, 1 run",
    exercises=("RUN-CREATE-*", "RUN-ID-012"),
)
def thread_and_run(stage: Stage) -> None:
    """Use the call that makes both."""
    body = {
        "assistant_id": stage.assistant_id,
        "thread": {"messages": [{"role": "user", "content": "Say hello."}]},
        "metadata": {"purpose": "run-contracts"},
    }
    exchange = stage.session.send("createThreadAndRun", json_body=body, premise=Premise.ORDINARY)
    run = stage.run_in(exchange)
    stage.created.append(("/threads", run["thread_id"]))
    stage.ended(run)
