"""Steering: of the cases of an endpoint those go first that send what was never accepted before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from run_contracts.contract.operations import operations
from run_contracts.contract.requests import form
from run_contracts.coverage import covered
from run_contracts.traffic.evidence import Evidence

Sent = TypeVar("Sent")
PART = "requests"
"""The part of the coverage that names what requests send."""


class Steering:
    """What the coverage of a check lacked of requests when its search began.

    It stays so while the search lasts: what is sent depends on what was seen before, and not on
    what a server answers meanwhile.
    """

    def __init__(self, evidence: Evidence) -> None:
        """Read off what was not seen; what is out of reach is not looked for."""
        parts = (part for part in covered(evidence).parts if part.name == PART)
        self.unseen = frozenset(name for part in parts for name in part.unseen)
        known = operations(evidence.contract.edition).values()
        self._operations = {f"{one.method} {one.path}": one.id for one in known}

    def unseen_first(
        self, label: str, cases: Sequence[Sent], parts: Callable[[Sent], tuple[Any, Any]]
    ) -> list[Sent]:
        """Return the cases of an endpoint, those with the most that was not seen before first.

        `parts` tells body and query of a case. Where all was seen their order stays.
        """
        operation = self._operations.get(label, "")

        def news(case: Sent) -> int:
            body, query = parts(case)
            members = body.items() if isinstance(body, dict) else ()
            forms = {form(operation, str(name), value) for name, value in members}
            return len(self.unseen & (forms | {f"{operation}?{name}" for name in query or ()}))

        return sorted(cases, key=news, reverse=True) if self.unseen else list(cases)
