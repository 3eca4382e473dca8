"""A way to an ASGI application without sockets, for every httpx2 client that is not async.

Requests of several threads meet in one event loop, which turns only while somebody waits for an
answer. Streamed answers arrive piece by piece: the application goes on as its reader does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from threading import Event, Lock

import httpx2

from run_contracts.client.application_call import ApplicationCall
from run_contracts.client.lifespan import Application, Lifespan, Message
from run_contracts.client.receiving import RAISED
from run_contracts.errors import Unreachable
from run_contracts.traffic.exchange import SERVER_ERROR

NAP = 0.05
"""Seconds the loop turns in one go while somebody sleeps, so that other threads get in."""

QUICK_TURNS = 20
"""Turns of the loop in which an answer that takes no time has come."""
BODILESS = frozenset({204, 304})
"""Statuses of answers that have no body, whatever length they name."""
DIGITS_OF_LENGTH = 16
"""Digits of a length that nothing has."""


class BrokenOff(httpx2.RemoteProtocolError):
    """An application ended its answer too soon; `traceback` is what it raised, if it did."""

    def __init__(self, reason: str, traceback: str) -> None:
        """Keep both."""
        super().__init__(f"Server disconnected: {reason}")
        self.traceback = traceback


class InProcess(httpx2.BaseTransport):
    """Sends requests to an ASGI application in this process.

    `arriving` is called before each request. An application that breaks off is told as a server
    that does: with `httpx2.RemoteProtocolError`. The extension `raised` of a response returns what
    the application raised at the request, as text. While an answer takes its time the loop turns;
    with `aside` it does not, and others may use the transport, and turn the loop, inside of that.
    """

    def __init__(
        self,
        application: Application,
        *,
        arriving: Callable[[], None] | None = None,
        aside: Callable[[], AbstractContextManager[None]] | None = None,
    ) -> None:
        """Open the event loop; nothing runs yet."""
        self._aside = aside
        self._application = application
        self._arriving = arriving
        self._loop = asyncio.new_event_loop()
        self._turning = Lock()
        self._lifespan: Lifespan | None = None

    def start(self) -> None:
        """Tell the application that it starts, as a server does; raise `Unreachable` if it fails.

        `close` then tells it that it stops.
        """
        self._lifespan = Lifespan(self._application)
        with self._turning:
            reason = self._loop.run_until_complete(self._lifespan.start())
        if reason is not None:
            raise Unreachable(f"the application did not start: {reason}")

    def sleep(self, seconds: float) -> None:
        """Let seconds pass in which the application goes on with what it began.

        In none it goes on with what it can without waiting.
        """
        deadline, is_over = time.monotonic() + seconds, False
        while not is_over:
            left = max(0.0, deadline - time.monotonic())
            is_over = left <= NAP
            with self._turning:
                self._loop.run_until_complete(asyncio.sleep(min(left, NAP)))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer as soon as it begins."""
        if self._arriving is not None:
            self._arriving()
        body = request.read()
        seconds = (request.extensions.get("timeout") or {}).get("read")
        state = self._lifespan.state if self._lifespan is not None else {}
        call = ApplicationCall(request, body, state)
        answer = _Answer(call, lambda awaited: self._turn(request, awaited, seconds))
        self._begin(call)
        try:
            start = answer.next_message()
        except BaseException:
            answer.close()
            raise
        answer.has_failed = start["status"] >= SERVER_ERROR
        answer.claims = _claimed(start, request.method)
        return httpx2.Response(
            start["status"],
            headers=start.get("headers", []),
            stream=answer,
            extensions={RAISED: call.raised},
        )

    def _begin(self, call: ApplicationCall) -> None:
        """Let the application begin with a request, also while it works at another one.

        So requests that are under way at the same time may meet in it, as they do on a network.
        """
        if self._turning.acquire(blocking=False):
            try:
                call.begin(self._loop, self._application)
            finally:
                self._turning.release()
        else:
            self._loop.call_soon_threadsafe(call.begin, self._loop, self._application)

    def close(self) -> None:
        """Stop what still runs, and the loop."""
        with self._turning:
            if not self._loop.is_closed():
                if self._lifespan is not None:
                    self._loop.run_until_complete(self._lifespan.stop())
                left = asyncio.all_tasks(self._loop)
                for task in left:
                    task.cancel()
                if left:
                    self._loop.run_until_complete(asyncio.wait(left))
                self._loop.close()

    def _turn(
        self, request: httpx2.Request, awaited: Awaitable[Message], seconds: float | None
    ) -> Message:
        """Turn the loop until something came; raise `ReadTimeout` if nothing does in time."""
        if self._aside is not None:
            return self._turned_by_others(self._aside, request, awaited, seconds)
        with self._turning:
            try:
                return self._loop.run_until_complete(_in_time(awaited, seconds))
            except TimeoutError:
                raise httpx2.ReadTimeout("no answer in time", request=request) from None

    def _turned_by_others(
        self,
        aside: Callable[[], AbstractContextManager[None]],
        request: httpx2.Request,
        awaited: Awaitable[Message],
        seconds: float | None,
    ) -> Message:
        """Turn the loop a little; if nothing came, let others turn it until something has."""
        task = asyncio.ensure_future(awaited, loop=self._loop)
        with self._turning:
            self._loop.run_until_complete(_some_turns(task))
        if not task.done():
            came = Event()
            task.add_done_callback(lambda _: came.set())
            with aside():
                came.wait(seconds)
        if not task.done():
            task.cancel()
            with self._turning:
                self._loop.run_until_complete(_some_turns(task))
            raise httpx2.ReadTimeout("no answer in time", request=request)
        return task.result()


async def _some_turns(task: asyncio.Future[Message]) -> None:
    """Let others in the loop go on for some turns, or until a task is done."""
    for _ in range(QUICK_TURNS):
        if task.done():
            return
        await asyncio.sleep(0)


async def _in_time(awaited: Awaitable[Message], seconds: float | None) -> Message:
    """Return what is awaited; unlike `asyncio.wait_for`, without a task beside this one."""
    async with asyncio.timeout(seconds):
        return await awaited


def _claimed(start: Message, method: str) -> int:
    """Return how long a body says that it is at least; 0 where it says nothing, or has none."""
    if method == "HEAD" or start["status"] in BODILESS:
        return 0
    named = {name.lower(): value for name, value in start.get("headers", [])}
    length = bytes(named.get(b"content-length", b""))
    return int(length) if length.isdigit() and len(length) < DIGITS_OF_LENGTH else 0


class _Answer(httpx2.SyncByteStream):
    """The answer to one request, read piece by piece."""

    def __init__(
        self, call: ApplicationCall, turn: Callable[[Awaitable[Message]], Message]
    ) -> None:
        self._call = call
        self._turn = turn
        self.has_failed = False
        self.claims = 0

    def next_message(self) -> Message:
        """Return what the application sends next; raise if it broke off."""
        message = self._turn(self._call.sent.get())
        if message["type"] == "broken":
            raise BrokenOff(message["reason"], self._call.raised())
        return message

    def __iter__(self) -> Iterator[bytes]:
        came = 0
        while True:
            message = self.next_message()
            came += len(message.get("body", b""))
            yield message.get("body", b"")
            if not message.get("more_body", False):
                break
        if came < self.claims:
            reason = f"it sent {came} of the {self.claims} bytes that its Content-Length says"
            raise BrokenOff(reason, self._call.raised())
        if self.has_failed:
            self._turn(self._call.last_words())

    def close(self) -> None:
        """Let the application know that nobody reads on."""
        if self._call.task is not None:
            self._call.task.cancel()
        # What nobody reads on is not kept until the loop turns again.
        while not self._call.sent.empty():
            self._call.sent.get_nowait()
