"""Edge cases: a named, finite catalogue of what is legal at the boundaries of the contract.

Made for ``@pytest.mark.parametrize("case", edge_cases(), ids=str)``. Each is a plain, realistic
object with one thing at an edge. Bounds, words, branches and nulls are read off the schema, so that
a vendor's own fields have theirs; the rest is written by hand. Only what is asked for is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from run_contracts.contract.loading import Contract, load
from run_contracts.contract.requirements import ITEM_KINDS
from run_contracts.errors import UsageError
from run_contracts.making.edge_cases.description import CaseDescription
from run_contracts.making.edge_cases.handwritten_histories import unusual_histories
from run_contracts.making.edge_cases.handwritten_lists import unusual_lists
from run_contracts.making.edge_cases.handwritten_lives import unusual_lives
from run_contracts.making.edge_cases.handwritten_objects import unusual_objects
from run_contracts.making.edge_cases.handwritten_streams import unusual_streams
from run_contracts.making.edge_cases.handwritten_values import unusual_values
from run_contracts.making.edge_cases.of_schema import at_edges

if TYPE_CHECKING:
    from run_contracts.types import Edition, Run

HISTORY, STREAM = "history", "stream"
NO_KIND = "stream_event"
"""A schema of events alone; they come in streams."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeCase:
    """Something legal at a boundary; `str` of it is its name, which is one of its kind.

    `kind` is a kind of value (``run``, ``run_step``, ``run_list``, ``error``, ``message``,
    ``create_run_request``, ...), ``history``, the snapshots of one run, or ``stream``, its events.
    """

    name: str
    what: str
    edition: str
    kind: str = "run"
    value: Any = field(repr=False)

    @property
    def run(self) -> Run:
        """The value of a case that is a run; raises `UsageError` for another kind."""
        if self.kind != "run":
            raise UsageError(f"{self.name} is of kind {self.kind!r}, no run; take its value")
        return cast("Run", self.value)

    def __str__(self) -> str:
        return self.name


def edge_cases(
    edition: Edition = "v2", *, kind: str = "run", contract: Contract | None = None
) -> tuple[EdgeCase, ...]:
    """Return every edge case of a kind in an edition, or in a contract, each with its own value.

    Raises `UsageError` for an unknown kind.

    >>> [case.name for case in edge_cases("v1")][:2]
    ['queued-plain', 'queued-full']
    >>> edge_cases(kind="run_list")[0].value["data"]
    []
    """
    chosen = contract or load(edition)
    cases = (_case(chosen, kind, description) for description in descriptions(chosen, kind))
    return tuple(case for case in cases if case is not None)


def edge_case(name: str, edition: Edition = "v2", *, kind: str = "run") -> EdgeCase:
    """Return the edge case of this name; raise `UsageError` that lists the nearest if none.

    >>> edge_case("created-at-u32").run["created_at"]
    4294967295
    """
    contract = load(edition)
    for description in descriptions(contract, kind):
        if description.name == name:
            case = _case(contract, kind, description)
            if case is not None:
                return case
    raise _unknown(name, contract, kind)


def edge_kinds(contract: Contract) -> tuple[str, ...]:
    """Return the kinds that have edge cases in a contract.

    >>> edge_kinds(load("v2"))[-2:]
    ('history', 'stream')
    """
    return (*(kind for kind in contract.kinds if kind != NO_KIND), HISTORY, STREAM)


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


def _case(contract: Contract, kind: str, description: CaseDescription) -> EdgeCase | None:
    """Return a case with a new value; None where the contract has no such field or no such one."""
    value = description.made(contract, kind)
    if value is None:
        return None
    name, what = description.name, description.what
    return EdgeCase(name=name, what=what, edition=contract.edition, kind=kind, value=value)


def _unknown(name: str, contract: Contract, kind: str) -> UsageError:
    """Return the error that names the nearest cases, or else all."""
    names = [description.name for description in descriptions(contract, kind)]
    near = get_close_matches(name, names, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names)}"
    of_kind = "" if kind == "run" else f" of a {kind.replace('_', ' ')}"
    return UsageError(f"no edge case {name!r}{of_kind} in edition {contract.edition}; {hint}")
