"""Timestamps: how the moments of an object follow one another, by the register's order of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.making.forms import (
    TRUTH,
    Fields,
    Form,
    Make,
    Whole,
    allows_null,
    is_fixed,
    is_null,
    without_null,
)

ROOM = 1_000_000
"""Seconds between what is created last and the bound, so that what follows is in bounds, too."""
SPAN = 100_000
"""Seconds at most between one moment of an object and the next."""
CREATED = "created_at"
RECENT = (1_704_067_200, 1_798_761_599)
"""The years 2024 to 2026."""
USUAL_SPANS = {"started_at": (0, 2), "expires_at": (600, 600)}
USUAL_SPAN = (1, 60)
LEAD = Whole(least=0, most=SPAN, usual=(0, 60))
"""Seconds from the creation of an object to the first of its moments that is fixed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A timestamp that follows others: by at most `SPAN` seconds, usually by `usual`.

    Nothing is created after `latest`.
    """

    name: str
    earlier: tuple[str, ...]
    later: tuple[str, ...]
    may_be_null: bool
    least: int
    most: int
    latest: int
    span: Whole


def free_moments(contract: Contract, form: Fields) -> tuple[Moment, ...]:
    """Return the timestamps of an object that the caller did not fix, in the order to make them."""
    free = [name for name in _moment_names(form) if not is_fixed(form.fields[name])]
    return tuple(_moments(contract, form, free))


def placed(moment: Moment, value: Mapping[str, Any], make: Make) -> int | None:
    """Return a timestamp after those that come before it, and before those that are fixed."""
    if moment.may_be_null and not make(TRUTH):
        return None
    start, end = moment.least, moment.most
    for name in moment.earlier:
        before = value.get(name)
        if isinstance(before, int) and before > start:
            start = before
    for name in moment.later:
        after = value.get(name)
        if isinstance(after, int) and after < end:
            end = after
    if moment.name == CREATED:
        return int(make(moment.span)) if end > moment.latest else max(start, end - int(make(LEAD)))
    return max(start, min(end, start + int(make(moment.span))))


def _moment_names(form: Fields) -> list[str]:
    """Return the timestamps of an object, `created_at` and then `started_at` first."""
    names = [name for name, inner in form.fields.items() if _is_moment(name, inner)]
    first = {CREATED: 0, "started_at": 1}
    return sorted(names, key=lambda name: first.get(name, 2))


def _is_moment(name: str, form: Form) -> bool:
    return name.endswith("_at") and isinstance(without_null(form), Whole)


def _moments(contract: Contract, form: Fields, free: list[str]) -> Iterator[Moment]:
    """Yield how each free timestamp lies to the others, by the register's order of time."""
    names, limit = set(_all_moments(form)), contract.register.seconds_limit
    before: dict[str, set[str]] = {name: {CREATED} - {name} for name in names}
    for requirement in contract.register.ruled("order"):
        first, *others = requirement.fields
        for name in others:
            before.setdefault(name, set()).add(first)
    for name in free:
        whole = without_null(form.fields[name])
        assert isinstance(whole, Whole)  # noqa: S101 - by _is_moment
        usual = USUAL_SPANS.get(name, USUAL_SPAN)
        created = Whole(least=max(0, whole.least or 0), most=limit - ROOM, usual=RECENT)
        yield Moment(
            name=name,
            earlier=tuple(sorted(before[name])),
            later=tuple(sorted(n for n in names if name in before[n] and n not in free)),
            may_be_null=allows_null(form.fields[name]),
            least=max(0, whole.least or 0),
            most=limit - 1 if whole.most is None else whole.most,
            latest=limit - ROOM,
            span=created if name == CREATED else Whole(least=0, most=SPAN, usual=usual),
        )


def _all_moments(form: Fields) -> Iterator[str]:
    for name, inner in form.fields.items():
        if name.endswith("_at") and not is_null(inner):
            yield name
