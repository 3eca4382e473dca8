"""One edge case before it is made: its name, and what its run is made of."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.choosing import first_fitting_plan
from run_contracts.making.forms import Make
from run_contracts.making.generators.simplest import PLAIN, simplest
from run_contracts.making.narrowing import plain_form


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDescription:
    """A legal run out of the ordinary: what to fix, leave out and add, in which status or any."""

    name: str
    what: str
    status: str | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    make: Make = simplest

    def made(self, contract: Contract) -> dict[str, Any] | None:
        """Return a new run; None where the contract has no such field or no such run."""
        known = plain_form(contract, "run").fields
        base = {name: value for name, value in PLAIN.items() if name in known}
        try:
            plan = first_fitting_plan(contract, "run", self.status, {**base, **self.fixed})
        except UsageError:
            return None
        run = plan.made(self.make)
        for name in self.without:
            run.pop(name, None)
        return run | copy.deepcopy(dict(self.extra))
