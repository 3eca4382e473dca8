"""The fast verdict: whether a value breaks no rule at all, without saying which.

One compiled schema for each status says shape, field-by-status, prefixes and bounds together, made
of the same register and life cycle that `rules` are made of; the order of moments and the sums are
left to a handful of comparisons. `shape` and `rules` explain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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
COMPARED = frozenset({"end-of-page", "integers", "order", "same", "sum"})
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
            return (of_any_status or by_status[value["status"]])(value)
        except (KeyError, TypeError, ValueError, RecursionError):
            return False

    return verdict


def _in_status(contract: Contract, kind: str, status: str) -> Holds:
    """Return what decides a kind in a status: a compiled schema, and what is compared."""
    schema, rules = _schema(contract, kind, status), contract.register
    is_valid = contract.compiled(schema, name=f"{kind}-{status}").is_valid
    whole, orders = _whole(schema), tuple(_orders(contract, kind, status))
    null = _null(contract, kind, status)
    comparisons = (
        *_sure_order(tuple(pair for pair in orders if whole >= {*pair})),
        *(_in_order(*pair) for pair in orders if not whole >= {*pair}),
        *(
            _in_integers(tuple(name for name in rule.fields if name not in null), rule.parts)
            for rule in rules.ruled("integers", kind)
        ),
        *(_is_sum(rule.fields[0], rule.total, rule.parts) for rule in rules.ruled("sum", kind)),
        *(_is_same(rule.same, rule.fields[0]) for rule in rules.ruled("same", kind)),
        *(_at_end(rule.fields[0], ENDS[rule.end]) for rule in rules.ruled("end-of-page", kind)),
    )

    def holds_in_status(value: Any) -> bool:
        if not is_valid(value):
            return False
        for compare in comparisons:  # noqa: SIM110 - all() costs more than what is compared
            if not compare(value):
                return False
        return True

    return holds_in_status


def _whole(schema: dict[str, Any]) -> set[str]:
    """Return the fields that an object has and that are integers, by its schema."""
    forms = schema.get("properties", {})
    return {name for name in schema["required"] if forms.get(name, {}).get("type") in WHOLE}


Names = tuple[str, str]


def _sure_order(pairs: tuple[Names, ...]) -> Iterator[Holds]:
    """Yield what compares moments that the schema has made integers, two pairs at a time."""
    for one, other in zip(pairs[::2], pairs[1::2], strict=False):
        yield _two_in_order(*one, *other)
    if len(pairs) % 2:
        first, later = pairs[-1]
        yield lambda value: bool(value[first] <= value[later])


def _two_in_order(a: str, b: str, c: str, d: str) -> Holds:
    return lambda value: value[a] <= value[b] and value[c] <= value[d]


def _in_order(first: str, later: str) -> Holds:
    def compare(value: Any) -> bool:
        least, moment = value.get(first), value.get(later)
        return least is None or moment is None or bool(least <= moment)

    return compare


def _in_integers(names: tuple[str, ...], parts: tuple[str, ...]) -> Holds:
    def compare(value: Any) -> bool:
        get = value.get
        for name in names:
            given = get(name)
            if type(given) is float:
                return False
            if type(given) is dict:
                for part in parts:
                    if type(given.get(part)) is float:
                        return False
        return True

    return compare


def _is_sum(field: str, total: str, parts: tuple[str, ...]) -> Holds:
    first, *others = parts

    def compare(value: Any) -> bool:
        holder = value.get(field)
        if holder is None:
            return True
        whole = holder[first]
        for part in others:
            whole += holder[part]
        return bool(holder[total] == whole)

    return compare


def _is_same(name: str, field: str) -> Holds:
    return lambda value: bool(value[name] == value[field][name])


def _at_end(name: str, end: int) -> Holds:
    def compare(page: Any) -> bool:
        items = page["data"]
        return name not in page or bool(page[name] == (items[end]["id"] if items else None))

    return compare


def _orders(contract: Contract, kind: str, status: str) -> Iterator[Names]:
    """Yield the moments that follow one another, but for those that the status has null."""
    null = _null(contract, kind, status)
    for requirement in contract.register.ruled("order", kind):
        first, *others = requirement.fields
        yield from ((first, later) for later in others if not null & {first, later})


def _null(contract: Contract, kind: str, status: str) -> set[str]:
    """Return the fields that are null in a status, by the rules that say so."""
    return {name for name, is_set in _wanted(contract, kind, status).items() if not is_set}


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
    pairs = [pair for pair in _orders(contract, kind, status) if whole >= {*pair}]
    following, followed = {pair[1] for pair in pairs}, {pair[0] for pair in pairs}
    for requirement in contract.register.ruled("seconds", kind):
        moments = {*requirement.fields} - _null(contract, kind, status)
        for name in moments - following:
            forms[name] = _both(forms, name, minimum=0)
        for name in moments - followed:
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
