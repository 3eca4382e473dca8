"""Coverage: how much of the contract some evidence shows, whatever it says of it.

A check that is green has seen something, and something not. Each part counts things of one kind:
all that the contract has of it, and the first exchange that shows each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from run_contracts.contract.loading import Contract
from run_contracts.contract.out_of_reach import out_of_reach
from run_contracts.coverage import answered, lived, refused, requested
from run_contracts.events import CoverageItem, CoveragePart, Covered
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedPart:
    """One kind of things that can be seen: all of them by name, and those that evidence shows."""

    name: str
    what: str
    every: Callable[[Contract], Iterable[str]]
    shown: Callable[[Evidence], Iterator[tuple[str, Exchange]]]


COUNTED_PARTS = (
    CountedPart(
        name="edges",
        what="statuses of a run seen one after the other, as the life cycle joins them",
        every=lived.edges,
        shown=lived.edges_shown,
    ),
    CountedPart(
        name="statuses",
        what="statuses of a run in which an operation shows it, or was asked about it",
        every=lived.statuses,
        shown=lived.statuses_shown,
    ),
    CountedPart(
        name="fields",
        what="fields seen set, null and left out, as the schemas allow it",
        every=answered.fields,
        shown=answered.fields_shown,
    ),
    CountedPart(
        name="events",
        what="events of streams",
        every=answered.events,
        shown=answered.events_shown,
    ),
    CountedPart(
        name="refusals",
        what="reasons for which an operation refuses a request, seen refused",
        every=refused.refusals,
        shown=refused.refusals_shown,
    ),
    CountedPart(
        name="requests",
        what="members and parameters of requests, sent in each form that is legal, and accepted",
        every=requested.forms,
        shown=requested.forms_shown,
    ),
    CountedPart(
        name="echoes",
        what="values of requests, seen again wherever a run is shown",
        every=requested.echoes,
        shown=requested.echoes_shown,
    ),
)


def covered(evidence: Evidence) -> Covered:
    """Return how much of its contract some evidence shows.

    >>> from run_contracts.contract.loading import load
    >>> nothing = Evidence(contract=load("v2"), exchanges=())
    >>> covered(nothing).percent
    0.0
    """
    return Covered(parts=tuple(_covered(part, evidence) for part in COUNTED_PARTS))


def _covered(part: CountedPart, evidence: Evidence) -> CoveragePart:
    first: dict[str, int] = {}
    for name, exchange in part.shown(evidence):
        first.setdefault(name, exchange.number)
    edition = evidence.contract.edition
    items = (
        CoverageItem(
            name=name,
            exchange=first.get(name, 0),
            out_of_reach=out_of_reach(edition, part.name, name),
        )
        for name in part.every(evidence.contract)
    )
    return CoveragePart(name=part.name, what=part.what, items=tuple(items))
