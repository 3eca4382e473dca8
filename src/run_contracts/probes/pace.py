"""Pace: when to poll a run again, by what the server asks and by how long runs took before."""

from __future__ import annotations

from run_contracts.contract.operations import POLL_AFTER
from run_contracts.traffic.exchange import Exchange

FIRST_PAUSE, LONGEST_PAUSE, SLOWING = 0.05, 1.0, 4.0
"""Seconds between two polls of a run: the first, the longest, and how they grow."""
LONGEST_PAUSE_IN_SMOKE = 2.0
"""The longest where polls are few, for each is a request of the bound that smoke has."""
A_LITTLE_MORE = 1.1
"""By how much the first poll at a run comes later than the end of the run before it did."""
LONGEST_PART = 0.25
"""The part of the time a run was waited for that may pass until the next poll."""
LONGEST_ASKED = 5.0
"""Seconds between two polls that a server may ask for; what it asks beyond is not followed."""
LONGEST_KEPT, LONGEST_KEPT_IN_SMOKE = 1.0, 4.0
"""Seconds up to which what was learned is kept though runs may be done sooner, for the same
reason."""
LONGEST_LEARNED = 10.0
"""Seconds before the first poll at a run, learned from how long the runs before it took."""

LESS_PATIENT = 4
"""By how much the patience shrinks with each run that does not come to rest within it."""
SHORT_WAIT = 1.0
"""Seconds that runs are waited for where one of them never moved, and none ever came to rest."""


class RunPatience:
    """How many seconds runs are waited for: less with each that did not come to rest.

    It `is_lost` where one of them never moved, and none ever rested: then one poll is enough.
    """

    def __init__(self, seconds: float) -> None:
        """Begin with what the user grants."""
        self.seconds = seconds
        self.is_lost = self._was_rewarded = False

    def rewarded(self) -> None:
        """Remember that a run came to rest."""
        self._was_rewarded = True

    def spent(self, *, is_unmoved: bool) -> None:
        """Remember that a run did not come to rest, and whether its status never changed."""
        is_lost = is_unmoved and not self._was_rewarded
        self.is_lost = self.is_lost or is_lost
        self.seconds = min(self.seconds, SHORT_WAIT) if is_lost else self.seconds / LESS_PATIENT


class Pace:
    """How many seconds runs take, learned from those that were waited for.

    What is `kept` at most is not made less by runs that are done at the first poll.
    """

    def __init__(self, seconds: float | None = None, *, kept: float = LONGEST_KEPT) -> None:
        """Begin with what is known; None is nothing."""
        self.seconds, self._kept = seconds, kept

    @property
    def first_pause(self) -> float:
        """The seconds to wait before the first poll of a run: a little more than runs took."""
        return FIRST_PAUSE if self.seconds is None else self.seconds * A_LITTLE_MORE

    def learn(self, waited: float, polls: int) -> None:
        """Remember how long a run took; one done at the first poll may have been done sooner."""
        if polls > 1 or self.seconds is None:
            self.seconds = min(waited, LONGEST_LEARNED)
        elif self.seconds > self._kept:
            self.seconds /= SLOWING


def next_pause(pause: float, waited: float = 0.0, *, longest: float = LONGEST_PAUSE) -> float:
    """Return the seconds between two polls after a pause: longer, but not too long.

    A run that was waited for long may be seen to end later by a part of that.

    >>> next_pause(0.0), next_pause(0.5), next_pause(1.0), next_pause(8.0, 40.0)
    (0.05, 1.0, 1.0, 10.0)
    """
    return min(max(pause * SLOWING, FIRST_PAUSE), max(longest, waited * LONGEST_PART))


def asked_pause(exchange: Exchange) -> float | None:
    """Return how many seconds a server asks to wait before the next poll; None if it does not."""
    asked = exchange.response.header(POLL_AFTER) or ""
    if not (asked.isascii() and asked.isdigit()):
        return None
    return min(max(float(asked) / 1000, FIRST_PAUSE), LONGEST_ASKED)
