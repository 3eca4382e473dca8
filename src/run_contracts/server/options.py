"""What the reference server is told at its start."""

from __future__ import annotations

import math
from dataclasses import dataclass

from run_contracts.errors import UsageError

KEY = "sk-reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """How the reference server behaves. Times are in its own, virtual, seconds.

    `speed` is how many of them pass in a real second; `epoch` is the virtual time of the start,
    in seconds since the Unix epoch, None for now.
    """

    api_key: str = KEY
    seed: int = 0
    speed: float = 1.0
    queue_seconds: float = 0.2
    work_seconds: float = 1.0
    cancel_seconds: float = 0.5
    expires_after: int = 600
    epoch: int | None = None
    faults: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not (math.isfinite(self.speed) and self.speed > 0):
            raise UsageError(f"speed {self.speed} is not a number above 0")
        if not self.api_key:
            raise UsageError("the API key is empty; give one for clients to send")
        for name in ("queue_seconds", "work_seconds", "cancel_seconds"):
            if not getattr(self, name) >= 0:
                raise UsageError(f"{name} {getattr(self, name)} is not 0 or more")

    @classmethod
    def for_checking(cls, *, seed: int = 0, faults: tuple[str, ...] = ()) -> ServerOptions:
        """Return options under which a whole life, expiry included, passes in seconds."""
        return cls(
            seed=seed,
            faults=faults,
            speed=300.0,
            queue_seconds=9.0,
            work_seconds=36.0,
            cancel_seconds=9.0,
        )
