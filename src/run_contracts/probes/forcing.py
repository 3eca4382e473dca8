"""Forcing function calls: the ways to make a run call a function, and which of them works.

Servers differ in where they take functions from, the run or its assistant, and in which choice
they follow. Each way is tried once a check; what works is used from then on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from run_contracts.client.session import Session
from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.contract.requirements import FOUNDING
from run_contracts.probes.run_requests import RunValue, named_function
from run_contracts.probes.shortfall import Inconclusive, Shortfall


class Way(NamedTuple):
    """A way to force a call: whose the function is, assistant or run, and what is chosen."""

    is_of_assistant: bool
    choice: Any


@dataclass(kw_only=True)
class Forcing:
    """What is known of the ways to force a call in one check; `ways` are those that are left.

    `reason` says why the last of the others did not work.
    """

    ways: list[Way]
    reason: Shortfall | None = None

    @classmethod
    def of(cls, session: Session) -> Forcing:
        """Return all ways of an edition, the plainest first; an assistant that is given is kept."""
        is_founding = session.target.edition == FOUNDING
        choices = [named_function()] if is_founding else [named_function(), "required"]
        owners = [False] if session.target.assistant_id is not None else [False, True]
        return cls(ways=[Way(is_of, choice) for is_of in owners for choice in choices])

    def learn(self, way: Way, run: RunValue) -> None:
        """Remember what became of a run that was to call a function in some way."""
        status = run.get("status")
        if status == REQUIRES_ACTION:
            self.ways = [way]
        else:
            self.fail(way, Inconclusive(f"the forced function was not called; the run is {status}"))

    def fail(self, way: Way, reason: Shortfall) -> None:
        """Remember that a way does not work."""
        self.reason = reason
        self.ways = [one for one in self.ways if one != way]
