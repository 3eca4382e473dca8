"""Time and ids of the reference server: virtual, and the same for the same seed."""

from __future__ import annotations

import asyncio
import math
import random
import string
import time

from run_contracts.errors import UsageError

LENGTH = 24
LONGEST_NAP = 0.05
"""Real seconds between two looks of a stream: another request may cancel its run meanwhile."""
SHORTEST_NAP = 0.001
_ALPHABET = string.ascii_letters + string.digits


class Clock:
    """Virtual time: starts at an epoch and runs `speed` times as fast as real time."""

    def __init__(self, *, speed: float, epoch: int | None) -> None:
        """Start now."""
        self._speed = speed
        self._epoch = time.time() if epoch is None else float(epoch)
        self._started = time.monotonic()

    def now(self) -> float:
        """Return the virtual time in seconds since the Unix epoch."""
        return self._epoch + (time.monotonic() - self._started) * self._speed

    def advance(self, seconds: float) -> None:
        """Let virtual seconds pass at once; time does not go back."""
        if not (math.isfinite(seconds) and seconds >= 0):
            raise UsageError(f"{seconds!r} is not a number of seconds, 0 or more, to advance by")
        self._epoch += seconds

    def real_seconds_until(self, moment: float) -> float:
        """Return how many real seconds pass until a virtual moment; 0 if it is past."""
        return max(0.0, (moment - self.now()) / self._speed)

    async def nap(self, until: float) -> None:
        """Wait for a virtual moment, but no longer than a stream may go without a look."""
        seconds = self.real_seconds_until(until)
        await asyncio.sleep(max(SHORTEST_NAP, min(seconds, LONGEST_NAP)))


class PatientClock(Clock):
    """Virtual time that passes only when somebody waits, so that waiting costs nothing.

    Its clients share it: they sleep by `sleep` and look at `seconds`.
    """

    def __init__(self, *, speed: float, epoch: int | None) -> None:
        """Stand still."""
        super().__init__(speed=speed, epoch=epoch)
        self._passed = 0.0

    def now(self) -> float:
        """Return the virtual time in seconds since the Unix epoch."""
        return self._epoch + self._passed

    def seconds(self) -> float:
        """Return the seconds that have passed for a client."""
        return self._passed / self._speed

    def sleep(self, seconds: float) -> None:
        """Let a client's seconds pass."""
        self._passed += seconds * self._speed

    async def nap(self, until: float) -> None:
        """Be at a virtual moment at once; for one that never comes, wait like anybody."""
        if math.isinf(until):
            await super().nap(until)
        else:
            self._passed += max(0.0, until - self.now())
            await asyncio.sleep(0)


class Ids:
    """Ids in the form of the wire: a prefix and 24 letters and digits."""

    def __init__(self, seed: int | str) -> None:
        """Seed the sequence; the same seed gives the same ids in the same order."""
        self._random = random.Random(seed)  # noqa: S311 - ids of a test server, not secrets

    def new(self, prefix: str) -> str:
        """Return the next id, e.g. ``run_`` and 24 characters."""
        return prefix + "".join(self._random.choices(_ALPHABET, k=LENGTH))
