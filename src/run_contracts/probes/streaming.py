"""Probes that stream: to the end, and through a cancel."""

from __future__ import annotations

from run_contracts.probes._catalogue import probe
from run_contracts.probes._stage import FIRST_PAUSE, Inconclusive, Stage
from run_contracts.probes.running import first_id, thread_and_run

LOOKS = 20
"""How often a list is read until it shows the run whose stream has begun."""


@probe(
    "stream a new run to its end and read it afterwards",
    creates="1 thread, 1 run",
    exercises=("RUN-STREAM-*", "RUN-OBJ-00[24]"),
    is_smoke=False,
)
def streaming(stage: Stage) -> None:
    """Follow a run by its events."""
    run = thread_and_run(stage, stream=True)
    run = stage.read(run) if stage.has_ended(run) else stage.ended(run)
    stage.session.send("listRunSteps", of=run)
    stage.session.send("listMessages", thread_id=run["thread_id"])


@probe(
    "cancel a run while its events are streamed",
    creates="1 thread, 1 run, cancelled at once",
    exercises=("RUN-STREAM-00[357]", "RUN-STREAM-012", "RUN-LIFE-00[124]"),
    is_smoke=False,
)
def cancelling_a_stream(stage: Stage) -> None:
    """Cancel in the middle of a stream."""
    thread_id = stage.new_thread("Count from one to a thousand, in words.")
    if stage.session.target.thread_id is not None:
        raise Inconclusive("on a thread that was given the new run cannot be told from others")
    body = {"assistant_id": stage.assistant_id, "stream": True}
    with stage.session.meanwhile("createRun", json_body=body, thread_id=thread_id) as streams:
        for _ in range(LOOKS):
            run_id = first_id(stage.session.send("listRuns", thread_id=thread_id))
            if run_id is not None:
                stage.session.send("cancelRun", thread_id=thread_id, run_id=run_id)
                break
            stage.session.sleep(FIRST_PAUSE)
    run = stage.read(stage.run_in(streams[0]))
    if not stage.has_ended(run):
        stage.after_cancel(run)
