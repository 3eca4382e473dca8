"""What the reference server is told at its start."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from run_contracts.errors import UsageError
from run_contracts.server.given_values import as_given, is_number

DEFAULT_KEY = "sk-reference"
LARGEST_BODY = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """How the reference server behaves. Times are in its own, virtual, seconds.

    `speed` is how many of them pass in a real second; `epoch` is the virtual time of the start,
    in seconds since the Unix epoch, None for now. With `poll_after_ms` each answer says after how
    many milliseconds a run may be read again. `faults` are ids of `run_contracts.server.FAULTS`,
    `degradations` of `run_contracts.server.degradations`. Raises `UsageError` for what cannot be.

    >>> ServerOptions(speed=0)
    Traceback (most recent call last):
    run_contracts.errors.UsageError: speed 0 is not a number above 0
    """

    api_key: str = DEFAULT_KEY
    seed: int = 0
    speed: float = 1.0
    queue_seconds: float = 0.2
    work_seconds: float = 1.0
    cancel_seconds: float = 0.5
    expires_after: int = 600
    epoch: int | None = None
    poll_after_ms: int | None = None
    faults: tuple[str, ...] = ()
    degradations: tuple[str, ...] = ()
    max_body_bytes: int = LARGEST_BODY

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        key: object = self.api_key
        if not (isinstance(key, str) and key.isascii() and key.isprintable()):
            raise UsageError("the API key is no line of printable ASCII; give one to send")
        if not key:
            raise UsageError("the API key is empty; give one for clients to send")
        for name in ("speed", "expires_after", "max_body_bytes"):
            given = getattr(self, name)
            if not (is_number(given) and given > 0):
                raise UsageError(f"{name} {as_given(given)} is not a number above 0")
        for name in ("queue_seconds", "work_seconds", "cancel_seconds"):
            given = getattr(self, name)
            if not (is_number(given) and given >= 0):
                raise UsageError(f"{name} {as_given(given)} is not a number of 0 or more")
        self._refuse_other_numbers()
        for name in ("faults", "degradations"):
            given = getattr(self, name)
            is_list = isinstance(given, Collection) and not isinstance(given, str)
            if not (is_list and all(isinstance(each, str) for each in given)):
                shown = as_given(given)
                raise UsageError(f"{name} {shown} is no list of ids, e.g. ['RUN-LIST-005']")

    def _refuse_other_numbers(self) -> None:
        """Refuse a seed, an epoch and a pause that are none."""
        seed, polls = _plain(self.seed), _plain(self.poll_after_ms)
        if not isinstance(seed, int):
            raise UsageError(f"seed {as_given(self.seed)} is not a whole number")
        if self.epoch is not None and not (is_number(self.epoch) and self.epoch >= 0):
            raise UsageError(f"epoch {as_given(self.epoch)} is not a number of seconds since 1970")
        if polls is not None and not (isinstance(polls, int) and is_number(polls) and polls >= 0):
            shown = as_given(self.poll_after_ms)
            raise UsageError(f"poll_after_ms {shown} is not a whole number of 0 or more")

    @classmethod
    def for_checking(
        cls, *, seed: int = 0, faults: tuple[str, ...] = (), degradations: tuple[str, ...] = ()
    ) -> ServerOptions:
        """Return options under which a whole life, expiry included, passes in seconds."""
        return cls(
            seed=seed,
            faults=faults,
            degradations=degradations,
            speed=300.0,
            queue_seconds=9.0,
            work_seconds=36.0,
            cancel_seconds=9.0,
        )


def _plain(value: object) -> object:
    """Return a value, and of a truth value its name: True is no number here."""
    return str(value) if isinstance(value, bool) else value
