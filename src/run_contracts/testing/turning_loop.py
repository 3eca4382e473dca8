"""An event loop in a thread of its own, for callers that are not async, in whatever they run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from threading import Lock, Thread, current_thread
from typing import Any, TypeVar

import httpx2

from run_contracts.errors import UsageError

LAST_SECONDS = 1.0
"""Seconds that what is cancelled has to end."""
CLOSED = "the server was closed"
Result = TypeVar("Result")


class TurningLoop:
    """An event loop that turns in its thread from the first use until it is closed.

    Several threads may wait for results at once, also such in which another loop runs.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._is_closed = False
        self._lock = Lock()

    def result(self, awaited: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Return what a coroutine does; raise `httpx2.ReadError` once the loop is closed.

        >>> turning = TurningLoop()
        >>> turning.result(lambda: asyncio.sleep(0, "done"))
        'done'
        >>> turning.close()
        """
        waiting = self._begun(awaited)
        try:
            return waiting.result()
        except CancelledError:
            raise httpx2.ReadError(CLOSED) from None
        except BaseException:
            waiting.cancel()
            raise

    def soon(self, call: Callable[[], object]) -> None:
        """Do something in the loop; nothing once it is closed."""
        with self._lock:
            if self._loop is not None and not self._is_closed:
                self._loop.call_soon_threadsafe(call)

    def close(self) -> None:
        """Cancel what runs, and end the loop and its thread; again it does nothing."""
        with self._lock:
            is_first, self._is_closed = not self._is_closed, True
            loop, thread = self._loop, self._thread
            if loop is None or thread is None or not is_first:
                return
            # Under the lock, so that nothing is begun after what cancels all.
            ending = asyncio.run_coroutine_threadsafe(_cancel_all(), loop)
        ending.result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _begun(self, awaited: Callable[[], Coroutine[Any, Any, Result]]) -> Future[Result]:
        if current_thread() is self._thread:
            raise UsageError("the server would wait for itself; ask it outside of what it calls")
        with self._lock:
            if self._is_closed:
                raise httpx2.ReadError(CLOSED)
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(
                    target=self._loop.run_forever, name="server-in-process", daemon=True
                )
                self._thread.start()
            return asyncio.run_coroutine_threadsafe(awaited(), self._loop)


async def _cancel_all() -> None:
    """Cancel all other tasks of the loop, and wait for their end."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=LAST_SECONDS)
    await asyncio.get_running_loop().shutdown_asyncgens()
