"""The fast verdict: whether a value breaks no rule at all, without saying which.

One compiled schema for each status says shape, field-by-status, prefixes and bounds together, made
of the same register and life cycle that `rules` are made of; the order of moments and the sums are
left to a handful of comparisons. `shape` and `rules` explain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.validation.rules import ENDS, expectations

Holds = Callable[[Any], bool]
ANY_STATUS = "any"
"""Stands for the status of kinds that have no table of statuses."""
_SPECIAL = re.compile(r"[.^$*+?{}\[\]\\|()]")
IN_SCHEMA = frozenset({"by-status", "prefix", "seconds"})
"""Rules that become part of the compiled schema."""
DECIDE_NOTHING = frozenset({"description", "default", "title"})
"""Keywords that decide nothing."""
WHOLE = ("integer", ["integer"])
"""Types of what can be compared."""
COMPARED = frozenset({"end-of-page", "order", "same", "sum"})
"""Rules that are decided by comparing."""


def holds(value: Any, kind: str, contract: Contract) -> bool:
    """Say whether a value breaks no requirement on its kind, MUST or SHOULD.

    Of a list it is said of the list alone: its items have rules of their own. False may also mean
    that the fast path could not tell; only True is final.
    """
    return fast_verdict(kind, contract)(value)


@lru_cache(maxsize=256)
def fast_verdict(kind: str, contract: Contract) -> Holds:
    """Return the function that says whether values of a kind hold.

    It can never tell if the kind has a rule that the fast path does not know.
    """
    rules = {one.rule for one in contract.register.on(kind)}
    by_status = {
        status: _in_status(contract, kind, status)
        for status in (contract.lifecycle.cells(kind) or (ANY_STATUS,))
        if not rules - {None, *IN_SCHEMA, *COMPARED}
    }
    of_any_status = by_status.get(ANY_STATUS)

    def verdict(value: Any) -> bool:
        try:
            is_valid, agrees = of_any_status or by_status[value["status"]]
            return is_valid(value) and agrees(value)
        except (KeyError, TypeError, ValueError, RecursionError):
            return False

    return verdict


def _in_status(contract: Contract, kind: str, status: str) -> tuple[Holds, Holds]:
    """Return what decides a kind in a status: a compiled schema, and what is compared."""
    schema = _schema(contract, kind, status)
    is_valid = contract.compiled(schema, name=f"{kind}-{status}").is_valid
    return is_valid, _agreement(contract, kind, status, schema)


def _agreement(contract: Contract, kind: str, status: str, schema: dict[str, Any]) -> Holds:
    """Return what compares the parts of a value whose shape is right.

    Where the schema has made two moments integers they are compared as they are.
    """
    rules, whole = contract.register, _whole(schema)
    orders = tuple(_orders(contract, kind, status))
    comparisons: list[tuple[Callable[[Any, Any], bool], Sequence[Any]]] = [
        (_is_sum, [(one.fields[0], one.total, one.parts) for one in rules.ruled("sum", kind)]),
        (_in_order, [pair for pair in orders if not whole >= {*pair}]),
        (_is_same, [(one.same, one.fields[0]) for one in rules.ruled("same", kind)]),
        (_at_ends, [(one.fields[0], ENDS[one.end]) for one in rules.ruled("end-of-page", kind)]),
    ]
    sure = tuple(pair for pair in orders if whole >= {*pair})
    needed = tuple((compare, tuple(names)) for compare, names in comparisons if names)

    def agrees(value: Any) -> bool:
        for first, later in sure:
            if value[later] < value[first]:
                return False
        for compare, names in needed:  # noqa: SIM110 - all() costs more than what is compared
            if not compare(value, names):
                return False
        return True

    return agrees


Names = tuple[str, str]


def _whole(schema: dict[str, Any]) -> set[str]:
    """Return the fields that an object has and that are integers, by its schema."""
    forms = schema.get("properties", {})
    return {name for name in schema["required"] if forms.get(name, {}).get("type") in WHOLE}


def _is_sum(value: Any, sums: Sequence[tuple[str, str, tuple[str, ...]]]) -> bool:
    for field, total, parts in sums:
        holder = value.get(field)
        if holder is not None:
            rest = holder[total]
            for part in parts:
                rest -= holder[part]
            if rest:
                return False
    return True


def _in_order(value: Any, pairs: Sequence[Names]) -> bool:
    moments = ((value.get(first), value.get(later)) for first, later in pairs)
    return all(a is None or b is None or a <= b for a, b in moments)


def _at_ends(page: Any, cursors: Sequence[tuple[str, int]]) -> bool:
    items = page["data"]
    named = ((page.get(name), items[at]["id"] if items else None, name) for name, at in cursors)
    return all(cursor == wanted or name not in page for cursor, wanted, name in named)


def _is_same(value: Any, pairs: Sequence[Names]) -> bool:
    return all(value[name] == value[field][name] for name, field in pairs)


def _orders(contract: Contract, kind: str, status: str) -> Iterator[Names]:
    """Yield the moments that follow one another, but for those that the status has null."""
    null = {name for name, is_set in _wanted(contract, kind, status).items() if not is_set}
    for requirement in contract.register.ruled("order", kind):
        first, *others = requirement.fields
        yield from ((first, later) for later in others if not null & {first, later})


def _wanted(contract: Contract, kind: str, status: str) -> dict[str, bool]:
    """Return which fields the rules by status want set, or null."""
    wanted: dict[str, bool] = {}
    for requirement in contract.register.ruled("by-status", kind):
        wanted |= expectations(requirement, contract).get(status, {})
    return wanted


def _schema(contract: Contract, kind: str, status: str) -> dict[str, Any]:
    """Return the schema of a kind in one status: the kind's own, narrowed by its rules."""
    shape = contract.schema(kind)
    forms, required = dict(shape.get("properties", {})), list(shape.get("required", ()))
    for name, is_set in _wanted(contract, kind, status).items():
        required += [name] if is_set else []
        forms[name] = _not_null(forms, name) if is_set else _only_null(contract, forms, name)
    for requirement in contract.register.ruled("prefix", kind):
        start = _SPECIAL.sub(r"\\\g<0>", requirement.prefix or "")
        forms[requirement.fields[0]] = _both(forms, requirement.fields[0], pattern=f"^{start}")
    whole = _whole({"properties": forms, "required": required})
    followed = {pair[0] for pair in _orders(contract, kind, status) if whole >= {*pair}}
    for requirement in contract.register.ruled("seconds", kind):
        for name in {*requirement.fields} - followed:
            forms[name] = _both(forms, name, exclusiveMaximum=requirement.below)
    if status != ANY_STATUS:
        forms["status"] = {"const": status}
    return {**shape, "properties": forms, "required": list(dict.fromkeys(required))}


def _both(forms: dict[str, Any], name: str, **keywords: Any) -> dict[str, Any]:
    """Return a form with keywords added; those of another type than the value's say nothing."""
    form = forms.get(name, {})
    if form.keys() & keywords.keys():
        return {"allOf": [form, keywords]}
    return {**form, **keywords}


def _not_null(forms: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a form without null, as plainly as it can be said."""
    form = forms.get(name, {})
    match form:
        case {"type": [*types]} if "null" in types:
            return {**form, "type": [one for one in types if one != "null"]}
        case {"anyOf": [dict() as branch, {"type": "null"}]} if not form.keys() - {
            "anyOf",
            *DECIDE_NOTHING,
        }:
            return _both({name: branch}, name, **{"not": {"type": "null"}})
    return _both(forms, name, **{"not": {"type": "null"}})


def _only_null(contract: Contract, forms: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the form of what has a form and is null: plainly null, where the form allows it."""
    form = forms.get(name, {})
    allows_null = contract.compiled(form, name="field").is_valid(None)
    return {"type": "null"} if allows_null else {"allOf": [form, {"type": "null"}]}
