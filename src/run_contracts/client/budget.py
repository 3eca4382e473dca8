"""Budget and safety: how much a check may send, what it spent, and when a server wants quiet."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from threading import Lock

from run_contracts.errors import BudgetExceeded, ProfileSpent
from run_contracts.traffic.exchange import RETRY_AFTER, Response

MOST_WAITS, LONGEST_WAIT = 3, 60.0
"""How often one request waits because the server asked for it, and the seconds each time."""
LONGER = 4.0
"""By how much the pauses grow, from one second on, where a server does not say how long."""
USUAL_SECONDS = 600.0
"""Seconds that a check may take unless something else is said; the clean-up is not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a check may send at most: requests, runs that are created, and seconds. None: any."""

    requests: int | None = None
    runs: int | None = None
    seconds: float | None = None

    def __str__(self) -> str:
        """Return the bounds as they are given to a check, without those that are the usual ones.

        >>> str(Budget(requests=100, seconds=60))
        '--max-requests 100 --max-seconds 60'
        """
        named = {"requests": self.requests, "runs": self.runs, "seconds": self.seconds}
        return " ".join(
            f"--max-{what} {most:g}"
            for what, most in named.items()
            if most not in (None, USUAL_SECONDS if what == "seconds" else None)
        )


UNBOUNDED = Budget()
USUAL = Budget(seconds=USUAL_SECONDS)
"""What a check may spend unless something else is said."""


class Account:
    """What a check has spent of its budget; several threads may spend at once.

    `bound` is how many requests its profile ever sends, unless a budget says otherwise, and
    `most_runs` how many runs.
    """

    def __init__(
        self,
        budget: Budget,
        now: Callable[[], float],
        bound: int | None = None,
        most_runs: int | None = None,
    ) -> None:
        """Begin to count the seconds, which `now` tells."""
        self._budget, self._now, self._bound = budget, now, bound
        self._most_runs = most_runs
        self._ends_at = math.inf if budget.seconds is None else now() + budget.seconds
        self._requests = self._runs = 0
        self._counting = Lock()

    @property
    def seconds_left(self) -> float:
        """The seconds that are left, infinite if they are not bounded."""
        return max(0.0, self._ends_at - self._now())

    def spend(self, *, is_run: bool) -> None:
        """Count a request before it is sent; raise `BudgetExceeded` if there is none left for it.

        It is `ProfileSpent` if the profile ends it.

        With `is_run` it asks for a run.
        """
        with self._counting:
            if self.seconds_left <= 0:
                raise self.spent("seconds")
            if self._requests == self._budget.requests:
                raise self.spent("requests")
            if self._requests == self._bound:
                raise ProfileSpent(
                    f"a smoke check sends {self._bound} requests at most, and they are sent; "
                    "--max-requests sets another bound"
                )
            if is_run and self._runs == self._budget.runs:
                raise self.spent("runs")
            if is_run and self._runs == self._most_runs:
                raise ProfileSpent(
                    f"the profile asks for {self._most_runs} runs at most, and they are there; "
                    "--max-runs sets another bound"
                )
            self._requests += 1
            self._runs += is_run

    def give_back_run(self) -> None:
        """Count a run less: it was refused."""
        with self._counting:
            self._runs -= 1

    def spent(self, what: str) -> BudgetExceeded:
        """Return the error for a budget that is spent."""
        most = getattr(self._budget, what)
        return BudgetExceeded(f"the budget is spent (--max-{what} {most:g})")


def asked_wait(header: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks to wait; None if it does not say.

    >>> asked_wait("7"), asked_wait("Thu, 01 Jan 1970 00:00:00 GMT"), asked_wait("soon")
    (7.0, 0.0, None)
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None


def pause_before(retry_after: str | None, waits: int) -> float | None:
    """Return how long to wait before a request that was put off, and waited so often, goes again.

    It is what the server asks for, or longer each time if it does not say. None if it was put off
    too often, or for too long.

    >>> [pause_before(None, waits) for waits in range(4)], pause_before("7", 2)
    ([1.0, 4.0, 16.0, None], 7.0)
    """
    asked = asked_wait(retry_after)
    seconds = LONGER**waits if asked is None else asked
    return seconds if waits < MOST_WAITS and seconds <= LONGEST_WAIT else None


def put_off_reason(response: Response, times: int) -> str:
    """Return in words that a server puts off all that is asked of it."""
    asked = asked_wait(response.header(RETRY_AFTER))
    because = f" after {MOST_WAITS} waits"
    if asked is not None and asked > LONGEST_WAIT:
        because = f" and asks to wait {asked:.0f} seconds; a check waits {LONGEST_WAIT:.0f} at most"
    return f"answers {response.status}{because}, {times} requests in a row"
