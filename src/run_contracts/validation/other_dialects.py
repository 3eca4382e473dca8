"""Which other dialects allow what a value does."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from typing import Any

from run_contracts.contract.loading import Contract, load
from run_contracts.contract.readings import Dialect, dialects
from run_contracts.contract.requirements import EDITIONS
from run_contracts.types import DialectName, Edition
from run_contracts.validation.judging import judge

MOST_NAMED = 3
"""Dialects that are named at most; who reads on knows enough by then."""


class OtherDialects:
    """The dialects beside that of a contract; what a value breaks in each is found out once.

    >>> OtherDialects(load("v2")).allowing("RUN-ERR-013")
    ('azure-2024-02-15-preview', 'azure-2024-05-01-preview', 'azure-2024-08-01-preview')
    """

    def __init__(self, contract: Contract, editions: Collection[str] = EDITIONS) -> None:
        """Name none that the contract speaks itself, and none of other than these editions."""
        self._contract, self._editions = contract, editions
        self._broken: dict[tuple[int, str, Contract], frozenset[str]] = {}
        self._values: list[Any] = []

    def allowing(
        self, requirement: str, *, value: Any = None, kind: str | None = None
    ) -> tuple[str, ...]:
        """Return the names of the first dialects in which the same breaks no such requirement.

        Where it is not known what `value` shows it, and of which kind, or if the value alone shows
        nothing wrong, only those are told that do not have the requirement at all.
        """
        if self._is_right(requirement, value, kind, self._contract):
            kind = None
        others = (one for one in dialects().values() if one.name != self._contract.dialect)
        allowing = (one.name for one in others if self._allows(one, requirement, value, kind))
        return tuple(islice(allowing, MOST_NAMED))

    def _allows(self, dialect: Dialect, requirement: str, value: Any, kind: str | None) -> bool:
        spoken = [edition for edition in dialect.editions if edition in self._editions]
        return bool(spoken) and (
            requirement in dialect.skips
            or any(
                self._is_right(requirement, value, kind, self._loaded(edition, dialect.name))
                for edition in spoken
            )
        )

    def _loaded(self, edition: Edition, name: Any) -> Contract:
        spoken: DialectName = name
        return load(edition, reading=self._contract.reading, dialect=spoken)  # type: ignore[arg-type]

    def _is_right(self, requirement: str, value: Any, kind: str | None, other: Contract) -> bool:
        """Say whether a value that a contract can judge breaks no such requirement in it."""
        if kind is None or kind not in other.documents or requirement not in other.register:
            return False
        key = id(value), kind, other
        if key not in self._broken:
            violations = judge(value, kind, other).violations
            self._broken[key] = frozenset(one.requirement for one in violations)
            self._values.append(value)  # its identity stays its own
        return requirement not in self._broken[key]
