"""Budget and safety: how much a check may send, what it spent, and when a server wants quiet."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from threading import Lock

from run_contracts.errors import BudgetExceeded

MOST_WAITS, LONGEST_WAIT = 3, 60.0
"""How often one request waits because the server asked for it, and the seconds each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a check may send at most: requests, runs that are created, and seconds. None: any."""

    requests: int | None = None
    runs: int | None = None
    seconds: float | None = None

    def __str__(self) -> str:
        """Return the bounds as they are given to a check, empty if there are none.

        >>> str(Budget(requests=100, seconds=60))
        '--max-requests 100 --max-seconds 60'
        """
        named = {"requests": self.requests, "runs": self.runs, "seconds": self.seconds}
        return " ".join(
            f"--max-{what} {most:g}" for what, most in named.items() if most is not None
        )


UNBOUNDED = Budget()


class Account:
    """What a check has spent of its budget; several threads may spend at once."""

    def __init__(self, budget: Budget, now: Callable[[], float]) -> None:
        """Begin to count the seconds, which `now` tells."""
        self._budget, self._now = budget, now
        self._ends_at = math.inf if budget.seconds is None else now() + budget.seconds
        self._requests = self._runs = 0
        self._counting = Lock()

    @property
    def seconds_left(self) -> float:
        """The seconds that are left, infinite if they are not bounded."""
        return max(0.0, self._ends_at - self._now())

    def spend(self, *, is_run: bool) -> None:
        """Count a request before it is sent; raise `BudgetExceeded` if there is none left for it.

        With `is_run` it asks for a run.
        """
        with self._counting:
            if self.seconds_left <= 0:
                raise self.spent("seconds")
            if self._requests == self._budget.requests:
                raise self.spent("requests")
            if is_run and self._runs == self._budget.runs:
                raise self.spent("runs")
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


def checked_wait(seconds: float, waits: int, account: Account, request: str) -> float:
    """Return how long to wait before a request is sent again that waited so often already.

    Raises `BudgetExceeded` if the server asks for more than is granted.
    """
    if waits >= MOST_WAITS:
        raise BudgetExceeded(f"{request}: answers 429 after {waits} waits that it asked for")
    if seconds > LONGEST_WAIT:
        raise BudgetExceeded(
            f"{request}: answers 429 and asks to wait {seconds:.0f} seconds; "
            f"a check waits {LONGEST_WAIT:.0f} at most"
        )
    if seconds >= account.seconds_left:
        raise account.spent("seconds")
    return seconds
