"""Values changed in one place, kept if the judge names one requirement and no other."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import EVERY_OTHER, Requirement
from run_contracts.making.edge_cases.boundaries import INSIDE
from run_contracts.making.forms import Choice, Fields, Form, Items, Number, Text, Whole, leaves
from run_contracts.making.generators.typical import detailed, several
from run_contracts.making.near_misses.miss import Miss
from run_contracts.making.parsing import form_of
from run_contracts.making.typical_content import USAGE
from run_contracts.making.typical_objects import typical_object, typical_page
from run_contracts.types import JSONObject
from run_contracts.validation.found import shown
from run_contracts.validation.judging import violations
from run_contracts.validation.rules import expectations
from run_contracts.validation.shape import rule_for

MOST = 6
"""Near misses of one requirement."""
REMOVED = object()
WRONG: tuple[Any, ...] = (
    REMOVED,
    None,
    "word",
    7,
    True,
    1.5,
    [],
    {},
    [7],
    {"a": 7},
)
"""What a field may wrongly hold, or not be there at all."""
MILLISECONDS_A_SECOND = 1000
LONG_AFTER = 600
"""Seconds after the creation of an object at which nothing of it is left to happen."""


def misses(contract: Contract, requirement: str) -> Iterator[Miss]:
    """Yield values that break a requirement on a value: a few, each in another way.

    A rule on a field by status is missed once in each status.
    """
    rule = contract.register[requirement]
    sentences: set[str] = set()
    for kind, base in _bases(contract, rule):
        for value, sentence in _changed(contract, rule, kind, base):
            if not sentence or sentence in sentences:
                continue
            broken = violations(value, kind=kind, contract=contract)
            if {violation.requirement for violation in broken} != {rule.id}:
                continue
            sentences.add(sentence)
            yield Miss(
                kind=kind, value=value, pointer=broken[0].pointer, sentence=sentence, legal=base
            )
            if len(sentences) == MOST or rule.rule == "by-status":
                break
        if len(sentences) == MOST or (sentences and rule.rule != "by-status"):
            return


@lru_cache(maxsize=256)
def _legal(contract: Contract, kind: str, status: str | None) -> tuple[Any, ...]:
    """Return legal values of a kind to start from: detailed ones first, with most to break."""
    if kind.endswith("_list"):
        return (typical_page(contract, kind, 2), typical_page(contract, kind, 0))
    statuses = (status,) if status else tuple(contract.lifecycle.cells(kind)) or (None,)
    values = (
        typical_object(contract, kind, one, is_detailed=is_detailed)
        for is_detailed in (True, False)
        for one in statuses
    )
    return tuple(one for one in values if not violations(one, kind=kind, contract=contract))


def _bases(contract: Contract, rule: Requirement) -> Iterator[tuple[str, Any]]:
    """Yield legal values, with their kind, in which a requirement has something to say.

    Those come first in which its field is set: there is more to break.
    """
    kind = "run_list" if rule.on == "list" else rule.on
    if rule.rule != "by-status":
        name = rule.fields[0] if rule.fields else ""
        for value in sorted(_legal(contract, kind, None), key=lambda one: one.get(name) is None):
            yield kind, value
        return
    for status, wanted in expectations(rule, contract).items():
        for value in _legal(contract, kind, status) if wanted else ():
            yield kind, value


def _changed(
    contract: Contract, rule: Requirement, kind: str, base: Any
) -> Iterator[tuple[Any, str]]:
    """Yield a value changed in one place in every way, with what is wrong in a sentence."""
    if rule.fields in ((), ("",)):
        for wrong in (None, [], "word", 7, [base]):
            yield wrong, f"The {kind.replace('_', ' ')} is {shown(wrong)}, no object."
        return
    inner = ("error",) if kind == "error" else ()
    form = _inside(form_of(contract, kind), inner)
    if rule.fields == (EVERY_OTHER,) and inner:
        yield {}, "The key error is missing."
        yield {"error": "No."}, 'The key error is "No.", no object.'
    whose = kind.replace("_", " ")
    if rule.rule == "by-status":
        whose = f"{base['status']} {whose}"
    for name in _names(contract, rule, form):
        for path, wrong in _wrongs(rule, name, form.fields.get(name), _get(base, [*inner]) or base):
            yield put(base, [*inner, *path], wrong, whose)


def _names(contract: Contract, rule: Requirement, form: Fields) -> Iterator[str]:
    """Yield the fields a requirement speaks of; those without a rule of their own, if so it says.

    For objects that have one rule for all their fields, these are all of them.
    """
    if rule.fields != (EVERY_OTHER,):
        yield from rule.fields
        return
    for name in form.fields:
        if rule_for(rule.on, contract, name) is rule:
            yield name


def _wrongs(
    rule: Requirement, name: str, form: Form | None, base: JSONObject
) -> Iterator[tuple[list[str | int], Any]]:
    """Yield what may be wrong with a field, or inside it, by what the requirement speaks of."""
    before = base.get(name)
    if rule.rule == "by-status":
        yield [name], None
        if name.endswith("_at"):
            yield [name], base["created_at"] + LONG_AFTER
        elif form is not None:
            yield [name], detailed(form)
    elif rule.rule == "prefix":
        for wrong in (f"other-{before}", "", "7"):
            yield [name], wrong
    elif rule.rule == "order":
        for other in rule.fields if before is not None else ():
            if other != name and base.get(other) is not None:
                yield [name], base[other] + (1 if name == rule.fields[0] else -1)
    elif rule.rule in ("seconds", "integers"):
        yield from _wrong_numbers(rule, name, base)
    else:
        is_filled_in = rule.keyword is not None and before is None and form is not None
        yield from _filled_in(name, form) if is_filled_in else wrong_forms(name, form, before)


def _wrong_numbers(
    rule: Requirement, name: str, base: JSONObject
) -> Iterator[tuple[list[str | int], Any]]:
    """Yield a moment in milliseconds; or integers of a field, or inside it, with a fraction."""
    if rule.rule == "seconds":
        yield [name], (base.get(name) or base["created_at"]) * MILLISECONDS_A_SECOND
        return
    for path in ([name], *([name, part] for part in rule.parts)):
        given = _get(base, path)
        if isinstance(given, int):
            yield [*path], float(given)


def _filled_in(name: str, form: Form | None) -> Iterator[tuple[list[str | int], Any]]:
    """Yield wrong forms of a field that is null, once it is filled in."""
    whole = {name: detailed(form) if form is not None else None}
    for path, wrong in wrong_forms(name, form, whole[name]):
        yield [name], put(whole, path, wrong, "")[0].get(name)


def wrong_forms(name: str, form: Form | None, before: Any) -> Iterator[tuple[list[str | int], Any]]:
    """Yield wrong forms of a field and of its parts."""
    if isinstance(before, str):
        yield [name], f"other-{before}"
    for path, part in leaves(form, (name,)) if form is not None else ():
        steps: list[str | int] = [int(one) if one.isdecimal() else one for one in path]
        for wrong in (*_beyond(part), *_sums(part), *WRONG, detailed(part)):
            yield steps, wrong


def _inside(form: Form, path: tuple[str, ...]) -> Fields:
    for name in path:
        assert isinstance(form, Fields)  # noqa: S101 - an envelope
        form = form.fields[name]
    assert isinstance(form, Fields)  # noqa: S101 - every kind is an object
    return form


def _beyond(form: Form) -> Iterator[Any]:
    """Yield values just beyond each bound of a form."""
    match form:
        case Whole(least=least, most=most) | Number(least=least, most=most):
            step = 1 if isinstance(form, Whole) else INSIDE
            yield from () if least is None else (least - step,)
            yield from () if most is None else (most + step,)
        case Text(most=most) if most is not None:
            yield "x" * (most + 1)
        case Items(item=item, most=most) if most is not None:
            yield several(item, most + 1)
        case Fields(most=most, others=others, names=names) if others is not None:
            if most is not None:
                yield {f"key{at}": "a" for at in range(most + 1)}
                yield {"k" * ((names.most or 0) + 1): "a"}
        case Choice(values=values) if isinstance(values[0], str):
            yield "unheard_of"


def _sums(form: Form) -> Iterator[JSONObject]:
    """Yield usages whose total is not the sum of their parts."""
    if isinstance(form, Fields) and "total_tokens" in form.fields:
        yield {**detailed(form), **USAGE, "total_tokens": USAGE["total_tokens"] + 1}


def _get(value: Any, path: list[Any]) -> Any:
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return value


def put(base: Any, path: list[Any], wrong: Any, whose: str) -> tuple[Any, str]:
    """Return a value with one place changed, and a sentence on it.

    Where the path does not lead the value is as it was, and nothing is said.
    """
    value = copy.deepcopy(base)
    name = f"{'.'.join(map(str, path))} of the {whose}"
    holder, last = value, path[-1]
    for step in path[:-1]:
        try:
            holder = holder[step]
        except (KeyError, IndexError, TypeError):
            return value, ""
    if not _holds(holder, last):
        return value, ""
    if wrong is REMOVED:
        holder.pop(last, None) if isinstance(holder, dict) else holder.pop(last)
        return value, f"{name} is missing."
    holder[last] = copy.deepcopy(wrong)
    return value, f"{name} is {shown(wrong)}."


def _holds(holder: Any, last: str | int) -> bool:
    if isinstance(holder, dict):
        return isinstance(last, str)
    return isinstance(holder, list) and isinstance(last, int) and last < len(holder)
