"""Timestamps: how the moments of an object follow one another, by the register's order of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from run_contracts.contract.lifecycle import EXPIRED
from run_contracts.contract.loading import Contract
from run_contracts.making.forms import (
    Choice,
    Constant,
    Fields,
    Form,
    Make,
    Whole,
    allows_null,
    is_fixed,
    is_null,
    without_null,
)
from run_contracts.making.generators.offered_models import YEARS_BY_EDITION

ROOM = 1_000_000
"""Seconds between what is created last and the bound, so that what follows is in bounds, too."""
SPAN = 100_000
"""Seconds at most between one moment of an object and the next."""
CREATED = "created_at"
EXPIRES = "expires_at"
FIRST = (CREATED, "started_at")
"""What is made first, where the order of time leaves it open."""
LAST_SECOND = max(last for _, last in YEARS_BY_EDITION.values())
"""Nothing is made to be created later, unless the caller fixes it."""
LIFETIME = (600, 600)
USUAL_SPANS = {"started_at": (0, 2), EXPIRES: LIFETIME}
USUAL_SPAN = (1, 60)
LEAD = Whole(least=0, most=SPAN, usual=(0, 60))
"""Seconds from the creation of an object to the first of its moments that is fixed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A timestamp that follows others: by at most `SPAN` seconds, usually by `usual`.

    What counts from the creation is later than all that comes before it. `presence` says whether
    it is there at all; None if it always is.
    """

    name: str
    earlier: tuple[str, ...]
    later: tuple[str, ...]
    presence: Choice | None
    least: int
    most: int
    span: Whole
    is_from_creation: bool = False


def free_moments(contract: Contract, form: Fields) -> tuple[Moment, ...]:
    """Return the timestamps of an object that the caller did not fix, in the order to make them."""
    earlier = _earlier(contract, form)
    free = [name for name in _in_turn(form, earlier) if not is_fixed(form.fields[name])]
    return tuple(_moment(contract, form, name, free, earlier) for name in free)


def placed(moment: Moment, value: Mapping[str, Any], make: Make) -> int | None:
    """Return a timestamp after those that come before it, and before those that are fixed."""
    if moment.presence is not None and not make(moment.presence):
        return None
    start, end = moment.least, moment.most
    if moment.later:
        for name in moment.later:
            after = value.get(name)
            if isinstance(after, int):
                end = min(end, after - (name == EXPIRES))
    if not moment.earlier:
        is_bound = end < moment.most
        return max(start, end - int(make(LEAD))) if is_bound else int(make(moment.span))
    for name in moment.earlier:
        before = value.get(name)
        if isinstance(before, int) and before > start:
            start = before
    if moment.is_from_creation:
        created = value.get(CREATED)
        birth = created if isinstance(created, int) else start
        return min(end, max(start + 1, birth + int(make(moment.span))))
    return max(start, min(end, start + int(make(moment.span))))


def _in_turn(form: Fields, earlier: Mapping[str, set[str]]) -> list[str]:
    """Return the timestamps of an object, each after what comes before it."""
    left = [name for name, inner in form.fields.items() if _is_moment(name, inner)]
    left.sort(key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    ordered: list[str] = []
    while left:
        ready = (name for name in left if not earlier[name] & {*left})
        ordered.append(next(ready, left[0]))
        left.remove(ordered[-1])
    return ordered


def _is_moment(name: str, form: Form) -> bool:
    return name.endswith("_at") and isinstance(without_null(form), Whole)


def _earlier(contract: Contract, form: Fields) -> dict[str, set[str]]:
    """Return what comes before each timestamp, by the register; its object's creation else."""
    names = set(_all_moments(form))
    earlier: dict[str, set[str]] = {name: set() for name in names}
    for requirement in contract.register.ruled("order"):
        first, *others = requirement.fields
        for name in others:
            earlier.setdefault(name, set()).add(first)
    for name in names - {CREATED} - earlier.get(CREATED, set()):
        earlier[name].add(CREATED)
    if EXPIRES in names:
        earlier[EXPIRES] |= names - {EXPIRES}
    return earlier


def _moment(
    contract: Contract, form: Fields, name: str, free: list[str], earlier: Mapping[str, set[str]]
) -> Moment:
    """Return how a free timestamp lies to the others."""
    whole, limit = without_null(form.fields[name]), contract.register.seconds_limit
    assert isinstance(whole, Whole)  # noqa: S101 - by _is_moment
    least, usual = max(0, whole.least or 0), _usual_span(name, form)
    years = YEARS_BY_EDITION[contract.edition]
    birth = Whole(least=least, most=min(limit, LAST_SECOND) - ROOM, usual=years)
    fixed = (other for other in _all_moments(form) if other not in free)
    return Moment(
        name=name,
        earlier=tuple(sorted(earlier[name])),
        later=tuple(sorted(other for other in fixed if name in earlier[other])),
        presence=Choice(values=(False, True)) if allows_null(form.fields[name]) else None,
        least=least,
        most=limit - 1 if whole.most is None else whole.most,
        span=Whole(least=0, most=SPAN, usual=usual) if earlier[name] else birth,
        is_from_creation=name == EXPIRES and CREATED in earlier[name],
    )


def _usual_span(name: str, form: Fields) -> tuple[int, int]:
    """Return how many seconds usually lie between a moment and what comes before it."""
    status = form.fields.get("status")
    if isinstance(status, Constant) and status.value == EXPIRED:
        return USUAL_SPANS.get(name, LIFETIME)
    return USUAL_SPANS.get(name, USUAL_SPAN)


def _all_moments(form: Fields) -> Iterator[str]:
    for name, inner in form.fields.items():
        if name.endswith("_at") and not is_null(inner):
            yield name
