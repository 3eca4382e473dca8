"""One edge case before it is made: its name, and what its value is made of."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.narrowing import plain_form
from run_contracts.making.typical_objects import typical_object
from run_contracts.validation.judging import violations


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDescription:
    """Something legal out of the ordinary: a typical object with what to fix, leave out and add.

    What is no single object (a list, a history, a stream) is made by `built` instead.
    """

    name: str
    what: str
    status: str | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    is_detailed: bool = False
    built: Callable[[Contract], Any] | None = None

    def made(self, contract: Contract, kind: str) -> Any:
        """Return a new value of a kind; None where the contract has no such field, or none legal.

        What is `built` is judged by the tests of the catalogue, as there is no quick judge of it.
        """
        try:
            return self._made(contract, kind)
        except UsageError:
            return None  # a contract of somebody else's may have fewer statuses

    def _made(self, contract: Contract, kind: str) -> Any:
        if self.built is not None:
            return copy.deepcopy(self.built(contract))
        if not self.fixed.keys() <= plain_form(contract, kind).fields.keys():
            return None
        value = typical_object(
            contract, kind, self.status, is_detailed=self.is_detailed, **self.fixed
        )
        value = {name: value[name] for name in value if name not in self.without}
        value |= copy.deepcopy(dict(self.extra))
        return None if violations(value, kind=kind, contract=contract) else value
