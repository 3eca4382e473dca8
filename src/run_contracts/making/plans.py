"""What a legal object looks like: its form narrowed by the life cycle, and how its parts relate.

A plan holds no randomness: `made` asks a generator for values of forms and puts them together.
Both generators, the edge cases and the near misses share it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from run_contracts.contract.lifecycle import Expectation
from run_contracts.contract.loading import Contract
from run_contracts.errors import ContractError
from run_contracts.making.forms import (
    NULL,
    TRUTH,
    Choice,
    Constant,
    Drawn,
    Fields,
    Form,
    Identifier,
    Make,
    Number,
    Union,
    Whole,
    allows_null,
    is_null,
    without_null,
)
from run_contracts.making.parsing import form_of
from run_contracts.validation.rules import SECONDS_LIMIT

LATEST = SECONDS_LIMIT - 1_000_000
"""Seconds since the epoch after which nothing is created, so that what follows is in bounds."""
SPAN = 100_000
"""Seconds at most between one moment of an object and the next."""
CREATED = "created_at"
RECENT = (1_704_067_200, 1_798_761_599)
"""The years 2024 to 2026."""
USUAL_SPANS = {"started_at": (0, 2), "expires_at": (600, 600)}
USUAL_SPAN = (1, 60)
USUAL_TOKENS = (1, 4000)
STEP = "run_step"
USAGE, TOTAL, PARTS = "usage", "total_tokens", ("prompt_tokens", "completion_tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A timestamp that follows others: by at most `SPAN` seconds, usually by `usual`."""

    name: str
    earlier: tuple[str, ...]
    later: tuple[str, ...]
    may_be_null: bool
    least: int
    most: int
    span: Whole


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ObjectPlan:
    """How to make one kind of object in one status.

    `form` says what each field holds on its own; free `moments` and the total of `usage` are
    null and zero there, and put in afterwards.
    """

    kind: str
    form: Fields
    moments: tuple[Moment, ...] = ()
    usage: Fields | None = None

    def made(self, make: Make) -> dict[str, Any]:
        """Return an object of this plan, its parts made by a generator."""
        value: dict[str, Any] = make(self.form)
        for moment in self.moments:
            if moment.name in value:
                value[moment.name] = _moment(moment, value, make)
        self._add_up(value, make)
        if self.kind == STEP and isinstance(self.form.fields["type"], Choice):
            value["type"] = value["step_details"]["type"]
        return value

    def part(self, name: str, make: Make) -> Any:
        """Return what one field may hold; not for timestamps, which lie by others."""
        made = {name: make(self.form.fields[name])}
        self._add_up(made, make)
        return made[name]

    def _add_up(self, value: dict[str, Any], make: Make) -> None:
        usage = value.get(USAGE)
        if self.usage is not None and usage is not None:
            _add_up(usage, self.usage, make)


def _moment(moment: Moment, value: Mapping[str, Any], make: Make) -> int | None:
    """Return a timestamp after those that come before it, and before those that are fixed."""
    if moment.may_be_null and not make(TRUTH):
        return None
    start, end = moment.least, moment.most
    for name in moment.earlier:
        found = value.get(name)
        if isinstance(found, int) and found > start:
            start = found
    for name in moment.later:
        found = value.get(name)
        if isinstance(found, int) and found < end:
            end = found
    if moment.name == CREATED:
        return int(make(moment.span)) if end > LATEST else max(start, end - int(make(SHORT)))
    return max(start, min(end, start + int(make(moment.span))))


SHORT = Whole(least=0, most=SPAN, usual=(0, 60))


def _add_up(usage: dict[str, Any], form: Fields, make: Make) -> None:
    """Make the total of a usage the sum of its parts, whichever of them are free."""
    free = [name for name in PARTS if not is_fixed(form.fields[name])]
    if not is_fixed(form.fields[TOTAL]):
        usage[TOTAL] = sum(usage[name] for name in PARTS)
    elif free and isinstance(usage[TOTAL], int):
        first, *rest = free
        if rest:
            usage[rest[0]] = int(make(Whole(least=0, most=max(0, usage[TOTAL]))))
        others = sum(usage[name] for name in PARTS if name != first)
        usage[first] = max(0, usage[TOTAL] - others)


def is_fixed(form: Form) -> bool:
    """Say whether the caller decided what a field holds."""
    return isinstance(form, Constant | Drawn)


@lru_cache(maxsize=256)
def run_form(contract: Contract, status: str) -> Fields:
    """Return the form of a run in one status."""
    cells = contract.lifecycle.fields[status]
    return _narrowed(contract, "run", cells).with_field("status", Constant(value=status))


@lru_cache(maxsize=256)
def step_form(contract: Contract, status: str) -> Fields:
    """Return the form of a run step in one status."""
    cells = contract.lifecycle.steps[status]
    form = _narrowed(contract, "run_step", cells)
    return form.with_field("status", Constant(value=status))


@lru_cache(maxsize=64)
def plain_form(contract: Contract, kind: str) -> Fields:
    """Return the form of a kind whose fields do not depend on a status, e.g. a message."""
    return _narrowed(contract, kind, {})


def planned(contract: Contract, kind: str, form: Fields) -> ObjectPlan:
    """Return the plan of a form, which may have been narrowed further by the caller."""
    free = [name for name in _moment_names(form) if not is_fixed(form.fields[name])]
    moments = tuple(_moments(contract, form, free))
    fields = {**form.fields, **dict.fromkeys(free, NULL)}
    usage = _usage(fields.get(USAGE))
    if usage is not None:
        fields[USAGE] = _with_placeholder(fields[USAGE], usage)
    return ObjectPlan(kind=kind, form=replace(form, fields=fields), moments=moments, usage=usage)


def _narrowed(contract: Contract, kind: str, cells: Mapping[str, Expectation]) -> Fields:
    """Return the form of a kind with fields set or null as a table says, and ids with prefixes."""
    form = form_of(contract, kind)
    if not isinstance(form, Fields):
        raise ContractError(f"{kind}: its schema is no object, so no {kind} can be made")
    fields = dict(form.fields)
    needed = set(form.required)
    for name, wanted in cells.items():
        if name in fields and wanted != "either":
            fields[name] = _expected(kind, name, fields[name], wanted)
            needed |= {name} if wanted == "set" else set()
    for rule in contract.register.on(kind):
        if rule.prefix is not None and rule.fields[0] in fields:
            fields[rule.fields[0]] = Identifier(prefix=rule.prefix)
    return replace(form, fields=fields, required=frozenset(needed))


def _expected(kind: str, name: str, form: Form, wanted: Expectation) -> Form:
    """Return the form of a field that must be null, or must not be."""
    left = without_null(form)
    if wanted == "null" and allows_null(form):
        return NULL
    if wanted == "set" and left is not None:
        return left
    says = "never null" if wanted == "null" else "always null"
    raise ContractError(
        f"{kind}/{name}: the life cycle wants it {wanted}, the schema says it is {says}; "
        "nothing can be made by this reading, take reading='wire'"
    )


def _moment_names(form: Fields) -> list[str]:
    """Return the timestamps of an object, `created_at` and then `started_at` first."""
    names = [name for name, inner in form.fields.items() if _is_moment(name, inner)]
    first = {CREATED: 0, "started_at": 1}
    return sorted(names, key=lambda name: first.get(name, 2))


def _is_moment(name: str, form: Form) -> bool:
    inner = without_null(form)
    return name.endswith("_at") and isinstance(inner, Whole)


def _moments(contract: Contract, form: Fields, free: list[str]) -> Iterator[Moment]:
    """Yield how each free timestamp lies to the others, by the register's order of time."""
    names = set(_all_moments(form))
    before: dict[str, set[str]] = {name: {CREATED} - {name} for name in names}
    for requirement in TIME_ORDER:
        first, *others = contract.register[requirement].fields
        for name in others:
            before.setdefault(name, set()).add(first)
    for name in free:
        whole = without_null(form.fields[name])
        assert isinstance(whole, Whole)  # noqa: S101 - by _is_moment
        usual = USUAL_SPANS.get(name, USUAL_SPAN)
        created = Whole(least=max(0, whole.least or 0), most=LATEST, usual=RECENT)
        yield Moment(
            name=name,
            earlier=tuple(sorted(before[name])),
            later=tuple(sorted(n for n in names if name in before[n] and n not in free)),
            may_be_null=allows_null(form.fields[name]),
            least=max(0, whole.least or 0),
            most=SECONDS_LIMIT - 1 if whole.most is None else whole.most,
            span=created if name == CREATED else Whole(least=0, most=SPAN, usual=usual),
        )


TIME_ORDER = ("RUN-TIME-001", "RUN-TIME-002", "RUN-TIME-003")


def _all_moments(form: Fields) -> Iterator[str]:
    for name, inner in form.fields.items():
        if name.endswith("_at") and not is_null(inner):
            yield name


def _usage(form: Form | None) -> Fields | None:
    """Return the form of a usage that counts parts and a total; None if there is none to relate."""
    branches = form.branches if isinstance(form, Union) else (form,)
    for branch in branches:
        if isinstance(branch, Fields) and {TOTAL, *PARTS} <= branch.fields.keys():
            return branch
    return None


def _with_placeholder(form: Form, usage: Fields) -> Form:
    """Return the form of a usage whose free numbers count tokens; the total is put in later."""
    fields = dict(usage.fields)
    for name in PARTS:
        part = fields[name]
        if isinstance(part, Whole | Number):
            most = MOST_TOKENS if part.most is None else int(part.most)
            fields[name] = Whole(least=max(0, int(part.least or 0)), most=most, usual=USUAL_TOKENS)
    if not is_fixed(fields[TOTAL]):
        fields[TOTAL] = Constant(value=0)
    counted = replace(usage, fields=fields)
    if not isinstance(form, Union):
        return counted
    return Union(branches=tuple(counted if b is usage else b for b in form.branches))


MOST_TOKENS = 2**31 - 1
