"""The ids by which exchanges belong together: those of threads, and of what stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.payload import Placed

IN_THREADS = ("thread", "run", "run_step", "message")
"""The kinds of what belongs to one thread."""
CONNECTING = ("id", "thread_id", "run_id")
"""The fields by which such an object says what it is, and what it belongs to."""
IN_PATHS = ("thread_id", "run_id")
LONGEST_ID = 512
"""Characters of what is an id; what is longer connects nothing."""
CREATES_ASSISTANT = "createAssistant"


def connecting_ids(exchange: Exchange) -> frozenset[str]:
    """Return the ids of threads, runs, steps and messages that an exchange names, or shows.

    What nobody can connect with any other has none.
    """
    shown = exchange.answer.derived("connecting ids", lambda: _shown(exchange))
    named = [exchange.ids[name] for name in IN_PATHS if name in exchange.ids]
    return shown.union(named) if not shown.issuperset(named) else shown


def _shown(exchange: Exchange) -> frozenset[str]:
    if not exchange.is_success:
        return frozenset()
    placed = chain.from_iterable(exchange.objects(kind) for kind in IN_THREADS)
    return frozenset(chain.from_iterable(map(_ids_of, placed)))


def _ids_of(placed: Placed) -> Iterator[str]:
    for name in CONNECTING:
        id_ = placed.value.get(name)
        if isinstance(id_, str) and 0 < len(id_) <= LONGEST_ID:
            yield id_


def assistant_made(exchange: Exchange) -> str | None:
    """Return the id of the assistant that an exchange created; None if it created none."""
    if exchange.operation_id != CREATES_ASSISTANT:
        return None
    made = exchange.answered_as("assistant")
    id_ = made.get("id") if made is not None else None
    return id_ if isinstance(id_, str) and len(id_) <= LONGEST_ID else None


def assistants_of(exchange: Exchange) -> Iterator[str]:
    """Yield the ids of the assistants that a request names, and those of the runs it was answered.

    Others than the first of them may be no run's, and do no harm.
    """
    asked = exchange.asked
    named = asked.get("assistant_id") if isinstance(asked, dict) else None
    runs = exchange.objects("run") if exchange.is_success else ()
    for id_ in (named, *(run.value.get("assistant_id") for run in runs)):
        if isinstance(id_, str):
            yield id_
