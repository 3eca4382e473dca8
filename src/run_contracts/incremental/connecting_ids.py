"""The ids by which exchanges belong together: those of threads, and of what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from run_contracts.traffic.deletions import deletion_of
from run_contracts.traffic.exchange import Exchange
from run_contracts.types import JSONObject

IN_THREADS = ("run", "thread", "run_step", "message")
"""The kinds of what belongs to one thread."""
CONNECTING = ("id", "thread_id", "run_id")
"""The fields by which such an object says what it is, and what it belongs to."""
IN_PATHS = ("thread_id", "run_id")
LONGEST_CONNECTING = 512
"""Characters of what is an id; what is longer connects nothing."""


class ShownIds(NamedTuple):
    """Ids that connect, the id and status of each run, and the assistants that runs are of."""

    ids: frozenset[str] = frozenset()
    statuses: tuple[tuple[str, str], ...] = ()
    assistants: frozenset[str] = frozenset()


SHOWS_NOTHING = ShownIds()


def connecting_ids(exchange: Exchange) -> frozenset[str]:
    """Return the ids of threads, runs, steps and messages that an exchange names, or shows.

    What nobody can connect with any other has none. What may delete a thread, or something in it,
    names it by its path alone.
    """
    shown = shown_in(exchange).ids
    named = [exchange.ids[name] for name in IN_PATHS if name in exchange.ids]
    deletion = deletion_of(exchange)
    if deletion is not None:
        named.append(deletion.thread_id)
    return shown.union(named) if not shown.issuperset(named) else shown


def shown_in(exchange: Exchange) -> ShownIds:
    """Return what an answer shows of threads and of what stands in them, made once of it."""
    return exchange.answer.derived(ShownIds, lambda: _shown(exchange))


def _shown(exchange: Exchange) -> ShownIds:
    if not exchange.is_success:
        return SHOWS_NOTHING
    runs = [placed.value for placed in exchange.objects("run")]
    others = (placed.value for kind in IN_THREADS[1:] for placed in exchange.objects(kind))
    assistants = (run.get("assistant_id") for run in runs)
    return ShownIds(
        ids=frozenset(_ids_of((*runs, *others))),
        statuses=tuple(_statuses(runs)),
        assistants=frozenset(one for one in assistants if isinstance(one, str)),
    )


def _statuses(runs: Iterable[JSONObject]) -> Iterator[tuple[str, str]]:
    for run in runs:
        run_id, status = run.get("id"), run.get("status")
        if isinstance(run_id, str) and isinstance(status, str):
            yield run_id, status


def _ids_of(objects: Iterable[JSONObject]) -> Iterator[str]:
    for name in CONNECTING:
        for named in objects:
            id_ = named.get(name)
            if isinstance(id_, str) and 0 < len(id_) <= LONGEST_CONNECTING:
                yield id_


def assistants_of(exchange: Exchange) -> frozenset[str]:
    """Return the ids of the assistants that a request names, and those of the runs it shows."""
    shown = shown_in(exchange).assistants
    asked = exchange.asked if exchange.request.body else None
    named = asked.get("assistant_id") if isinstance(asked, dict) else None
    return shown | {named} if isinstance(named, str) else shown
