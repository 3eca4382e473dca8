"""Streams that break off, end without an end, or do not end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from run_contracts.server.event_frames import Streaming, frame
from run_contracts.server.records import Run, Wire


class NoDone(Streaming):
    """RUN-STREAM-003: a stream ends without its end marker."""

    def ending(self) -> list[bytes]:
        return []


class CutOffDone(Streaming):
    """RUN-STREAM-003-b: a stream breaks off within its end marker."""

    def ending(self) -> list[bytes]:
        return [b"event: done\ndata: [DO"]


class DoneIsJson(Streaming):
    """RUN-STREAM-003-c: the data of the end marker is an empty object."""

    def ending(self) -> list[bytes]:
        return [frame("done", "{}")]


class NoCompleted(Streaming):
    """RUN-STREAM-007: a stream does not say that its run completed."""

    def event(self, name: str, data: Wire) -> bytes:
        return b"" if name == "thread.run.completed" else super().event(name, data)


class NoFailed(Streaming):
    """RUN-STREAM-007-b: a stream does not say that its run failed."""

    def event(self, name: str, data: Wire) -> bytes:
        return b"" if name == "thread.run.failed" else super().event(name, data)


class NoCancelled(Streaming):
    """RUN-STREAM-007-c: a stream does not say that its run was cancelled."""

    def event(self, name: str, data: Wire) -> bytes:
        return b"" if name == "thread.run.cancelled" else super().event(name, data)


class DiesHalfWay(Streaming):
    """RUN-STREAM-003-d: a stream breaks off where the message is complete."""

    async def stream(
        self, run: Run, *, first: int, before: list[tuple[str, Wire]]
    ) -> AsyncIterator[bytes]:
        async for sent in super().stream(run, first=first, before=before):
            if sent.startswith(b"event: thread.message.completed"):
                raise RuntimeError("broken on purpose")
            yield sent


class KillsTheServer(Streaming):
    """RUN-STREAM-003-e: the end of a message kills the server, which starts again with nothing."""

    async def stream(
        self, run: Run, *, first: int, before: list[tuple[str, Wire]]
    ) -> AsyncIterator[bytes]:
        async for sent in super().stream(run, first=first, before=before):
            if sent.startswith(b"event: thread.message.completed"):
                self.threads.clear()
                self.assistants.clear()
                raise RuntimeError("broken on purpose")
            yield sent


class CutOffByFailure(Streaming):
    """RUN-STREAM-003-f: a stream ends without a word where its model fails."""

    async def stream(self, run: Run, **parts: Any) -> AsyncIterator[bytes]:
        async for sent in super().stream(run, **parts):
            if sent.startswith(b"event: thread.run.step.failed"):
                return
            yield sent


class DiesOfFailure(Streaming):
    """RUN-STREAM-003-g: the connection of a stream dies where its model fails."""

    async def stream(self, run: Run, **parts: Any) -> AsyncIterator[bytes]:
        async for sent in super().stream(run, **parts):
            if sent.startswith(b"event: thread.run.step.failed"):
                raise RuntimeError("broken on purpose")
            yield sent


class CutOffByCancel(Streaming):
    """RUN-STREAM-003-h: a stream ends without a word when its run is cancelled."""

    async def stream(self, run: Run, **parts: Any) -> AsyncIterator[bytes]:
        async for sent in super().stream(run, **parts):
            if sent.startswith(b"event: thread.run.cancelling"):
                return
            yield sent


class StaysOpen(Streaming):
    """RUN-STREAM-020: the stream of a run that is cancelled falls silent and stays open."""

    async def stream(self, run: Run, **parts: Any) -> AsyncIterator[bytes]:
        async for sent in super().stream(run, **parts):
            if sent.startswith(b"event: thread.run.cancelled"):
                await asyncio.Event().wait()
            yield sent


class GoesOnToCompleted(Streaming):
    """RUN-LIFE-002-c: a stream tells that its run completed although it was cancelled."""

    def event(self, name: str, data: Wire) -> bytes:
        if name == "thread.run.cancelling":
            return b""
        if name != "thread.run.cancelled":
            return super().event(name, data)
        ended = {"status": "completed", "completed_at": data["cancelled_at"], "cancelled_at": None}
        return super().event("thread.run.completed", {**data, **ended})
