"""What a legal object looks like: its form in a status, and how its parts depend on one another.

A plan holds no randomness: `made` asks a generator for values of forms and puts them together.
The generators, the edge cases and the near misses share it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.making.forms import (
    NULL,
    Choice,
    Constant,
    Fields,
    Form,
    Make,
    Number,
    Union,
    Whole,
    is_fixed,
)
from run_contracts.making.moments import Moment, free_moments, placed

USAGE, TOTAL, TOKEN_PARTS = "usage", "total_tokens", ("prompt_tokens", "completion_tokens")
USUAL_TOKENS = (1, 4000)
MOST_TOKENS = 2**31 - 1
STEP_KIND = "run_step"


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
                value[moment.name] = placed(moment, value, make)
        self._add_up(value, make)
        if self.kind == STEP_KIND and isinstance(self.form.fields["type"], Choice):
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


def planned(contract: Contract, kind: str, form: Fields) -> ObjectPlan:
    """Return the plan of a form, which may have been narrowed further by the caller."""
    moments = free_moments(contract, form)
    fields = {**form.fields, **dict.fromkeys((moment.name for moment in moments), NULL)}
    usage = _usage(fields.get(USAGE))
    if usage is not None:
        fields[USAGE] = _with_placeholder(fields[USAGE], usage)
    return ObjectPlan(kind=kind, form=replace(form, fields=fields), moments=moments, usage=usage)


def _usage(form: Form | None) -> Fields | None:
    """Return the form of a usage that counts parts and a total; None if there is none to relate."""
    branches = form.branches if isinstance(form, Union) else (form,)
    for branch in branches:
        if isinstance(branch, Fields) and {TOTAL, *TOKEN_PARTS} <= branch.fields.keys():
            return branch
    return None


def _with_placeholder(form: Form, usage: Fields) -> Form:
    """Return the form of a usage whose free numbers count tokens; the total is put in later."""
    fields = dict(usage.fields)
    for name in TOKEN_PARTS:
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


def _add_up(usage: dict[str, Any], form: Fields, make: Make) -> None:
    """Make the total of a usage the sum of its parts, whichever of them are free."""
    free = [name for name in TOKEN_PARTS if not is_fixed(form.fields[name])]
    if not is_fixed(form.fields[TOTAL]):
        usage[TOTAL] = sum(usage[name] for name in TOKEN_PARTS)
    elif free and isinstance(usage[TOTAL], int):
        first, *rest = free
        if rest:
            usage[rest[0]] = int(make(Whole(least=0, most=max(0, usage[TOTAL]))))
        others = sum(usage[name] for name in TOKEN_PARTS if name != first)
        usage[first] = max(0, usage[TOTAL] - others)
