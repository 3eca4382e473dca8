"""Probes that stream: to the end, and through a cancel."""

from __future__ import annotations

from run_contracts.contract.object_names import named_kind
from run_contracts.probes.catalogue import probe
from run_contracts.probes.context import ProbeContext
from run_contracts.probes.run_requests import said
from run_contracts.traffic.payload import Payload

FIRST_PART = 65_536
"""Bytes of a stream in which its run is looked for."""


@probe(
    "stream a new run to its end and read it afterwards",
    creates="1 thread, 1 run",
    exercises=(
        "RUN-STREAM-*",
        "RUN-OBJ-00[2489]",
        "RUN-LIST-018",
        "RUN-ID-013",
        "RUN-HTTP-005",
    ),
    is_smoke=False,
)
def streaming(context: ProbeContext) -> None:
    """Follow a run by its events."""
    context.check_streams("createRun", "createThreadAndRun")
    run = context.carrying_thread_and_run(stream=True)
    run = context.read(run) if context.has_ended(run) else context.ended(run)
    context.session.send("listRunSteps", of=run)
    context.session.send("listMessages", thread_id=run["thread_id"])
    context.check_streams("createRun", "createThreadAndRun")


@probe(
    "cancel a run while its events are streamed",
    creates="1 run, cancelled at once",
    exercises=("RUN-STREAM-00[357]", "RUN-STREAM-012", "RUN-STREAM-020", "RUN-LIFE-00[124]"),
)
def cancelling_a_stream(context: ProbeContext) -> None:
    """Cancel in the middle of a stream."""
    context.check_streams("createRun")
    thread_id = context.home
    asked = said("Count from one to a thousand, in words.")
    body = {"assistant_id": context.assistant_id, "stream": True, **asked}
    cancelled: list[str] = []

    def cancel_once(answer: Payload) -> None:
        is_awaited = not cancelled and len(answer.data) <= FIRST_PART
        run_id = first_run(answer) if is_awaited else None
        if run_id is not None:
            cancelled.append(run_id)
            context.session.send("cancelRun", thread_id=thread_id, run_id=run_id)

    stream = context.session.watch(cancel_once, "createRun", json_body=body, thread_id=thread_id)
    run = context.read(context.run_in(stream))
    if not context.has_ended(run):
        context.after_cancel(run)
    context.check_streams("createRun")


def first_run(answer: Payload) -> str | None:
    """Return the id of the run that a stream so far speaks of; None if it does not yet."""
    for frame in answer.frames:
        data = answer.body_of(frame).value
        if named_kind(data) == "run":
            return data["id"] if isinstance(data.get("id"), str) else None
    return None
