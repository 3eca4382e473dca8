"""Probes that stream: to the end, and through a function call."""

from __future__ import annotations

from run_contracts.exchange import Premise
from run_contracts.lifecycle import REQUIRES_ACTION
from run_contracts.probes._catalogue import probe
from run_contracts.probes._stage import Inconclusive, Stage, answers, asked_calls, forced


@probe(
    "stream a new run to its end and read it afterwards",
    creates="1 thread, 1 run",
    exercises=("RUN-STREAM-00[1-8]", "RUN-OBJ-00[24]"),
)
def streaming(stage: Stage) -> None:
    """Follow a run by its events."""
    body = {
        "assistant_id": stage.assistant_id,
        "thread": {"messages": [{"role": "user", "content": "Say hello."}]},
        "stream": True,
    }
    exchange = stage.session.send("createThreadAndRun", json_body=body, premise=Premise.ORDINARY)
    run = stage.run_in(exchange)
    stage.created.append(("/threads", run["thread_id"]))
    stage.wait(run)


@probe(
    "stream a forced function call, then stream its answer",
    creates="1 thread, 1 run",
    exercises=("RUN-STREAM-009", "RUN-OBJ-005"),
)
def streaming_tools(stage: Stage) -> None:
    """Follow a run through requires_action by its events."""
    thread_id = stage.new_thread("Where is order 7?")
    run = stage.run_in(stage.create(thread_id, stream=True, **forced()))
    calls = asked_calls(run)
    if run.get("status") != REQUIRES_ACTION or not calls:
        stage.wait(run)
        raise Inconclusive(f"the forced function was not called; the run is {run.get('status')}")
    body = {"tool_outputs": answers(calls), "stream": True}
    stage.session.send("submitToolOutputs", json_body=body, of=run)
    stage.ended(run)
