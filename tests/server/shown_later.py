"""Demonstrations of faults that a later look shows, or a request that few think of."""

from __future__ import annotations

from typing import Any

from tests.server.conftest import Caller
from tests.server.demonstrating import (
    Demonstration,
    completed,
    ids,
    names,
    one_step,
    page,
    path,
    steps,
    submit,
    two_runs,
    waiting,
)

ADDED = {"additional_instructions": "Be brief."}


def _read_later(call: Caller) -> tuple[Any, Any]:
    """Return the temperature in the answer to a create, and when the run is read."""
    run = call.run(temperature=0.5)
    return run["temperature"], call("GET", path(run))[1]["temperature"]


def _messages(call: Caller) -> list[dict[str, Any]]:
    """Return the messages of a thread that say what a create of a run added, with metadata."""
    message = {"role": "user", "content": "And?", "metadata": {"n": "1"}}
    thread = call.run(additional_messages=[message])["thread_id"]
    listed = call("GET", f"/threads/{thread}/messages")[1]["data"]
    return [one for one in listed if one["content"][0]["text"]["value"] == "And?"]


def _after_the_last(call: Caller) -> bool:
    """Say whether the page after the oldest run is refused."""
    thread = two_runs(call)
    oldest = ids(page(call, thread))[-1]
    return "error" in page(call, thread, f"?after={oldest}")


def _types_of_steps(call: Caller) -> list[str]:
    """Return the types of the steps that are listed of a run that called a function."""
    run = waiting(call)
    submit(call, run)
    call.until(run, "completed")
    return [step["type"] for step in steps(call, run)["data"]]


def _unasked(call: Caller) -> str:
    """Return the media type of the answer to a create that does not speak of streams."""
    body = {"assistant_id": call.assistant()}
    answer = call.client.post(f"/threads/{call.thread()}/runs", json=body)
    return str(answer.headers["content-type"]).partition(";")[0]


LATER: dict[str, Demonstration] = {
    "RUN-ECHO-006-b": lambda call: _read_later(call) == (0.5, 1.0),
    "RUN-ECHO-014": lambda call: "Be brief." not in str(call.run(**ADDED)["instructions"]),
    "RUN-CREATE-007": lambda call: call.run()["started_at"] is not None,
    "RUN-CREATE-008": lambda call: [one["metadata"] for one in _messages(call)] == [{}],
    "RUN-CREATE-008-b": lambda call: len(_messages(call)) == 2,
    "RUN-LIST-017-b": lambda call: "error" not in page(call, two_runs(call), "?limit=many"),
    "RUN-LIST-020": _after_the_last,
    "RUN-STEP-024-b": lambda call: one_step(call).status_code == 404,
    "RUN-STEP-029-b": lambda call: _types_of_steps(call) == ["message_creation"],
    "RUN-STEP-038": lambda call: steps(call, completed(call))["data"] == [],
    "RUN-STREAM-021": lambda call: _unasked(call) == "text/event-stream",
    "RUN-STREAM-022": lambda call: "thread.run.in_progress" not in names(call),
}
"""What shows each fault."""
