"""What the edge cases are, before any of them is made: those of the schema, those by hand."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache

from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import ITEM_KINDS
from run_contracts.errors import UsageError
from run_contracts.making.edge_cases.description import CaseDescription
from run_contracts.making.edge_cases.handwritten_histories import unusual_histories
from run_contracts.making.edge_cases.handwritten_lists import unusual_lists
from run_contracts.making.edge_cases.handwritten_lives import unusual_lives
from run_contracts.making.edge_cases.handwritten_objects import unusual_objects
from run_contracts.making.edge_cases.handwritten_streams import unusual_streams
from run_contracts.making.edge_cases.handwritten_values import unusual_values
from run_contracts.making.edge_cases.kinds_with_edges import HISTORY, STREAM, edge_kinds
from run_contracts.making.edge_cases.of_schema import at_edges


@lru_cache(maxsize=64)
def descriptions(contract: Contract, kind: str = "run") -> tuple[CaseDescription, ...]:
    """Return what the edge cases of a kind are in a contract, none of them made yet.

    Every one of an edition can be made. In a contract with fields of its own some may be
    impossible; they are left out of its `edge_cases`.
    """
    known = edge_kinds(contract)
    if kind not in known:
        near = get_close_matches(kind, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
        raise UsageError(f"no edge cases of kind {kind!r}; {hint}")
    by_name: dict[str, CaseDescription] = {}
    for description in _described(contract, kind):
        by_name.setdefault(description.name, description)
    return tuple(by_name.values())


def _described(contract: Contract, kind: str) -> Iterator[CaseDescription]:
    """Yield the cases of a kind: read off its schema first, then those by hand."""
    if kind == HISTORY:
        yield from unusual_histories()
    elif kind == STREAM:
        yield from unusual_streams(contract.edition)
    elif kind in ITEM_KINDS:
        yield from unusual_lists(kind, contract.edition)
    else:
        yield from _of_statuses(contract, kind)
        yield from at_edges(contract, kind)
        if kind == "run":
            yield from unusual_values(contract)
            yield from unusual_lives(contract.edition)
        yield from unusual_objects(kind, contract.edition)


def _of_statuses(contract: Contract, kind: str) -> Iterator[CaseDescription]:
    """Yield the plain and the full object of each status."""
    for status in contract.lifecycle.cells(kind):
        for word in ("plain", "full"):
            yield CaseDescription(
                name=f"{status}-{word}",
                what=f"The {word} {kind.replace('_', ' ')} that is {status}.",
                status=status,
                is_detailed=word == "full",
            )
