"""Timeouts: how long an answer is waited for, by how often it did not come in time before."""

from __future__ import annotations

from collections import Counter
from threading import Lock

from run_contracts.client.body_reader import LONGEST_STREAM

LESS_PATIENT = 4
"""By how much the time for an answer shrinks with each that did not come in time."""
LEAST_TIMEOUT = 1.5
"""Seconds below which it does not shrink."""
LEAST_OF_NEW = 5.0
"""Seconds below which it does not shrink for a kind that was always answered in time, or is new."""
MOST_SILENCES = 3
"""Answers that did not come in time, for a kind of request that never succeeded: no more of it is
sent."""
MOST_OF_ALL = 10
"""The same for a kind that succeeds now and then."""


class Timeouts:
    """How long each kind of request is waited for; several threads may ask at once.

    A kind that had no answer in time is waited for less and less, and as long as at first again
    once it succeeds: what is refused may never come to where it hangs. For a kind that was late
    twice and succeeds now and then the time stays short. Where other kinds hang, one that never
    succeeded is not waited for as long as they were.
    """

    def __init__(self, timeout: float) -> None:
        """Begin with the seconds that every request may take."""
        self._timeout = timeout
        self._succeeded: set[str] = set()
        self._in_a_row, self._late = Counter[str](), Counter[str]()
        self._learning = Lock()

    def next(self, kind: str) -> float:
        """Return how many seconds the next request of a kind may take to be answered."""
        times = max(self._in_a_row[kind], self._late[kind] - 1)
        shorter = self._timeout / float(LESS_PATIENT**times)
        if not times and kind not in self._succeeded:
            hanging = sum(1 for other in self._late if other not in self._succeeded)
            shorter = max(self._timeout / float(LESS_PATIENT**hanging), LEAST_OF_NEW)
        return min(max(shorter, LEAST_TIMEOUT), self._timeout)

    def stream(self, kind: str) -> float:
        """Return how many seconds the next stream of a kind is read."""
        return LONGEST_STREAM * self.next(kind) / self._timeout

    def is_spent(self, kind: str) -> bool:
        """Whether no more requests of a kind are worth sending."""
        most = MOST_OF_ALL if kind in self._succeeded else MOST_SILENCES
        return self._late[kind] >= most

    def late(self, kind: str) -> None:
        """Remember that a request of a kind was not answered in time."""
        with self._learning:
            self._late[kind] += 1
            self._in_a_row[kind] += 1

    def succeeded(self, kind: str) -> None:
        """Remember that a request of a kind was answered as was hoped."""
        if kind not in self._succeeded or self._in_a_row[kind]:
            with self._learning:
                self._succeeded.add(kind)
                self._in_a_row[kind] = 0
