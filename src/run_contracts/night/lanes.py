"""Lanes: rounds that share one application in this process, of which one works while others wait.

An application in this process is quick, and its runs take their time all the same. So several
rounds go on at once, each in a thread, and hand the work on whenever they would sleep. What takes
long without asking the application, judging and drawing, is done without it: or an application
would seem to be late that nobody let go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread, get_ident

import httpx2

from run_contracts.client.connection import Connection

TURN_EVERY, TURNS_IN_A_ROW = 0.01, 5
"""Seconds after which an application goes on with what it began, and how often in a row."""


class Baton:
    """Lets one lane send at a time; who sleeps hands it on. Who does not hold it only sleeps."""

    def __init__(self) -> None:
        """Nobody works."""
        self._working = Lock()
        self._holder = 0
        self._lent = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Work alone among those that hold it."""
        self._take()
        try:
            yield
        finally:
            self._hand_on()

    def _take(self) -> None:
        self._working.acquire()
        self._holder = get_ident()

    def _hand_on(self) -> None:
        self._holder = 0
        self._working.release()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let others work meanwhile."""
        if self._holder != get_ident():
            yield
            return
        self._lent += 1
        self._hand_on()
        try:
            yield
        finally:
            self._take()
            self._lent -= 1

    @property
    def is_lent(self) -> bool:
        """Whether somebody waits who will work on."""
        return self._lent > 0

    def sleep(self, seconds: float) -> None:
        """Let others work for some seconds, then work on."""
        with self.aside():
            time.sleep(seconds)

    @staticmethod
    @contextmanager
    def turning(turn: Callable[[float], None]) -> Iterator[None]:
        """Let an application go on with what it began, whoever works or sleeps meanwhile."""
        is_over = Event()

        def go_on() -> None:
            while not is_over.wait(TURN_EVERY):
                for _ in range(TURNS_IN_A_ROW):
                    turn(0.0)

        turning = Thread(target=go_on, daemon=True)
        turning.start()
        try:
            yield
        finally:
            is_over.set()
            turning.join()


class KeptTransport(httpx2.BaseTransport):
    """A transport that many sessions use one after the other; none of them closes it."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        """Pass everything on."""
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return its answer."""
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Leave it open for the next session."""


def shared(connection: Connection, baton: Baton) -> Connection:
    """Return a connection that the lanes of a worker share."""
    assert connection.transport is not None  # noqa: S101 - an application has one
    return Connection(
        transport=KeptTransport(connection.transport),
        now=connection.now,
        sleep=baton.sleep,
        aside=baton.aside,
        name=connection.name,
    )
