"""Faults: deliberate defects of the kinds real servers have.

Each one is an overridden method, or a row of a table that says which field is wrong. A fault
carries the id of the requirement it breaks; how that is noticed is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from run_contracts.errors import UsageError
from run_contracts.server.event_frames import Streaming
from run_contracts.server.faults import (
    wrong_commands,
    wrong_creation,
    wrong_ends,
    wrong_identity,
    wrong_lists,
    wrong_lives,
    wrong_refusals,
    wrong_shapes,
    wrong_statuses,
    wrong_steps,
    wrong_streams,
    wrong_values,
)
from run_contracts.server.faults.fault import Fault, described
from run_contracts.server.faults.rows import Wrong, of_table

__all__ = ["FAULTS", "ROWS", "Fault", "composed"]

ROWS: tuple[Wrong, ...] = (*wrong_shapes.ROWS, *wrong_statuses.ROWS, *wrong_creation.ROWS)
"""The faults that are rows of a table."""
BEHAVIOURS = (
    wrong_values,
    wrong_identity,
    wrong_creation,
    wrong_lives,
    wrong_commands,
    wrong_lists,
    wrong_steps,
    wrong_refusals,
    wrong_streams,
    wrong_ends,
)
"""The modules whose classes are faults."""


def _all() -> Iterator[Fault]:
    yield from of_table(ROWS)
    yield from wrong_identity.bare_ids()
    yield from wrong_refusals.odd_ids()
    for module in BEHAVIOURS:
        yield from described(vars(module))


def _catalogue() -> Mapping[str, Fault]:
    """Return every fault by its id; no id twice."""
    found: dict[str, Fault] = {}
    for fault in _all():
        if fault.id in found:
            raise AssertionError(f"there are two faults {fault.id}")
        found[fault.id] = fault
    return MappingProxyType(dict(sorted(found.items())))


FAULTS = _catalogue()
"""Every fault by its id, that of the requirement it breaks; all but the first have a letter."""


def composed(service: type[Streaming], faults: tuple[str, ...]) -> type[Streaming]:
    """Return a service with these faults; raise `UsageError` for one that does not exist."""
    for fault in faults:
        if fault not in FAULTS:
            near = sorted(get_close_matches(fault, FAULTS, n=3, cutoff=0.5))
            hint = f"did you mean {' or '.join(near)}?" if near else "list --faults shows all"
            raise UsageError(f"no fault {fault!r}; {hint}")
    defects = tuple(FAULTS[fault].defect for fault in dict.fromkeys(faults))
    return type("Faulty", (*defects, service), {}) if defects else service
