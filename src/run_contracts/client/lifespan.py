"""The start and the stop of an ASGI application, told to it as a server would."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

Message = MutableMapping[str, Any]
Application = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[Message]],
        Callable[[Message], Awaitable[None]],
    ],
    Awaitable[None],
]
PATIENCE = 10.0
"""Seconds an application may take to stop."""


class Lifespan:
    """What an application does from its start to its stop; many do not care and end at once.

    `state` is what it keeps for its requests.
    """

    def __init__(self, application: Application) -> None:
        """Say nothing yet."""
        self._application = application
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._outbox: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.state: dict[str, Any] = {}

    async def start(self) -> str | None:
        """Let it start; return why it could not, None if it could or does not care."""
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self.state,
        }
        self._task = asyncio.create_task(
            self._run(self._application(scope, self._inbox.get, self._outbox.put))
        )
        answer = await self._ask("startup", None)
        if answer is not None and answer["type"] == "lifespan.startup.failed":
            return str(answer.get("message", "")).strip().rpartition("\n")[2] or "no reason given"
        return None

    async def stop(self) -> None:
        """Let it stop, if it started and still runs."""
        if self._task is not None and not self._task.done():
            await self._ask("shutdown", PATIENCE)

    async def _ask(self, what: str, seconds: float | None) -> Message | None:
        """Tell it what happens and return its answer, None if it ended without."""
        await self._inbox.put({"type": f"lifespan.{what}"})
        answer = asyncio.create_task(self._outbox.get())
        assert self._task is not None  # noqa: S101 - it was started
        await asyncio.wait(
            {answer, self._task}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        await asyncio.sleep(0)
        if answer.done():
            return answer.result()
        answer.cancel()
        return None

    async def _run(self, application: Awaitable[None]) -> None:
        """Run it; what it raises it has told before, or it knows no lifespan."""
        with suppress(Exception):
            await application
