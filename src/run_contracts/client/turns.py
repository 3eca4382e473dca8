"""Turns: when the next request may go, where a target takes only so many a second."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock


class Turns:
    """The turns of the requests to a target; all may go at once if there is no `rate`."""

    def __init__(self, rate: float | None, now: Callable[[], float]) -> None:
        """Let the first go at once."""
        self._rate, self._now = rate, now
        self._next, self._lock = 0.0, Lock()

    def take(self) -> float:
        """Take the next turn; return the seconds until then.

        >>> turns = Turns(2.0, now=lambda: 10.0)
        >>> turns.take(), turns.take(), turns.take()
        (0.0, 0.5, 1.0)
        """
        if self._rate is None:
            return 0.0
        with self._lock:
            now = self._now()
            turn = max(now, self._next)
            self._next = turn + 1 / self._rate
        return turn - now
