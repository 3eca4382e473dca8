"""Streams: a run's events, sent as they happen on the virtual clock."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from run_contracts.server.records import Run, Wire
from run_contracts.server.rendering import ENDED
from run_contracts.server.service import Service

RESTS = frozenset(f"thread.run.{status}" for status in (*ENDED, "requires_action"))
"""The events after which a stream has nothing more to say."""


def frame(name: str | None, data: str) -> bytes:
    """Return one event as bytes of the stream."""
    head = f"event: {name}\n" if name is not None else ""
    return f"{head}data: {data}\n\n".encode()


class Streaming(Service):
    """The service as a sender of events."""

    async def stream(
        self, run: Run, *, first: int, before: list[tuple[str, Wire]]
    ) -> AsyncIterator[bytes]:
        """Send what comes before, then the run's events from the first on, until it rests."""
        for name, data in before:
            yield self.event(name, data)
        sent, is_over = first, False
        while not is_over:
            self.advance(run)
            for name, data in self.events(run)[sent:]:
                yield self.event(name, data)
                sent, is_over = sent + 1, name in RESTS
                if is_over:
                    break
            else:
                await self.clock.nap(self.due(run))
        for last in self.ending():
            yield last

    def events(self, run: Run) -> list[tuple[str, Wire]]:
        """Return the events of a run so far."""
        return run.log

    def event(self, name: str, data: Wire) -> bytes:
        """Return one event as a frame."""
        return frame(name, json.dumps(data, ensure_ascii=False, separators=(",", ":")))

    def ending(self) -> list[bytes]:
        """Return the frames that end a stream."""
        return [frame("done", "[DONE]")]
