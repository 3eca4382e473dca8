"""Pace: when to poll a run again, by what the server asks and by how long runs took before."""

from __future__ import annotations

from run_contracts.traffic.exchange import Exchange

FIRST_PAUSE, LONGEST_PAUSE, SLOWING = 0.05, 1.0, 1.5
"""Seconds between two polls of a run: the first, the longest, and how they grow."""
LONGEST_ASKED = 5.0
"""Seconds between two polls that a server may ask for; what it asks beyond is not followed."""
LONGEST_LEARNED = 10.0
"""Seconds before the first poll at a run, learned from how long the runs before it took."""
POLL_AFTER = "openai-poll-after-ms"


class Pace:
    """How many seconds runs take, learned from those that were waited for."""

    def __init__(self, seconds: float | None = None) -> None:
        """Begin with what is known; None is nothing."""
        self._seconds = seconds

    @property
    def first_pause(self) -> float:
        """The seconds to wait before the first poll of a run: 0 if nothing is known."""
        return self._seconds or 0.0

    def learn(self, waited: float, polls: int) -> None:
        """Remember how long a run took; one done at the first poll may have been done sooner."""
        if polls > 1 or self._seconds is None:
            self._seconds = min(waited, LONGEST_LEARNED)
        elif self._seconds > LONGEST_PAUSE:
            self._seconds /= SLOWING


def next_pause(pause: float) -> float:
    """Return the seconds between two polls after a pause: longer, but not too long.

    >>> next_pause(0.0), next_pause(0.5), next_pause(1.0)
    (0.05, 0.75, 1.0)
    """
    return min(max(pause * SLOWING, FIRST_PAUSE), LONGEST_PAUSE)


def asked_pause(exchange: Exchange) -> float | None:
    """Return how many seconds a server asks to wait before the next poll; None if it does not."""
    asked = exchange.response.header(POLL_AFTER) or ""
    if not (asked.isascii() and asked.isdigit()):
        return None
    return min(max(int(asked) / 1000, FIRST_PAUSE), LONGEST_ASKED)
