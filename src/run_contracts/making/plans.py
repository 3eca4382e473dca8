"""What a legal object looks like: its form in a status, and how its parts depend on one another.

A plan holds no randomness: `made` asks a generator for values of forms and puts them together.
The generators, the edge cases and the near misses share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, TypeGuard

from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import Requirement
from run_contracts.making.coherence import AGREEING_KINDS, Coherence
from run_contracts.making.forms import (
    NULL,
    Choice,
    Constant,
    Fields,
    Form,
    Items,
    Make,
    Number,
    Planned,
    Union,
    Whole,
    is_fixed,
    union,
    without_null,
)
from run_contracts.making.moments import Moment, free_moments, placed
from run_contracts.making.narrowing import forms_in
from run_contracts.making.pruning import makeable
from run_contracts.making.token_counts import SHARE, SHARES
from run_contracts.making.usual import requested
from run_contracts.making.wishes import Free, put
from run_contracts.types import JSONObject

USUAL_TOKENS = {"prompt_tokens": (20, 4000), "completion_tokens": (1, 800)}
"""How many tokens runs usually read and write."""
MOST_TOKENS = 2**31 - 1


NO_TEXTS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ObjectPlan:
    """How to make one kind of object in one status.

    `form` says what each field holds on its own; free `moments` and the totals of `sums` are
    null and zero there, and put in afterwards, as is what must be the `same` in two places. At
    last the parts are made to agree, if there is a `coherence`.
    """

    kind: str
    form: Fields
    moments: tuple[Moment, ...] = ()
    sums: tuple[Sum, ...] = ()
    sames: tuple[Requirement, ...] = ()
    coherence: Coherence | None = None

    @property
    def parts(self) -> Mapping[str, Form]:
        """What is asked for to make an object: its form, and of each moment whether and when."""
        spans = {moment.name: moment.span for moment in self.moments}
        asked = {f"has {one.name}": one.presence for one in self.moments if one.presence}
        return {self.kind: self.form, **asked, **spans}

    def made(self, make: Make, texts: Mapping[str, str] = NO_TEXTS) -> dict[str, Any]:
        """Return an object of this plan, its parts made by a generator.

        `texts` stand where their paths lead, in place of those that were fixed there.
        """
        value: dict[str, Any] = make(self.form)
        for path, text in texts.items():
            put(value, path, text)
        for moment in self.moments:
            if moment.name in value:
                value[moment.name] = placed(moment, value, make)
        self.add_up(value, make)
        for rule in self.sames:
            value[rule.same] = value[rule.fields[0]][rule.same]
        if self.coherence is not None and self.coherence.agree(value, make):
            self.add_up(value, make)
        return value

    def part(self, name: str, make: Make) -> Any:
        """Return what one field may hold; not for timestamps, which lie by others."""
        made = {name: make(self.form.fields[name])}
        self.add_up(made, make)
        return made[name]

    def add_up(self, value: JSONObject, make: Make) -> None:
        """Make totals the sums of their parts."""
        for each in self.sums:
            holder = value.get(each.rule.fields[0])
            if holder is not None:
                each.add_up(holder, make)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sum:
    """A total that is the sum of its parts, by a requirement; those that are `free` follow it."""

    rule: Requirement
    is_total_free: bool
    free: tuple[str, ...]

    def add_up(self, holder: JSONObject, make: Make) -> None:
        """Make the total the sum of the parts, whichever of them are free."""
        total, parts = self.rule.total, self.rule.parts
        if self.is_total_free:
            holder[total] = sum([holder[name] for name in parts])
        elif self.free and isinstance(holder[total], int):
            first, *rest = self.free
            for name in rest:
                holder[name] = max(0, holder[total]) * int(make(SHARE)) // SHARES
            others = sum(holder[name] for name in parts if name != first)
            holder[first] = max(0, holder[total] - others)


@lru_cache(maxsize=4096)
def any_of(plans: tuple[ObjectPlan, ...]) -> Form:
    """Return the form of an object of one of several plans; the same plans give the same form."""
    return union(tuple(Planned(plan=plan) for plan in plans))


def planned(
    contract: Contract, kind: str, form: Fields, fixed: frozenset[str] = frozenset()
) -> ObjectPlan:
    """Return the plan of a form, in which the caller fixed what lies at some paths.

    Raises `ContractError` for a part that can neither be made nor be left out.
    """
    form = makeable(form)
    moments = free_moments(contract, form)
    fields = {**form.fields, **dict.fromkeys((moment.name for moment in moments), NULL)}
    sums: list[Sum] = []
    for rule in contract.register.ruled("sum", kind):
        name = rule.fields[0]
        counted = _counted(fields.get(name), rule)
        if counted is not None:
            sums.append(_sum(rule, counted))
            fields[name] = _with_placeholders(fields[name], rule)
    return ObjectPlan(
        kind=kind,
        form=replace(form, fields=fields),
        moments=moments,
        sums=tuple(sums),
        sames=tuple(
            rule
            for rule in contract.register.ruled("same", kind)
            if isinstance(fields.get(rule.same), Choice)
        ),
        coherence=coherence_of(contract, kind, Free(fixed)),
    )


def coherence_of(contract: Contract, kind: str, free: Free) -> Coherence | None:
    """Return what makes the parts of a kind agree, where they are free; None if it has none."""
    if kind not in AGREEING_KINDS:
        return None
    limit = without_null(requested(contract.edition)["max_completion_tokens"])
    return Coherence(
        free=free,
        most_tools=most_tools(contract, kind),
        least_limit=(limit.least or 1) if isinstance(limit, Whole) else 1,
    )


@lru_cache(maxsize=64)
def most_tools(contract: Contract, kind: str) -> int | None:
    """Return how many tools an object of a kind may have at most; None if nothing says."""
    forms = (form.fields.get("tools", NULL) for form in forms_in(contract, kind, None))
    bounds = [tools.most for one in forms if isinstance(tools := without_null(one), Items)]
    return min((most for most in bounds if most is not None), default=None)


def _counted(form: Form | None, rule: Requirement) -> Fields | None:
    """Return the form of an object with a total and its parts; None if there is none to relate."""
    branches = form.branches if isinstance(form, Union) else (form,)
    return next((branch for branch in branches if _relates(branch, rule)), None)


def _relates(form: Form | None, rule: Requirement) -> TypeGuard[Fields]:
    return isinstance(form, Fields) and {rule.total, *rule.parts} <= form.fields.keys()


def _sum(rule: Requirement, form: Fields) -> Sum:
    free = tuple(name for name in rule.parts if not is_fixed(form.fields[name]))
    return Sum(rule=rule, is_total_free=not is_fixed(form.fields[rule.total]), free=free)


def _with_placeholders(form: Form, rule: Requirement) -> Form:
    """Return a form whose free numbers count tokens; the total is put in later."""
    if isinstance(form, Union):
        return Union(branches=tuple(_with_placeholders(one, rule) for one in form.branches))
    if not _relates(form, rule):
        return form
    fields = dict(form.fields)
    for name in rule.parts:
        part = fields[name]
        if isinstance(part, Whole | Number):
            most = MOST_TOKENS if part.most is None else int(part.most)
            least, usual = max(0, int(part.least or 0)), USUAL_TOKENS.get(name)
            fields[name] = Whole(least=least, most=most, usual=usual)
    if not is_fixed(fields[rule.total]):
        fields[rule.total] = Constant(value=0)
    return replace(form, fields=fields)
