"""Edge cases: a named, finite catalogue of legal runs at the boundaries of the contract.

Made for ``@pytest.mark.parametrize("case", edge_cases(), ids=str)``. Bounds, words and branches
are read off the schema, so that a vendor's own fields have theirs; the rest is written by hand.
Only the run that is asked for is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from run_contracts.contract.loading import Contract, load
from run_contracts.errors import UsageError
from run_contracts.making.edge_cases.boundaries import at_bounds, words
from run_contracts.making.edge_cases.description import CaseDescription
from run_contracts.making.edge_cases.handwritten_lives import unusual_lives
from run_contracts.making.edge_cases.handwritten_values import unusual_values
from run_contracts.making.generators.simplest import fullest, simplest
from run_contracts.making.narrowing import plain_form

if TYPE_CHECKING:
    from run_contracts.types import Edition, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeCase:
    """One legal run at a boundary; `str` of it is its name."""

    name: str
    what: str
    edition: str
    run: Run = field(repr=False)

    def __str__(self) -> str:
        return self.name


def edge_cases(
    edition: Edition = "v2", *, contract: Contract | None = None
) -> tuple[EdgeCase, ...]:
    """Return every edge case of an edition, or of a contract, each with a run of its own.

    >>> [case.name for case in edge_cases("v1")][:2]
    ['queued-plain', 'queued-full']
    """
    chosen = contract or load(edition)
    cases: dict[str, EdgeCase] = {}
    for description in descriptions(chosen):
        case = _case(chosen, description) if description.name not in cases else None
        if case is not None:
            cases[case.name] = case
    return tuple(cases.values())


def edge_case(name: str, edition: Edition = "v2") -> EdgeCase:
    """Return the edge case of this name; raise `UsageError` that lists the nearest if none.

    >>> edge_case("created-at-u32").run["created_at"]
    4294967295
    """
    contract = load(edition)
    for description in descriptions(contract):
        if description.name == name and (case := _case(contract, description)) is not None:
            return case
    raise _unknown(name, contract)


@lru_cache(maxsize=64)
def descriptions(contract: Contract) -> tuple[CaseDescription, ...]:
    """Return what the edge cases of a contract are, none of them made yet.

    Every one of an edition can be made. In a contract with fields of its own some may be
    impossible; they are left out of its `edge_cases`.
    """
    general = plain_form(contract, "run")
    return (
        *_of_statuses(contract),
        *at_bounds(general),
        *words(general),
        *unusual_values(),
        *unusual_lives(contract.edition),
    )


def _of_statuses(contract: Contract) -> Iterator[CaseDescription]:
    """Yield the smallest and the fullest run of each status."""
    for status in contract.lifecycle.fields:
        for word, size, make in (("plain", "smallest", simplest), ("full", "fullest", fullest)):
            yield CaseDescription(
                name=f"{status}-{word}",
                what=f"The {size} run that is {status}.",
                status=status,
                make=make,
            )


def _case(contract: Contract, description: CaseDescription) -> EdgeCase | None:
    """Return a case with a new run; None where the contract has no such field or no such run."""
    run = description.made(contract)
    if run is None:
        return None
    name, what = description.name, description.what
    return EdgeCase(name=name, what=what, edition=contract.edition, run=cast("Run", run))


def _unknown(name: str, contract: Contract) -> UsageError:
    """Return the error that names the nearest cases, or else all."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for a typo

    names = list(dict.fromkeys(description.name for description in descriptions(contract)))
    near = get_close_matches(name, names, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names)}"
    return UsageError(f"no edge case {name!r} in edition {contract.edition}; {hint}")
