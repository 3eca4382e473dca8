"""What was seen of the lives of runs: edges of the life cycle, and statuses by operation."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.contract.loading import Contract
from run_contracts.contract.operations import run_operations
from run_contracts.traffic.evidence import Evidence
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


def statuses(contract: Contract) -> Iterator[str]:
    """Yield each operation about one run, or that shows runs, with each status."""
    for operation in run_operations(contract.edition):
        if operation.id in SHOWS or "{run_id}" in operation.path:
            yield from (f"{operation.id} {status}" for status in contract.lifecycle.fields)


def statuses_shown(evidence: Evidence) -> Iterator[tuple[str, Exchange]]:
    """Yield the statuses that answers show, and those in which runs were when they were asked for.

    Only what was asked about the thread of the run counts, whether it was refused or not.
    """
    seen: dict[str, Observation] = {}
    for exchange in evidence.exchanges:
        operation, run_id = exchange.operation_id, exchange.ids.get("run_id", "")
        last = seen.get(run_id)
        if operation not in SHOWS and last is not None and _is_own_thread(exchange, last):
            yield f"{operation} {last.status}", exchange
        for observation in evidence.observations(exchange):
            seen[str(observation.run.get("id"))] = observation
            if operation in SHOWS:
                yield f"{operation} {observation.status}", exchange


def _is_own_thread(exchange: Exchange, last: Observation) -> bool:
    return bool(exchange.ids.get("thread_id") == last.run.get("thread_id"))
