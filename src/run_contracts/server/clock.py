"""Time and ids of the reference server: virtual, and the same for the same seed."""

from __future__ import annotations

import random
import string
import time

LENGTH = 24
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

    def real_seconds_until(self, moment: float) -> float:
        """Return how many real seconds pass until a virtual moment; 0 if it is past."""
        return max(0.0, (moment - self.now()) / self._speed)


class Ids:
    """Ids in the form of the wire: a prefix and 24 letters and digits."""

    def __init__(self, seed: int | str) -> None:
        """Seed the sequence; the same seed gives the same ids in the same order."""
        self._random = random.Random(seed)  # noqa: S311 - ids of a test server, not secrets

    def new(self, prefix: str) -> str:
        """Return the next id, e.g. ``run_`` and 24 characters."""
        return prefix + "".join(self._random.choices(_ALPHABET, k=LENGTH))
