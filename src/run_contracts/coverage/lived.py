"""What was seen of the lives of runs: edges of the life cycle, and statuses by operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from run_contracts.contract.loading import Contract
from run_contracts.contract.operations import run_operations
from run_contracts.traffic.evidence import COMMANDS, Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.history import Observation

CREATES = ("createRun", "createThreadAndRun")
SHOWS = ("getRun", "listRuns")
"""Operations that show runs in whatever status they are; all others are asked about one."""


def edge(source: str, target: str) -> str:
    """Return the name of an edge; a run is born from nothing.

    >>> edge("", "queued"), edge("queued", "in_progress")
    ('created > queued', 'queued > in_progress')
    """
    return f"{source or 'created'} > {target}"


def edges(contract: Contract) -> Iterator[str]:
    """Yield the names of the edges of the life cycle."""
    return (edge(one.source, one.target) for one in contract.lifecycle.edges)


def edges_shown(evidence: Evidence) -> Iterator[tuple[str, Exchange]]:
    """Yield what two observations of a run that follow one another show, with the later one.

    Whoever polls may miss what lies between them: that cannot be told from an edge.
    """
    for history in evidence.histories.values():
        first = history.observations[0]
        if first.exchange.operation_id in CREATES:
            yield edge("", str(first.status)), first.exchange
        for earlier, later in history.pairs():
            if earlier.status != later.status:
                yield edge(str(earlier.status), str(later.status)), later.exchange


class AskedStatus(NamedTuple):
    """A status of a run, and the operation by which it is shown, or asked about in it.

    It `is_own` if it is asked about through the thread of the run.

    >>> AskedStatus("cancelRun", "queued", is_own=False).name
    'cancelRun queued, another thread'
    """

    operation: str
    status: str
    is_own: bool = True

    @property
    def name(self) -> str:
        """Its name in the coverage."""
        elsewhere = "" if self.is_own else ", another thread"
        return f"{self.operation} {self.status}{elsewhere}"


def asked_statuses(contract: Contract) -> Iterator[AskedStatus]:
    """Yield each operation about one run, or that shows runs, with each status of a run.

    Commands come through another thread, too, by which nothing may happen to the run.
    """
    every = contract.lifecycle.fields
    for operation in run_operations(contract.edition):
        if operation.id in SHOWS or "{run_id}" in operation.path:
            yield from (AskedStatus(operation.id, status) for status in every)
        if operation.id in COMMANDS:
            yield from (AskedStatus(operation.id, status, is_own=False) for status in every)


def asked_statuses_shown(evidence: Evidence) -> Iterator[tuple[AskedStatus, Exchange]]:
    """Yield the statuses that answers show, and those in which runs were when they were asked for.

    What was asked counts whether it was refused or not.
    """
    seen: dict[str, Observation] = {}
    for exchange in evidence.exchanges:
        operation, last = exchange.operation_id, seen.get(exchange.ids.get("run_id", ""))
        if operation is not None and operation not in SHOWS and last is not None:
            is_own = exchange.ids.get("thread_id") == last.run.get("thread_id")
            yield AskedStatus(operation, str(last.status), is_own), exchange
        for observation in evidence.observations(exchange):
            seen[str(observation.run.get("id"))] = observation
            if operation in SHOWS:
                yield AskedStatus(str(operation), str(observation.status)), exchange


def statuses(contract: Contract) -> Iterator[str]:
    """Yield the names of the statuses with the operations that show or take them."""
    return (asked.name for asked in asked_statuses(contract))


def statuses_shown(evidence: Evidence) -> Iterator[tuple[str, Exchange]]:
    """Yield the names of those that evidence shows."""
    return ((asked.name, exchange) for asked, exchange in asked_statuses_shown(evidence))
