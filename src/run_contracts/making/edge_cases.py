"""Edge cases: a named, finite catalogue of legal runs at the boundaries of the contract.

Made for ``@pytest.mark.parametrize("case", edge_cases(), ids=str)``. Bounds, words and branches
are read off the schema, so that a vendor's own fields have theirs; the rest is written out here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from run_contracts.contract.loading import Contract, load
from run_contracts.errors import UsageError
from run_contracts.making.boundaries import at_bounds, words
from run_contracts.making.choosing import fitting_plans, plain_plans
from run_contracts.making.edge_case_data import HandwrittenCase, handwritten_cases
from run_contracts.making.forms import Make
from run_contracts.making.generators.simplest import PLAIN, fullest, simplest
from run_contracts.making.plans import plain_form

if TYPE_CHECKING:
    from run_contracts.types import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeCase:
    """One legal run at a boundary; `str` of it is its name."""

    name: str
    what: str
    edition: str
    run: Run = field(repr=False)

    def __str__(self) -> str:
        return self.name


def edge_cases(edition: str = "v2", *, contract: Contract | None = None) -> tuple[EdgeCase, ...]:
    """Return every edge case of an edition, or of a contract, each with a run of its own.

    >>> [case.name for case in edge_cases("v1")][:2]
    ['queued-plain', 'queued-full']
    """
    chosen = contract or load(edition)
    found: dict[str, EdgeCase] = {}
    for case in _cases(chosen):
        found.setdefault(case.name, case)
    return tuple(found.values())


def edge_case(name: str, edition: str = "v2") -> EdgeCase:
    """Return the edge case of this name; raise `UsageError` that lists the nearest if none."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for a typo

    cases = {case.name: case for case in edge_cases(edition)}
    if name in cases:
        return cases[name]
    near = get_close_matches(name, cases, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(cases)}"
    raise UsageError(f"no edge case {name!r} in edition {edition}; {hint}")


def _cases(contract: Contract) -> Iterator[EdgeCase]:
    general = plain_form(contract, "run")
    yield from _statuses(contract)
    for bound in (*at_bounds(general), *words(general)):
        case = _case(contract, bound.name, bound.what, None, bound.fixed, simplest)
        if case is not None:
            yield case
    for odd in handwritten_cases(contract.edition):
        case = _odd(contract, odd)
        if case is not None:
            yield case


def _statuses(contract: Contract) -> Iterator[EdgeCase]:
    """Yield the smallest and the fullest run of each status."""
    for status in contract.lifecycle.fields:
        for word, make in (("plain", simplest), ("full", fullest)):
            what = f"The {'smallest' if make is simplest else 'fullest'} run that is {status}."
            case = _case(contract, f"{status}-{word}", what, status, {}, make)
            if case is not None:
                yield case


def _odd(contract: Contract, odd: HandwrittenCase) -> EdgeCase | None:
    case = _case(contract, odd.name, odd.what, odd.status, odd.fixed, simplest)
    if case is not None:
        run: dict[str, Any] = case.run  # type: ignore[assignment] # a TypedDict is a dict
        for name in odd.without:
            run.pop(name, None)
        run.update(odd.extra)
    return case


def _case(  # noqa: PLR0913, PLR0917 - the parts of a case
    contract: Contract,
    name: str,
    what: str,
    status: str | None,
    fixed: dict[str, Any],
    make: Make,
) -> EdgeCase | None:
    """Return one case; None where the contract has no such field or no such run."""
    known = plain_form(contract, "run").fields
    base = {key: value for key, value in PLAIN.items() if key in known and key not in fixed}
    if status is None and not fixed:
        plans = plain_plans(contract, "run", None)
    else:
        try:
            plans = fitting_plans(contract, "run", status, base | fixed)
        except UsageError:
            return None
    return EdgeCase(name=name, what=what, edition=contract.edition, run=plans[0].made(make))  # type: ignore[arg-type] # a dict of that shape
