"""Edge cases: a named, finite catalogue of what is legal at the boundaries of the contract.

Made for ``@pytest.mark.parametrize("case", edge_cases(), ids=str)``. Each is a plain, realistic
object with one thing at an edge. Bounds, words, branches and nulls are read off the schema, so that
a vendor's own fields have theirs; the rest is written by hand. Only what is asked for is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

from run_contracts.contract.loading import Contract, load
from run_contracts.errors import UsageError
from run_contracts.making.edge_cases.kinds_with_edges import edge_kinds

__all__ = ["EdgeCase", "edge_case", "edge_cases", "edge_kinds"]

if TYPE_CHECKING:
    from run_contracts.making.edge_cases.description import CaseDescription
    from run_contracts.types import Edition, Run


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
    from run_contracts.making.edge_cases.described_cases import (  # noqa: PLC0415 - seldom needed
        descriptions,
    )

    chosen = contract or load(edition)
    cases = (_case(chosen, kind, description) for description in descriptions(chosen, kind))
    return tuple(case for case in cases if case is not None)


def edge_case(name: str, edition: Edition = "v2", *, kind: str = "run") -> EdgeCase:
    """Return the edge case of this name; raise `UsageError` that lists the nearest if none.

    >>> edge_case("created-at-u32").run["created_at"]
    4294967295
    """
    from run_contracts.making.edge_cases.described_cases import (  # noqa: PLC0415 - seldom needed
        descriptions,
    )

    contract = load(edition)
    for description in descriptions(contract, kind):
        if description.name == name:
            case = _case(contract, kind, description)
            if case is not None:
                return case
    names = [description.name for description in descriptions(contract, kind)]
    raise _unknown(name, names, contract, kind)


def _case(contract: Contract, kind: str, description: CaseDescription) -> EdgeCase | None:
    """Return a case with a new value; None where the contract has no such field or no such one."""
    value = description.made(contract, kind)
    if value is None:
        return None
    name, what = description.name, description.what
    return EdgeCase(name=name, what=what, edition=contract.edition, kind=kind, value=value)


def _unknown(name: str, names: list[str], contract: Contract, kind: str) -> UsageError:
    """Return the error that names the nearest cases, or else all."""
    near = get_close_matches(name, names, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names)}"
    of_kind = "" if kind == "run" else f" of a {kind.replace('_', ' ')}"
    return UsageError(f"no edge case {name!r}{of_kind} in edition {contract.edition}; {hint}")
