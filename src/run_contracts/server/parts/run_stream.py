"""Streams: a run's events, sent as they happen on the virtual clock."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.server.clock import Clock
from run_contracts.server.parts.records import TERMINAL, RunRecord, Wire
from run_contracts.server.parts.run_engine import RunEngine

RESTS = frozenset(f"thread.run.{status}" for status in (*TERMINAL, REQUIRES_ACTION))
"""The events after which a stream has nothing more to say."""


class RunStream:
    """Sends the events of runs."""

    def __init__(self, *, clock: Clock, engine: RunEngine) -> None:
        """Send what happens when the engine advances a run."""
        self.clock = clock
        self.engine = engine

    async def frames(
        self, run: RunRecord, *, first: int, before: list[tuple[str, Wire]]
    ) -> AsyncIterator[bytes]:
        """Send what comes before, then the run's events from the first on, until it rests."""
        for name, data in before:
            yield self.frame(name, data)
        sent, is_over = first, False
        while not is_over:
            self.engine.advance(run)
            for name, data in self.events(run)[sent:]:
                yield self.frame(name, data)
                sent, is_over = sent + 1, name in RESTS
                if is_over:
                    break
            else:
                await self.clock.nap(self.engine.due(run))
        for last in self.ending():
            yield last

    def events(self, run: RunRecord) -> list[tuple[str, Wire]]:
        """Return the events of a run so far."""
        return run.events

    def frame(self, name: str, data: Wire) -> bytes:
        """Return one event as a frame."""
        return frame_of(name, json.dumps(data, ensure_ascii=False, separators=(",", ":")))

    def ending(self) -> list[bytes]:
        """Return the frames that end a stream."""
        return [frame_of("done", "[DONE]")]


def frame_of(name: str | None, data: str) -> bytes:
    """Return one event as bytes of the stream.

    >>> frame_of("done", "[DONE]").decode().splitlines()
    ['event: done', 'data: [DONE]', '']
    """
    head = f"event: {name}\n" if name is not None else ""
    return f"{head}data: {data}\n\n".encode()
