"""Forcing function calls: the means to make a run call a function, and which of them works.

Servers differ in where they take functions from, the run or its assistant, and in which choice
they follow. Each is tried once a check; what works is used from then on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from run_contracts.client.session import Session
from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.contract.requirements import FOUNDING
from run_contracts.probes.run_requests import RunValue, named_function
from run_contracts.probes.shortfall import Inconclusive, Shortfall


class Means(NamedTuple):
    """A means to force a call: whose the function is, assistant or run, and what is chosen.

    It `is_plain` if it asks for nothing else; for servers that know few fields.
    """

    is_of_assistant: bool
    choice: Any
    is_plain: bool = False


@dataclass(kw_only=True)
class Forcing:
    """What is known of the means to force a call in one check; `left` are those worth a try.

    `reason` says why the last of the others did not work.
    """

    left: list[Means]
    reason: Shortfall | None = None

    @classmethod
    def of(cls, session: Session) -> Forcing:
        """Return all means of an edition, the plainest first; one assistant may be given."""
        is_founding = session.target.edition == FOUNDING
        choices = [named_function()] if is_founding else [named_function(), "required"]
        of_run, of_assistant = (
            [Means(is_of, choice) for choice in choices] for is_of in (False, True)
        )
        plain = Means(False, named_function(), is_plain=True)
        is_given = session.target.assistant_id is not None
        return cls(left=[*of_run, plain, *([] if is_given else of_assistant)])

    def learn(self, means: Means, run: RunValue, *, rests: bool) -> None:
        """Remember what became of a run that was to call a function by some means.

        One that neither ended nor called in time says that no other will.
        """
        status = run.get("status")
        if status == REQUIRES_ACTION:
            self.left = [means]
        elif not rests:
            self.left, self.reason = [], Inconclusive(f"run {run.get('id')} is still {status}")
        else:
            reason = Inconclusive(f"the forced function was not called; the run is {status}")
            for one in (means, means._replace(is_plain=True)):
                self.fail(one, reason)

    def forgo_assistants(self) -> None:
        """Leave out the means that take an assistant made here."""
        self.left = [one for one in self.left if not one.is_of_assistant]

    def fail(self, means: Means, reason: Shortfall) -> None:
        """Remember that a means does not work."""
        self.reason = reason
        self.left = [one for one in self.left if one != means]
