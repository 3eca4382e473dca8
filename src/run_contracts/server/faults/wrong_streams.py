"""Streams that skip, repeat, or call their events by other names."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

from starlette.requests import Request
from starlette.responses import Response

from run_contracts.contract.lifecycle import IN_PROGRESS
from run_contracts.server.faults.fault import Fault, after, around, before, instead_of, wrap
from run_contracts.server.faults.wrong_ends import Frames
from run_contracts.server.faults.wrong_identity import other
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.event_log import EventLog
from run_contracts.server.parts.gate import Gate
from run_contracts.server.parts.records import RunRecord, Wire
from run_contracts.server.parts.run_stream import RunStream, frame_of

LOST_EVENTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "RUN-STREAM-004": ("a stream begins when the run is queued.", ("thread.run.created",)),
    "RUN-STREAM-007": (
        "a stream does not say that its run completed.",
        ("thread.run.completed",),
    ),
    "RUN-STREAM-007-b": ("a stream does not say that its run failed.", ("thread.run.failed",)),
    "RUN-STREAM-007-c": (
        "a stream does not say that its run was cancelled.",
        ("thread.run.cancelled",),
    ),
    "RUN-STREAM-010": (
        "messages are not announced before their pieces come.",
        ("thread.message.created", "thread.message.in_progress"),
    ),
    "RUN-STREAM-011": (
        "a stream does not say that steps complete.",
        ("thread.run.step.completed",),
    ),
    "RUN-STREAM-019": (
        "a stream does not say that messages complete.",
        ("thread.message.completed",),
    ),
    "RUN-STREAM-022": (
        "a stream does not say that runs, steps and messages are in progress.",
        ("thread.run.in_progress", "thread.run.step.in_progress", "thread.message.in_progress"),
    ),
}
"""Events that a stream can lack, by fault."""
Framing = Callable[[str, Wire], bytes]
"""What returns an event as a frame."""


def lost_events() -> Iterator[Fault]:
    """Yield the faults of streams that lack events of some names."""
    for fault, (sentence, names) in LOST_EVENTS.items():
        yield Fault(id=fault, sentence=sentence, wraps=(wrap(RunStream.frame, _without(names)),))


def _without(
    names: tuple[str, ...],
) -> Callable[[EditionServer, Framing, str, Wire], bytes]:
    def frame(_: EditionServer, inner: Framing, name: str, data: Wire) -> bytes:
        return b"" if name in names else inner(name, data)

    return frame


@before(Gate.leaving)
def stream_is_plain(server: EditionServer, request: Request, response: Response) -> None:
    """RUN-STREAM-001: a stream says that it is plain text."""
    if response.headers.get("content-type", "").startswith("text/event-stream"):
        response.headers["content-type"] = "text/plain; charset=utf-8"


def _nameless(server: EditionServer, inner: Framing, name: str, data: Wire) -> bytes:
    return inner(name, data).partition(b"\n")[2]


def _nameless_ending(server: EditionServer, inner: Callable[[], list[bytes]]) -> list[bytes]:
    return [frame_of(None, "[DONE]")]


NAMELESS_FRAMES = Fault(
    id="RUN-STREAM-002",
    sentence="the frames of a stream have no event names.",
    wraps=(wrap(RunStream.frame, _nameless), wrap(RunStream.ending, _nameless_ending)),
)


@around(RunStream.frame)
def status_of_now(server: EditionServer, inner: Framing, name: str, data: Wire) -> bytes:
    """RUN-STREAM-005: messages in events are as they are at first, whatever the event says."""
    is_meant = data.get("object") == "thread.message" and "status" in data
    return inner(name, {**data, "status": IN_PROGRESS} if is_meant else data)


@around(RunStream.frame)
def bare_text(server: EditionServer, inner: Framing, name: str, data: Wire) -> bytes:
    """RUN-STREAM-006: the data of a piece of a message is its bare text."""
    if name != "thread.message.delta":
        return inner(name, data)
    return frame_of(name, json.dumps(data["delta"]["content"][0]["text"]["value"]))


@instead_of(RunStream.events)
def lost_delta(server: EditionServer, run: RunRecord) -> list[tuple[str, Wire]]:
    """RUN-STREAM-008: one piece of each message is lost."""
    return without_second(run, "thread.message.delta")


@around(EventLog.message_delta)
def pieces_repeat(
    server: EditionServer, inner: Callable[[RunRecord, str], None], run: RunRecord, piece: str
) -> None:
    """RUN-STREAM-008-b: each piece of a message holds everything so far."""
    inner(run, run.written + piece)


@instead_of(RunStream.events)
def lost_arguments(server: EditionServer, run: RunRecord) -> list[tuple[str, Wire]]:
    """RUN-STREAM-009: one piece of a call's arguments is lost."""
    return without_second(run, "thread.run.step.delta")


@after(RunStream.ending)
def done_twice(server: EditionServer, ending: list[bytes]) -> list[bytes]:
    """RUN-STREAM-012: a stream says twice that it is done."""
    return ending * 2


@around(RunStream.frame)
def other_usage(server: EditionServer, inner: Framing, name: str, data: Wire) -> bytes:
    """RUN-STREAM-013: the usage in a stream's last event is not that of the run."""
    is_last = name == "thread.run.completed"
    return inner(name, {**data, "usage": server.renderer.usage(1, 1)} if is_last else data)


@around(RunStream.frame)
def other_messages(server: EditionServer, inner: Framing, name: str, data: Wire) -> bytes:
    """RUN-STREAM-014: messages in a stream have other ids than those in the thread."""
    is_meant = name.startswith("thread.message.")
    return inner(name, {**data, "id": other(data["id"])} if is_meant else data)


@around(RunStream.frame)
def calls_without_id(server: EditionServer, inner: Framing, name: str, data: Wire) -> bytes:
    """RUN-STREAM-015: the pieces of a function call do not carry its id."""
    if name == "thread.run.step.delta":
        details = data["delta"]["step_details"]
        calls = [{k: v for k, v in call.items() if k != "id"} for call in details["tool_calls"]]
        data = {**data, "delta": {"step_details": {**details, "tool_calls": calls}}}
    return inner(name, data)


@around(RunStream.frames)
def created_at_submit(
    server: EditionServer,
    inner: Frames,
    run: RunRecord,
    *,
    first: int,
    before: list[tuple[str, Wire]],
) -> AsyncIterator[bytes]:
    """RUN-STREAM-016: the stream of a submit begins with thread.run.created."""
    again = [("thread.run.created", server.renderer.run(run))] if first else before
    return inner(run, first=first, before=again)


@around(RunStream.frames)
def submit_begins_late(
    server: EditionServer,
    inner: Frames,
    run: RunRecord,
    *,
    first: int,
    before: list[tuple[str, Wire]],
) -> AsyncIterator[bytes]:
    """RUN-STREAM-017: the stream of a submit does not say that the step is completed."""
    return inner(run, first=first + 1 if first else 0, before=before)


@around(RunStream.frames)
def no_thread_created(
    server: EditionServer,
    inner: Frames,
    run: RunRecord,
    *,
    first: int,
    before: list[tuple[str, Wire]],
) -> AsyncIterator[bytes]:
    """RUN-STREAM-018: the stream of a new thread's run does not tell the thread."""
    return inner(run, first=first, before=[])


def without_second(run: RunRecord, name: str) -> list[tuple[str, Wire]]:
    """Return the events of a run without the second of a name."""
    places = [at for at, (event, _) in enumerate(run.events) if event == name]
    lost = places[1] if len(places) > 1 else None
    return [event for at, event in enumerate(run.events) if at != lost]
