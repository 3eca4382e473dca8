"""The fast verdict: whether a value breaks no rule at all, without saying which.

One compiled schema for each status says shape, field-by-status, prefixes and bounds together, made
of the same register and life cycle that `rules` are made of; the order of moments and the sums are
left to a handful of comparisons. `shape` and `rules` explain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from run_contracts.contract.loading import Contract
from run_contracts.validation.rules import expectations

Holds = Callable[[Any], bool]
_SPECIAL = re.compile(r"[.^$*+?{}\[\]\\|()]")
IN_SCHEMA = frozenset({"by-status", "prefix", "seconds"})
"""Rules that become part of the compiled schema."""
DECIDE_NOTHING = frozenset({"description", "default", "title"})
"""Keywords that decide nothing."""
WHOLE = ("integer", ["integer"])
"""Types of what can be compared."""
COMPARED = frozenset({"order", "same", "sum"})
"""Rules that are decided by comparing."""


def holds(value: Any, kind: str, contract: Contract) -> bool:
    """Say whether a value breaks no requirement on its kind, MUST or SHOULD.

    False may also mean that the fast path could not tell; only True is final.
    """
    try:
        return fast_verdict(contract, kind)(value)
    except (KeyError, TypeError, ValueError, RecursionError):
        return False


@lru_cache(maxsize=256)
def fast_verdict(contract: Contract, kind: str) -> Holds:
    """Return the function that decides a kind; it may raise for what it cannot read."""
    if any(one.rule not in {None, *IN_SCHEMA, *COMPARED} for one in contract.register.on(kind)):
        return _cannot_tell
    by_status = {
        status: _parts(contract, kind, status) for status in contract.lifecycle.cells(kind)
    }
    plain = None if by_status else _parts(contract, kind, None)

    def verdict(value: Any) -> bool:
        is_valid, sure, others, sums, sames = plain or by_status[value["status"]]
        if not is_valid(value):
            return False
        for first, later in sure:
            if value[later] < value[first]:
                return False
        for first, later in others:
            least, moment = value.get(first), value.get(later)
            if moment is not None and least is not None and moment < least:
                return False
        for field, total, parts in sums:
            holder = value.get(field)
            if holder is not None:
                left = holder[total]
                for part in parts:
                    left -= holder[part]
                if left:
                    return False
        return not sames or all(value[name] == value[field][name] for name, field in sames)

    return verdict


def _cannot_tell(_: Any) -> bool:
    return False


class _Parts(NamedTuple):
    """What decides values of a kind in one status: a compiled schema, and what is compared.

    Of moments that follow one another, `sure` are those that the schema has made integers.
    """

    is_valid: Holds
    sure: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
    sums: tuple[tuple[str, str, tuple[str, ...]], ...]
    sames: tuple[tuple[str, str], ...]


def _parts(contract: Contract, kind: str, status: str | None) -> _Parts:
    schema, rules = _schema(contract, kind, status), contract.register
    forms, required = schema.get("properties", {}), schema["required"]
    whole = {name for name in required if forms.get(name, {}).get("type") in WHOLE}
    orders = tuple(_orders(contract, kind, status))
    return _Parts(
        contract.compiled(schema, name=f"{kind}-{status or 'right'}").is_valid,
        tuple(pair for pair in orders if whole >= {*pair}),
        tuple(pair for pair in orders if not whole >= {*pair}),
        tuple((r.fields[0], r.total, r.parts) for r in rules.ruled("sum", kind)),
        tuple((r.same, r.fields[0]) for r in rules.ruled("same", kind)),
    )


def _orders(contract: Contract, kind: str, status: str | None) -> Iterator[tuple[str, str]]:
    """Yield the moments that follow one another, but for those that the status has null."""
    null = {name for name, is_set in _wanted(contract, kind, status).items() if not is_set}
    for requirement in contract.register.ruled("order", kind):
        first, *others = requirement.fields
        yield from ((first, later) for later in others if not null & {first, later})


def _wanted(contract: Contract, kind: str, status: str | None) -> dict[str, bool]:
    """Return which fields the rules by status want set, or null."""
    wanted: dict[str, bool] = {}
    for requirement in contract.register.ruled("by-status", kind) if status else ():
        wanted |= expectations(requirement, contract)[status or ""]
    return wanted


def _schema(contract: Contract, kind: str, status: str | None) -> dict[str, Any]:
    """Return the schema of a kind in one status: the kind's own, narrowed by its rules."""
    shape = contract.schema(kind)
    forms, required = dict(shape.get("properties", {})), list(shape.get("required", ()))
    for name, is_set in _wanted(contract, kind, status).items():
        required += [name] if is_set else []
        forms[name] = _not_null(forms, name) if is_set else _only_null(contract, forms, name)
    for requirement in contract.register.ruled("prefix", kind):
        start = _SPECIAL.sub(r"\\\g<0>", requirement.prefix or "")
        forms[requirement.fields[0]] = _both(forms, requirement.fields[0], pattern=f"^{start}")
    for requirement in contract.register.ruled("seconds", kind):
        for name in requirement.fields:
            forms[name] = _both(forms, name, exclusiveMaximum=requirement.below)
    if status is not None:
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
