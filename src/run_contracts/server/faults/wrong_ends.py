"""Streams that break off, end without an end, or do not end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.server.faults.fault import around, instead_of
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.records import RunRecord, Wire
from run_contracts.server.parts.run_stream import RunStream, frame_of

Frames = Callable[..., AsyncIterator[bytes]]
"""What sends the frames of a run's stream."""


@instead_of(RunStream.ending)
def no_done(server: EditionServer) -> list[bytes]:
    """RUN-STREAM-003: a stream ends without its end marker."""
    return []


@instead_of(RunStream.ending)
def cut_off_done(server: EditionServer) -> list[bytes]:
    """RUN-STREAM-003-b: a stream breaks off within its end marker."""
    return [b"event: done\ndata: [DO"]


@instead_of(RunStream.ending)
def done_is_json(server: EditionServer) -> list[bytes]:
    """RUN-STREAM-003-c: the data of the end marker is an empty object."""
    return [frame_of("done", "{}")]


@around(RunStream.frames)
async def dies_halfway(
    server: EditionServer, inner: Frames, run: RunRecord, **where: Any
) -> AsyncIterator[bytes]:
    """RUN-STREAM-003-d: a stream breaks off where the message is complete."""
    async for frame in inner(run, **where):
        if frame.startswith(b"event: thread.message.completed"):
            raise RuntimeError("broken on purpose")
        yield frame


@around(RunStream.frames)
async def kills_the_server(
    server: EditionServer, inner: Frames, run: RunRecord, **where: Any
) -> AsyncIterator[bytes]:
    """RUN-STREAM-003-e: the end of a message kills the server, which starts again with nothing."""
    async for frame in inner(run, **where):
        if frame.startswith(b"event: thread.message.completed"):
            server.store.threads.clear()
            server.store.assistants.clear()
            raise RuntimeError("broken on purpose")
        yield frame


@around(RunStream.frames)
async def cut_off_by_failure(
    server: EditionServer, inner: Frames, run: RunRecord, **where: Any
) -> AsyncIterator[bytes]:
    """RUN-STREAM-003-f: a stream ends without a word where its model fails."""
    async for frame in inner(run, **where):
        if frame.startswith(b"event: thread.run.step.failed"):
            return
        yield frame


@around(RunStream.frames)
async def dies_of_failure(
    server: EditionServer, inner: Frames, run: RunRecord, **where: Any
) -> AsyncIterator[bytes]:
    """RUN-STREAM-003-g: the connection of a stream dies where its model fails."""
    async for frame in inner(run, **where):
        if frame.startswith(b"event: thread.run.step.failed"):
            raise RuntimeError("broken on purpose")
        yield frame


@around(RunStream.frames)
async def cut_off_by_cancel(
    server: EditionServer, inner: Frames, run: RunRecord, **where: Any
) -> AsyncIterator[bytes]:
    """RUN-STREAM-003-h: a stream ends without a word when its run is cancelled."""
    async for frame in inner(run, **where):
        if frame.startswith(b"event: thread.run.cancelling"):
            return
        yield frame


@around(RunStream.frames)
async def stays_open(
    server: EditionServer, inner: Frames, run: RunRecord, **where: Any
) -> AsyncIterator[bytes]:
    """RUN-STREAM-020: the stream of a run that is cancelled falls silent and stays open."""
    async for frame in inner(run, **where):
        if frame.startswith(b"event: thread.run.cancelled"):
            await asyncio.Event().wait()
        yield frame


@around(RunStream.frame)
def goes_on_to_completed(
    server: EditionServer, inner: Callable[[str, Wire], bytes], name: str, data: Wire
) -> bytes:
    """RUN-LIFE-002-c: a stream tells that its run completed although it was cancelled."""
    if name == "thread.run.cancelling":
        return b""
    if name != "thread.run.cancelled":
        return inner(name, data)
    ended = {"status": COMPLETED, "completed_at": data["cancelled_at"], "cancelled_at": None}
    return inner("thread.run.completed", {**data, **ended})
