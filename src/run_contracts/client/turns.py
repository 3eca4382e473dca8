"""Turns: when the next request may go, by the rate of a target and by what its server asks for."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Lock

from run_contracts.client.budget import Account
from run_contracts.client.connection import Connection
from run_contracts.traffic.exchange import Response


class Turns:
    """Lets time pass between requests; several threads may wait for their turn.

    `waited` is for how many seconds the server asked.
    """

    def __init__(self, rate: float | None, connection: Connection, account: Account) -> None:
        """`rate` is how many requests a second may go; None if it does not matter."""
        self._pause = 0.0 if rate is None else 1 / rate
        self._now, self._sleep = connection.now, connection.sleep
        self._aside = connection.aside
        self._account = account
        self._next = self.waited = 0.0
        self._counting = Lock()

    def sleep(self, seconds: float) -> None:
        """Let time pass, not more than the budget has."""
        self._sleep(min(seconds, self._account.seconds_left))

    def awaited(self, answer: Future[Response | None]) -> Response | None:
        """Return the answer that another thread waits for; meanwhile others may work."""
        with self._aside():
            return answer.result()

    def take(self) -> None:
        """Wait until another request may go."""
        if not self._pause:
            return
        with self._counting:
            now = self._now()
            turn = max(now, self._next)
            self._next = turn + self._pause
        self.sleep(turn - now)

    def wait(self, seconds: float) -> None:
        """Wait because the server asked for it."""
        self._sleep(seconds)
        with self._counting:
            self.waited += seconds
