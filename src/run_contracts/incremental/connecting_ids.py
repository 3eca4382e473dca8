"""The ids by which exchanges belong together: those of threads, and of what stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from run_contracts.traffic.deletions import deletion_of
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.payload import Placed

IN_THREADS = ("thread", "run", "run_step", "message")
"""The kinds of what belongs to one thread."""
CONNECTING = ("id", "thread_id", "run_id")
"""The fields by which such an object says what it is, and what it belongs to."""
IN_PATHS = ("thread_id", "run_id")
LONGEST_CONNECTING = 512
"""Characters of what is an id; what is longer connects nothing."""


def connecting_ids(exchange: Exchange) -> frozenset[str]:
    """Return the ids of threads, runs, steps and messages that an exchange names, or shows.

    What nobody can connect with any other has none. What may delete a thread, or something in it,
    names it by its path alone.
    """
    shown = exchange.answer.derived("connecting ids", lambda: _shown(exchange))
    named = [exchange.ids[name] for name in IN_PATHS if name in exchange.ids]
    deletion = deletion_of(exchange)
    if deletion is not None:
        named.append(deletion.thread_id)
    return shown.union(named) if not shown.issuperset(named) else shown


def _shown(exchange: Exchange) -> frozenset[str]:
    if not exchange.is_success:
        return frozenset()
    placed = chain.from_iterable(exchange.objects(kind) for kind in IN_THREADS)
    return frozenset(chain.from_iterable(map(_ids_of, placed)))


def statuses_in(exchange: Exchange) -> list[tuple[str, str]]:
    """Return the id and the status of each run that an exchange shows."""
    return exchange.answer.derived("statuses", lambda: list(_statuses(exchange)))


def _statuses(exchange: Exchange) -> Iterator[tuple[str, str]]:
    for placed in exchange.objects("run") if exchange.is_success else ():
        run_id, status = placed.value.get("id"), placed.value.get("status")
        if isinstance(run_id, str) and isinstance(status, str):
            yield run_id, status


def _ids_of(placed: Placed) -> Iterator[str]:
    for name in CONNECTING:
        id_ = placed.value.get(name)
        if isinstance(id_, str) and 0 < len(id_) <= LONGEST_CONNECTING:
            yield id_


def assistants_of(exchange: Exchange) -> frozenset[str]:
    """Return the ids of the assistants that a request names, and those of the runs it shows."""
    shown = exchange.answer.derived("assistants", lambda: frozenset(_assistants(exchange)))
    asked = exchange.asked if exchange.request.body else None
    named = asked.get("assistant_id") if isinstance(asked, dict) else None
    return shown | {named} if isinstance(named, str) else shown


def _assistants(exchange: Exchange) -> Iterator[str]:
    for placed in exchange.objects("run") if exchange.is_success else ():
        id_ = placed.value.get("assistant_id")
        if isinstance(id_, str):
            yield id_
