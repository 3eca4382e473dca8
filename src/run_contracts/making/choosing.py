"""Which plans fit what the caller asked for: a status or any, and fields that are fixed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.forms import Drawn, Fields, Form
from run_contracts.making.generators.simplest import simplest
from run_contracts.making.narrowing import form_in, plain_form
from run_contracts.making.overrides import constant, with_overrides
from run_contracts.making.plans import ObjectPlan, planned
from run_contracts.validation.found import shown
from run_contracts.validation.judging import violations
from run_contracts.validation.violation import Violation

Fixed = Mapping[str, Any]
NOTHING: Fixed = {}


@lru_cache(maxsize=64)
def plain_plans(contract: Contract, kind: str, status: str | None) -> tuple[ObjectPlan, ...]:
    """Return the plans of a kind in a status, or in every one of its edition."""
    return tuple(
        planned(contract, kind, _form(contract, kind, one))
        for one in _statuses(contract, kind, status)
    )


def fitting_plans(
    contract: Contract,
    kind: str,
    status: str | None = None,
    fixed: Fixed = NOTHING,
    drawn: Mapping[str, Any] = NOTHING,
) -> tuple[ObjectPlan, ...]:
    """Return the plans in which the fixed fields can be as they are; at least one.

    `fixed` holds values, `drawn` sources of values, which cannot be tried beforehand. Raises
    `UsageError` for what does not exist, and for what would break a requirement.
    """
    if not fixed and not drawn:
        return plain_plans(contract, kind, status)
    return tuple(_fitting(contract, kind, status, fixed, drawn))


def first_fitting_plan(
    contract: Contract, kind: str, status: str | None = None, fixed: Fixed = NOTHING
) -> ObjectPlan:
    """Return the first of the plans in which the fixed fields can be as they are.

    No other is tried. Raises as `fitting_plans` does.
    """
    if not fixed:
        return plain_plans(contract, kind, status)[0]
    return next(_fitting(contract, kind, status, fixed))


def _fitting(
    contract: Contract,
    kind: str,
    status: str | None,
    fixed: Fixed,
    drawn: Mapping[str, Any] = NOTHING,
) -> Iterator[ObjectPlan]:
    """Yield each plan that fits, as soon as it was tried; raise if there was none."""
    if kind == "run_step" and "type" in fixed:
        fixed = {"step_details__type": fixed["type"], **fixed}
    values: dict[str, Form] = {name: constant(name, value) for name, value in fixed.items()}
    sources: dict[str, Form] = {name: Drawn(source=value) for name, value in drawn.items()}
    twice = sorted(values.keys() & sources.keys())
    if twice:
        raise UsageError(f"{twice[0]} is given twice, as a value and to be drawn; give it once")
    general, words = plain_form(contract, kind), _words(kind)
    broken: list[tuple[Violation, ...]] = []
    statuses = _statuses(contract, kind, status)
    for each in statuses:
        form = with_overrides(_form(contract, kind, each), values, general=general, kind=words)
        plan = planned(contract, kind, form)
        faults = tried(contract, plan)
        if faults:
            broken.append(faults)
        elif sources:
            whole = with_overrides(form, sources, general=general, kind=words)
            yield planned(contract, kind, whole)
        else:
            yield plan
    if len(broken) == len(statuses):
        raise impossible(contract, kind, status, fixed, _nearest(contract, broken))


def tried(contract: Contract, plan: ObjectPlan) -> tuple[Violation, ...]:
    """Return what the simplest object of a plan breaks; nothing for a plan that can be."""
    return violations(plan.made(simplest), kind=plan.kind, contract=contract)


def _nearest(contract: Contract, broken: list[tuple[Violation, ...]]) -> Violation:
    """Return what to tell of the tries: in the one that went furthest, the first fault.

    A field that the status does not allow is only told if no status allows it.
    """

    def distance(faults: tuple[Violation, ...]) -> tuple[bool, int]:
        rules = [contract.register[one.requirement] for one in faults]
        return any(rule.rule == "by-status" for rule in rules), len(faults)

    return min(broken, key=distance)[0]


def impossible(
    contract: Contract, kind: str, status: str | None, fixed: Fixed, broken: Violation
) -> UsageError:
    """Return the error that names the requirement a wish would break, and how to break it."""
    rule = contract.register[broken.requirement]
    wishes = ", ".join(f"{name}={shown(value)}" for name, value in fixed.items())
    word = f"{status} {_words(kind)}" if status else _words(kind)
    return UsageError(
        f"no {word} can have {wishes}: it would break {rule.id} ({rule.sentence.rstrip('.')}); at "
        f"{broken.pointer or 'the value'} expected {broken.expected}. "
        f"To break it on purpose, take near_misses({rule.id!r})"
    )


def _form(contract: Contract, kind: str, status: str) -> Fields:
    if kind.endswith(("_list", "stream_event")):
        raise UsageError(f"a {_words(kind)} is made of other objects; make the list or stream")
    return form_in(contract, kind, status) if status else plain_form(contract, kind)


def _statuses(contract: Contract, kind: str, status: str | None) -> tuple[str, ...]:
    """Return the statuses to try, the plainest first; raise `UsageError` for an unknown one.

    Objects of other kinds have no status that decides anything: one empty word stands for it.
    """
    life = contract.lifecycle
    known = tuple(life.cells(kind)) or ("",)
    if status is None:
        return known
    if status not in known:
        near = get_close_matches(str(status), known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
        raise UsageError(
            f"no status {status!r} of a {_words(kind)} in edition {contract.edition}, as the life "
            f"cycle decides; {hint}"
        )
    return (status,)


def _words(kind: str) -> str:
    return kind.replace("_", " ")
