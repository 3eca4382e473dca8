"""Which other dialects allow what a value does."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from run_contracts.contract.loading import Contract, load
from run_contracts.contract.readings import dialects
from run_contracts.contract.requirements import EDITIONS
from run_contracts.types import DialectName
from run_contracts.validation.judging import judge

MOST_NAMED = 3
"""Dialects that are named at most; who reads on knows enough by then."""


def allowed_by(
    requirement: str,
    contract: Contract,
    *,
    value: Any = None,
    kind: str | None = None,
    editions: Collection[str] = EDITIONS,
) -> tuple[str, ...]:
    """Return the names of dialects in which the same breaks no such requirement, the first ones.

    Where it is not known what `value` shows it, and of which kind, or if the value alone shows
    nothing wrong, only those are told that do not have the requirement at all. None is told that
    the contract speaks itself, and none of other than these editions.

    >>> allowed_by("RUN-ERR-013", load("v2"))
    ('azure-2024-02-15-preview', 'azure-2024-05-01-preview', 'azure-2024-08-01-preview')
    """
    names: list[str] = []
    if _is_right(requirement, value, kind, contract):
        kind = None
    for name, dialect in dialects().items():
        spoken = [edition for edition in dialect.editions if edition in editions]
        if not spoken or name == contract.dialect or len(names) == MOST_NAMED:
            continue
        if requirement in dialect.skips or any(
            _is_right(requirement, value, kind, _loaded(edition, name, contract))
            for edition in spoken
        ):
            names.append(name)
    return tuple(names)


def _loaded(edition: Any, name: Any, contract: Contract) -> Contract:
    spoken: DialectName = name
    return load(edition, reading=contract.reading, dialect=spoken)  # type: ignore[arg-type]


def _is_right(requirement: str, value: Any, kind: str | None, other: Contract) -> bool:
    """Say whether a value that a contract can judge breaks no such requirement in it."""
    if kind is None or kind not in other.documents or requirement not in other.register:
        return False
    judgement = judge(value, kind, other)
    return all(one.requirement != requirement for one in judgement.violations)
