"""The kinds of faults that a rating is split by: what a checker must do to see one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from run_contracts.contract.requirements import Requirement

OF_SEVERAL_ANSWERS = frozenset({"exchange", "history", "walk"})
"""What requirements speak of that no single value shows."""


class FaultKind(StrEnum):
    """What a fault is about."""

    VALUES = "values"
    BEHAVIOUR = "behaviour"
    LISTS = "lists"
    STREAMS = "streams"
    REFUSALS = "refusals"
    HTTP = "HTTP"


KIND_SENTENCES: Mapping[FaultKind, str] = MappingProxyType(
    {
        FaultKind.VALUES: "one answer alone shows it: a field, its form, what a status allows",
        FaultKind.BEHAVIOUR: "a request and its answer show it, or several: echo, ids, life cycle",
        FaultKind.LISTS: "pages: order, cursors, limits",
        FaultKind.STREAMS: "server-sent events: order, ends, what they agree with",
        FaultKind.REFUSALS: "what must be refused, and the errors that say so",
        FaultKind.HTTP: "status codes, headers, bodies, connections",
    }
)
"""What each kind is, in words."""
_BY_AREA: Mapping[str, FaultKind] = MappingProxyType(
    {
        "list": FaultKind.LISTS,
        "stream": FaultKind.STREAMS,
        "error": FaultKind.REFUSALS,
        "http": FaultKind.HTTP,
        "body": FaultKind.HTTP,
    }
)
"""The areas of the register whose faults are of one kind."""


def kind_of(broken: Requirement) -> FaultKind:
    """Return the kind of the faults that break a requirement.

    >>> from run_contracts.contract.requirements import register
    >>> kind_of(register("v2")["RUN-USAGE-001"]), kind_of(register("v2")["RUN-LIFE-001"])
    (<FaultKind.VALUES: 'values'>, <FaultKind.BEHAVIOUR: 'behaviour'>)
    """
    single = FaultKind.BEHAVIOUR if broken.on in OF_SEVERAL_ANSWERS else FaultKind.VALUES
    return _BY_AREA.get(broken.area, single)
