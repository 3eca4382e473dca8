"""When things happen in a life: at the moments that are fixed, and in order between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from run_contracts.contract.lifecycle import EXPIRED, IN_PROGRESS
from run_contracts.errors import UsageError
from run_contracts.making.forms import Make, Whole
from run_contracts.making.moments import CREATED, EXPIRES, LIFETIME

BETWEEN_CHANGES = Whole(least=0, most=1000, usual=(0, 5))
"""Seconds between two changes of a run."""
LIFE = Whole(least=1, most=100_000, usual=LIFETIME)
"""Seconds from the creation of a run to its expiry."""
STARTS_AT = "started_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The moments of a path, in seconds since the epoch: one for each status, and the expiry."""

    moments: tuple[int, ...]
    expires_at: int


def timing_of(path: Sequence[str], created: int, fixed: Mapping[str, Any], make: Make) -> Timing:
    """Return when each status of a path is entered.

    `created` is a moment to begin with, unless `fixed` timestamps say otherwise. What happens
    before an end happens before the run expires; what expires ends no sooner.
    """
    anchors = _anchors(path, fixed)
    gaps = [0, *(int(make(BETWEEN_CHANGES)) for _ in path[1:])]
    expiry = fixed.get(EXPIRES)
    moments = [_first(created, anchors, gaps, expiry, make)]
    for at in range(1, len(path)):
        later = [moment for place, moment in anchors.items() if place >= at]
        if expiry is not None and path[at] != EXPIRED:
            later.append(expiry - 1)
        moment = anchors.get(at, moments[-1] + gaps[at])
        moments.append(max(moments[-1], min([moment, *later])))
    live = moments[:-1] if path[-1] == EXPIRED else moments
    if expiry is None:
        expiry = max(moments[0] + int(make(LIFE)), live[-1] + 1)
        ending = anchors.get(len(path) - 1)
        if path[-1] == EXPIRED and ending is not None:
            expiry = min(expiry, max(ending, live[-1] + 1))
    if path[-1] == EXPIRED and len(path) - 1 not in anchors:
        moments[-1] = max(moments[-1], expiry)
    _in_order(path, moments, anchors)
    return Timing(moments=tuple(moments), expires_at=int(expiry))


def _anchors(path: Sequence[str], fixed: Mapping[str, Any]) -> dict[int, int]:
    """Return the places of a path whose moment is fixed."""
    anchors: dict[int, int] = {}
    for name, moment in fixed.items():
        if not isinstance(moment, int) or name == EXPIRES:
            continue
        if name == CREATED:
            anchors[0] = moment
        elif name == STARTS_AT and IN_PROGRESS in path:
            anchors[path.index(IN_PROGRESS)] = moment
        elif name.endswith("_at"):
            anchors[len(path) - 1] = moment
    return anchors


def _first(
    created: int, anchors: Mapping[int, int], gaps: Sequence[int], expiry: int | None, make: Make
) -> int:
    """Return when a run is created: before the first moment that is fixed."""
    if 0 in anchors:
        return anchors[0]
    if anchors:
        place = min(anchors)
        return max(0, anchors[place] - sum(gaps[: place + 1]))
    return created if expiry is None else max(0, expiry - int(make(LIFE)))


def _in_order(path: Sequence[str], moments: Sequence[int], anchors: Mapping[int, int]) -> None:
    """Raise `UsageError` where fixed moments stand in another order than the statuses."""
    for place, moment in anchors.items():
        if moments[place] != moment:
            raise UsageError(
                f"the run is {path[place]} at {moment} and had changed at {moments[place]} before; "
                "give moments in order"
            )
