"""The life cycle of a run: statuses, what may follow what, which fields a status has set.

Pure functions over the tables of ``schemas/lifecycle.toml``. A reader polls and so misses
statuses; `Lifecycle.may_follow` therefore asks whether the later status can be *reached*.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal

from run_contracts.contract.files import read_toml

QUEUED: Final = "queued"
IN_PROGRESS: Final = "in_progress"
REQUIRES_ACTION: Final = "requires_action"
CANCELLING: Final = "cancelling"
CANCELLED: Final = "cancelled"
FAILED: Final = "failed"
COMPLETED: Final = "completed"
INCOMPLETE: Final = "incomplete"
EXPIRED: Final = "expired"
OUTCOME_KEY: Final = "run_contracts_outcome"
"""Metadata key by which a check asks a cooperating server for an outcome, e.g. failed."""
OUTCOME_FIELDS = ("usage", "last_error", "incomplete_details")
"""What a run says of its outcome, beside its status."""

SUBMITTED = "submit_tool_outputs"
"""How the trigger of an edge begins that a caller's answer makes a run take."""

Expectation = Literal["set", "null", "either"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One step of the life cycle; `source` is empty for the birth of a run."""

    source: str
    target: str
    trigger: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEventType:
    """What a stream event of this name carries: the kind of its data and, if any, its status."""

    kind: str
    status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """The life cycle of one edition.

    `fields` says of a run, and `steps` of a run step, which fields are set in which status.
    """

    initial: str
    live: frozenset[str]
    terminal: frozenset[str]
    pauses: frozenset[str]
    edges: tuple[Edge, ...]
    fields: Mapping[str, Mapping[str, Expectation]]
    steps: Mapping[str, Mapping[str, Expectation]]
    events: Mapping[str, StreamEventType]
    reachable: Mapping[str, frozenset[str]]

    @property
    def statuses(self) -> frozenset[str]:
        """All statuses of the edition."""
        return self.live | self.terminal

    def is_terminal(self, status: str) -> bool:
        """Say whether a run in this status has ended.

        >>> lifecycle("v2").is_terminal("cancelling")
        False
        """
        return status in self.terminal

    def rests(self, status: str) -> bool:
        """Say whether pollers stop here: the run has ended or waits for its caller."""
        return status in self.terminal or status in self.pauses

    def may_follow(self, earlier: str, later: str) -> bool:
        """Say whether a run seen in `earlier` may later be seen in `later` (RUN-LIFE-001).

        >>> lifecycle("v2").may_follow("queued", "completed")
        True
        >>> lifecycle("v2").may_follow("completed", "queued")
        False
        """
        return earlier == later or later in self.reachable.get(earlier, frozenset())

    def next_to(self, status: str, *, is_sure: bool = False) -> tuple[str, ...]:
        """Return the statuses one edge away; with `is_sure` only by edges that are not inferred.

        >>> lifecycle("v2").next_to("queued", is_sure=True)
        ('in_progress',)
        """
        edges = (edge for edge in self.edges if edge.source == status)
        targets = (edge.target for edge in edges if not is_sure or edge.mark != "INFERRED")
        return tuple(dict.fromkeys(targets))

    def cells(self, kind: str) -> Mapping[str, Mapping[str, Expectation]]:
        """Return the field-by-status table of runs or of run steps; other kinds have none."""
        return {"run": self.fields, "run_step": self.steps}.get(kind, MappingProxyType({}))

    def unanswered(self, status: str) -> frozenset[str]:
        """Return what a run may be seen in next while its caller submits nothing (RUN-LIFE-007).

        >>> sorted(lifecycle("v2").unanswered("requires_action"))
        ['cancelled', 'cancelling', 'expired', 'failed', 'requires_action']
        """
        edges = (edge for edge in self.edges if edge.source == status)
        others = (edge.target for edge in edges if not edge.trigger.startswith(SUBMITTED))
        return frozenset({status, *others})

    def with_fields(self, changes: Mapping[str, Mapping[str, Expectation]]) -> Lifecycle:
        """Return a copy whose field-by-status table has these cells replaced."""
        fields = dict(self.fields)
        for status, cells in changes.items():
            fields[status] = MappingProxyType({**fields.get(status, {}), **cells})
        return replace(self, fields=MappingProxyType(fields))

    def within(self, kind: str, statuses: Collection[str]) -> Lifecycle:
        """Return a copy in which runs, or run steps, are seen in none but these statuses.

        What can be reached stays: a run may pass through a status in which nobody sees it.

        >>> sorted(lifecycle("v2").within("run", {"queued", "failed"}).terminal)
        ['failed']
        """
        seen = frozenset(statuses)
        cells = MappingProxyType({one: row for one, row in self.cells(kind).items() if one in seen})
        if kind != "run":
            return replace(self, steps=cells)
        return replace(
            self,
            live=self.live & seen,
            terminal=self.terminal & seen,
            pauses=self.pauses & seen,
            edges=tuple(edge for edge in self.edges if seen >= {edge.target, edge.source} - {""}),
            fields=cells,
        )


@cache
def lifecycle(edition: str) -> Lifecycle:
    """Return the life cycle of an edition.

    >>> sorted(lifecycle("v1").terminal)
    ['cancelled', 'completed', 'expired', 'failed']
    """
    table: dict[str, Any] = read_toml("lifecycle.toml")[edition]
    edges = tuple(
        Edge(source=row["from"], target=row["to"], trigger=row["trigger"], mark=row["mark"])
        for row in table["edge"]
    )
    events = {
        name: StreamEventType(kind=row["kind"], status=row.get("status"))
        for name, row in table["events"].items()
    }
    return Lifecycle(
        initial=table["initial"],
        live=frozenset(table["live"]),
        terminal=frozenset(table["terminal"]),
        pauses=frozenset(table["pauses"]),
        edges=edges,
        fields=_cells(table["fields"]),
        steps=_cells(table["steps"]),
        events=MappingProxyType(events),
        reachable=MappingProxyType(_closure(edges)),
    )


def _cells(table: dict[str, dict[str, Expectation]]) -> Mapping[str, Mapping[str, Expectation]]:
    """Return a table of fields by status that cannot be changed."""
    return MappingProxyType({status: MappingProxyType(cells) for status, cells in table.items()})


def _closure(edges: tuple[Edge, ...]) -> dict[str, frozenset[str]]:
    """Return, for every status, the statuses that a chain of edges leads to."""
    direct: dict[str, set[str]] = {}
    for edge in edges:
        direct.setdefault(edge.source, set()).add(edge.target)
    closure: dict[str, frozenset[str]] = {}
    for status, targets in direct.items():
        reached: set[str] = set()
        frontier = set(targets)
        while frontier:
            reached |= frontier
            frontier = {after for before in frontier for after in direct.get(before, ())} - reached
        closure[status] = frozenset(reached)
    return closure
