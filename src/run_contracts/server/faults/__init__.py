"""Faults: deliberate defects of the kinds real servers have.

Each one wraps a method of a part, or is a row of a table that says which field is wrong. A fault
carries the id of the requirement it breaks; how that is noticed is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from run_contracts.server.faults import (
    wrong_commands,
    wrong_connections,
    wrong_creation,
    wrong_ends,
    wrong_identity,
    wrong_later,
    wrong_lists,
    wrong_lives,
    wrong_refusals,
    wrong_shapes,
    wrong_statuses,
    wrong_steps,
    wrong_streams,
    wrong_values,
)
from run_contracts.server.faults.concurrent_faults import CONCURRENT_FAULTS, ConcurrentFault
from run_contracts.server.faults.fault import Fault, faults_in
from run_contracts.server.faults.rows import Wrong, of_table
from run_contracts.server.parts.edition_server import EditionServer

__all__ = ["CONCURRENT_FAULTS", "FAULTS", "ROWS", "SERVED_FAULTS", "Fault", "put_on"]

ROWS: tuple[Wrong, ...] = (
    *wrong_shapes.SHAPE_ROWS,
    *wrong_statuses.STATUS_ROWS,
    *wrong_creation.ECHO_ROWS,
)
"""The faults that are rows of a table."""
BEHAVIOURS = (
    wrong_values,
    wrong_identity,
    wrong_creation,
    wrong_lives,
    wrong_commands,
    wrong_lists,
    wrong_later,
    wrong_steps,
    wrong_refusals,
    wrong_connections,
    wrong_streams,
    wrong_ends,
)
"""The modules whose functions are faults."""


def _all() -> Iterator[Fault]:
    yield from of_table(ROWS)
    yield from wrong_identity.bare_ids()
    yield from wrong_refusals.odd_ids()
    yield from wrong_streams.lost_events()
    for module in BEHAVIOURS:
        yield from faults_in(vars(module))


def _catalogue() -> Mapping[str, Fault]:
    """Return every fault by its id; no id twice."""
    known: dict[str, Fault] = {}
    for fault in _all():
        if fault.id in known:
            raise AssertionError(f"there are two faults {fault.id}")
        known[fault.id] = fault
    return MappingProxyType(dict(sorted(known.items())))


FAULTS = _catalogue()
"""Every fault by its id, that of the requirement it breaks; all but the first have a letter."""
SERVED_FAULTS: Mapping[str, Fault | ConcurrentFault] = MappingProxyType(
    {**FAULTS, **CONCURRENT_FAULTS}
)
"""All that a server can be told to have, those included that no check can be sure to see."""


def put_on(server: EditionServer, faults: Sequence[Fault | ConcurrentFault]) -> None:
    """Give a server these faults; where two wrap one method, the first is around the second."""
    for fault in reversed(faults):
        for wrap in fault.wraps:
            wrap.put_on(server)
