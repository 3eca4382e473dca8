"""Histories: one run seen at one moment, and all that was seen of it, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from run_contracts.traffic.exchange import Exchange
from run_contracts.types import JSONObject
from run_contracts.validation.found import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One run object seen in one exchange; `place` is a JSON pointer, or the stream's line."""

    run: JSONObject
    exchange: Exchange
    place: str = ""

    @property
    def status(self) -> str:
        """The run's status; where that is no text, it is JSON, which is the word of no status."""
        status = self.run.get("status")
        return status if isinstance(status, str) else shown(status)

    def at(self, name: str) -> str:
        """Return the pointer to a field of the run; in a stream it follows the line."""
        return f"{self.place}: /{name}" if self.exchange.is_stream else f"{self.place}/{name}"

    @property
    def is_listed(self) -> bool:
        """Whether it is an item of a list."""
        return self.place.startswith("/data/")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All observations of one run, in the order they were made."""

    run_id: str
    observations: tuple[Observation, ...]

    def before(self, exchange: Exchange) -> Observation | None:
        """Return the last observation surely made before an exchange; None if there was none."""
        for observation in reversed(self.observations):
            is_earlier = observation.exchange.number < exchange.number
            if is_earlier and not observation.exchange.is_beside(exchange):
                return observation
        return None

    def after(self, exchange: Exchange) -> Observation | None:
        """Return the first observation surely made after an exchange; None if there was none."""
        return next(self.all_after(exchange), None)

    def all_after(self, exchange: Exchange) -> Iterator[Observation]:
        """Yield every observation surely made after an exchange."""
        for observation in self.observations:
            is_later = observation.exchange.number > exchange.number
            if is_later and not observation.exchange.is_beside(exchange):
                yield observation

    def pairs(self) -> Iterator[tuple[Observation, Observation]]:
        """Yield each two observations that follow one another in an order that is known."""
        for earlier, later in pairwise(self.observations):
            if not earlier.exchange.is_beside(later.exchange):
                yield earlier, later
