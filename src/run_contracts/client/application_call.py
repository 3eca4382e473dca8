"""One request as an ASGI application sees it, and what the application sends back."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import httpx2

from run_contracts.client.lifespan import Application, Message

LAST_FRAMES, LONGEST_TRACEBACK = 8, 4000
"""How much is kept of what an application raises: frames, and characters of their text."""
LAST_WORDS = 0.1
"""Seconds an application has, after it answered that it failed, to raise why."""


class ApplicationCall:
    """One request as the application sees it, and what it sends back."""

    def __init__(self, request: httpx2.Request, body: bytes, state: dict[str, Any]) -> None:
        url = request.url
        self._body = [body]
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.split(b"?")[0],
            "query_string": url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("127.0.0.1", 1),
            "server": (url.host, url.port),
            "state": dict(state),
        }
        self.sent: asyncio.Queue[Message] = asyncio.Queue(maxsize=1)
        self.task: asyncio.Task[None] | None = None
        self.error: Exception | None = None

    def begin(self, loop: asyncio.AbstractEventLoop, application: Application) -> None:
        """Start to run in a loop."""
        self.task = loop.create_task(self.run(application))

    async def run(self, application: Application) -> None:
        """Let the application answer; whatever it raises, the reader learns that it has ended."""
        try:
            await application(self._scope, self._receive, self.sent.put)
        except Exception as error:
            self.error = error
            await self.sent.put({"type": "broken", "reason": repr(error)})
        else:
            await self.sent.put({"type": "broken", "reason": "the answer never ended"})

    def raised(self) -> str:
        """Return what the application raised, its last frames; empty if nothing."""
        if self.error is None:
            return ""
        lines = traceback.format_exception(self.error, limit=-LAST_FRAMES)
        return _last_lines("".join(lines))

    async def last_words(self) -> Message:
        """Wait a moment for the application to end; one that failed may raise why only then."""
        if self.task is not None:
            await asyncio.wait({self.task}, timeout=LAST_WORDS)
        return {}

    async def _receive(self) -> Message:
        if self._body:
            return {"type": "http.request", "body": self._body.pop(), "more_body": False}
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}


def _last_lines(text: str) -> str:
    """Return the last lines of a traceback, each whole, as far as they are not too long.

    Of one line that is, the beginning: half a secret at the front of a text would not be found.
    """
    if len(text) <= LONGEST_TRACEBACK:
        return text
    whole = text[-LONGEST_TRACEBACK:].partition("\n")[2]
    return whole or text.rstrip("\n").rpartition("\n")[2][:LONGEST_TRACEBACK]
