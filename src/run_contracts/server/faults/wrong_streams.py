"""Streams that skip, repeat, or call their events by other names."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response

from run_contracts.server.event_frames import Streaming, frame
from run_contracts.server.faults.wrong_identity import other
from run_contracts.server.records import Run, Wire


class StreamIsPlain(Streaming):
    """RUN-STREAM-001: a stream says that it is plain text."""

    def leaving(self, request: Request, response: Response) -> Response:
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            response.headers["content-type"] = "text/plain; charset=utf-8"
        return super().leaving(request, response)


class NamelessFrames(Streaming):
    """RUN-STREAM-002: the frames of a stream have no event names."""

    def event(self, name: str, data: Wire) -> bytes:
        return super().event(name, data).partition(b"\n")[2]

    def ending(self) -> list[bytes]:
        return [frame(None, "[DONE]")]


class NoCreated(Streaming):
    """RUN-STREAM-004: a stream begins when the run is queued."""

    def event(self, name: str, data: Wire) -> bytes:
        return b"" if name == "thread.run.created" else super().event(name, data)


class StatusOfNow(Streaming):
    """RUN-STREAM-005: messages in events are as they are at first, whatever the event says."""

    def event(self, name: str, data: Wire) -> bytes:
        is_meant = data.get("object") == "thread.message" and "status" in data
        return super().event(name, {**data, "status": "in_progress"} if is_meant else data)


class BareText(Streaming):
    """RUN-STREAM-006: the data of a piece of a message is its bare text."""

    def event(self, name: str, data: Wire) -> bytes:
        if name != "thread.message.delta":
            return super().event(name, data)
        return frame(name, json.dumps(data["delta"]["content"][0]["text"]["value"]))


class LostDelta(Streaming):
    """RUN-STREAM-008: one piece of each message is lost."""

    def events(self, run: Run) -> list[tuple[str, Wire]]:
        return without_second(run, "thread.message.delta")


class PiecesRepeat(Streaming):
    """RUN-STREAM-008-b: each piece of a message holds everything so far."""

    def emit_message_delta(self, run: Run, piece: str) -> None:
        super().emit_message_delta(run, run.written + piece)


class LostArguments(Streaming):
    """RUN-STREAM-009: one piece of a call's arguments is lost."""

    def events(self, run: Run) -> list[tuple[str, Wire]]:
        return without_second(run, "thread.run.step.delta")


class NotAnnounced(Streaming):
    """RUN-STREAM-010: messages are not announced before their pieces come."""

    def event(self, name: str, data: Wire) -> bytes:
        is_lost = name in ("thread.message.created", "thread.message.in_progress")
        return b"" if is_lost else super().event(name, data)


class StepsStayOpen(Streaming):
    """RUN-STREAM-011: a stream does not say that steps complete."""

    def event(self, name: str, data: Wire) -> bytes:
        return b"" if name == "thread.run.step.completed" else super().event(name, data)


class DoneTwice(Streaming):
    """RUN-STREAM-012: a stream says twice that it is done."""

    def ending(self) -> list[bytes]:
        return super().ending() * 2


class OtherUsage(Streaming):
    """RUN-STREAM-013: the usage in a stream's last event is not that of the run."""

    def event(self, name: str, data: Wire) -> bytes:
        is_last = name == "thread.run.completed"
        return super().event(name, {**data, "usage": self.usage(1, 1)} if is_last else data)


class OtherMessages(Streaming):
    """RUN-STREAM-014: messages in a stream have other ids than those in the thread."""

    def event(self, name: str, data: Wire) -> bytes:
        is_meant = name.startswith("thread.message.")
        return super().event(name, {**data, "id": other(data["id"])} if is_meant else data)


class CallsWithoutId(Streaming):
    """RUN-STREAM-015: the pieces of a function call do not carry its id."""

    def event(self, name: str, data: Wire) -> bytes:
        if name == "thread.run.step.delta":
            details = data["delta"]["step_details"]
            calls = [{k: v for k, v in one.items() if k != "id"} for one in details["tool_calls"]]
            data = {**data, "delta": {"step_details": {**details, "tool_calls": calls}}}
        return super().event(name, data)


class CreatedAtSubmit(Streaming):
    """RUN-STREAM-016: the stream of a submit begins with thread.run.created."""

    def stream(
        self, run: Run, *, first: int, before: list[tuple[str, Wire]]
    ) -> AsyncIterator[bytes]:
        again = [("thread.run.created", self.render_run(run))] if first else before
        return super().stream(run, first=first, before=again)


class SubmitBeginsLate(Streaming):
    """RUN-STREAM-017: the stream of a submit does not say that the step is completed."""

    def stream(
        self, run: Run, *, first: int, before: list[tuple[str, Wire]]
    ) -> AsyncIterator[bytes]:
        return super().stream(run, first=first + 1 if first else 0, before=before)


class NoThreadCreated(Streaming):
    """RUN-STREAM-018: the stream of a new thread's run does not tell the thread."""

    def stream(
        self, run: Run, *, first: int, before: list[tuple[str, Wire]]
    ) -> AsyncIterator[bytes]:
        return super().stream(run, first=first, before=[])


class MessageStaysOpen(Streaming):
    """RUN-STREAM-019: a stream does not say that messages complete."""

    def event(self, name: str, data: Wire) -> bytes:
        return b"" if name == "thread.message.completed" else super().event(name, data)


def without_second(run: Run, name: str) -> list[tuple[str, Wire]]:
    """Return the events of a run without the second of a name."""
    places = [at for at, (event, _) in enumerate(run.log) if event == name]
    lost = places[1] if len(places) > 1 else None
    return [event for at, event in enumerate(run.log) if at != lost]
