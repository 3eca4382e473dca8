"""Rules on one value that JSON Schema does not say: by status, by order, by sum, by prefix.

What a rule speaks of stands in the register and in the life cycle: the rules here are made of it,
and so are the fast verdict and what is made. Each yields, for every thing it could decide on a
value, the violation or None where it holds. A rule that does not apply (a missing field, another
status) yields nothing, for what was not exercised is not verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from run_contracts.contract.loading import Contract
from run_contracts.contract.numbers import number_text, whole
from run_contracts.contract.requirements import Requirement
from run_contracts.errors import ContractError
from run_contracts.types import JSONObject
from run_contracts.validation.found import MISSING
from run_contracts.validation.violation import Violation, broken, token

ABSENT_IS_NULL = frozenset({"run"})
"""Kinds whose field-by-status table speaks of absent fields, too; of others the schema does."""
ENDS = {"first": 0, "last": -1}
Rule = Callable[[JSONObject], Iterator[Violation | None]]


class Finding(NamedTuple):
    """One requirement decided on one value; no violation means that it holds."""

    requirement: str
    violation: Violation | None


def findings(value: JSONObject, kind: str, contract: Contract) -> Iterator[Finding]:
    """Yield what every rule of a kind decides on a value, in the order of the register."""
    for id_, rule in _rules(contract, kind):
        for violation in rule(value):
            yield Finding(id_, violation)


@lru_cache(maxsize=256)
def _rules(contract: Contract, kind: str) -> tuple[tuple[str, Rule], ...]:
    """Return the rules of a kind with their requirements; raise `ContractError` if unknown."""
    rules = []
    for requirement in contract.register.on(kind):
        if requirement.rule is None:
            continue
        if requirement.rule not in RULES:
            raise ContractError(
                f"schemas/requirements.toml: {requirement.id} has the rule {requirement.rule!r}; "
                f"there are {', '.join(RULES)}"
            )
        rules.append((requirement.id, RULES[requirement.rule](requirement, contract)))
    return tuple(rules)


def expectations(requirement: Requirement, contract: Contract) -> dict[str, dict[str, bool]]:
    """Return, for each status, the fields that a rule by status wants set (True) or null (False).

    It is what the life cycle's table says there, as far as the requirement speaks of it.
    """
    wanted: dict[str, dict[str, bool]] = {}
    for status, cells in contract.lifecycle.cells(requirement.on).items():
        says = {name: cells.get(name, "either") for name in requirement.fields}
        wanted[status] = {
            name: cell == "set"
            for name, cell in says.items()
            if cell != "either"
            and requirement.expect in (None, cell)
            and requirement.holds_for(status)
        }
    return wanted


def by_status(requirement: Requirement, contract: Contract) -> Rule:
    """Return the rule that fields are set or null as the value's status wants it."""
    wanted = expectations(requirement, contract)
    speaks_of_absent = requirement.on in ABSENT_IS_NULL

    def rule(value: JSONObject) -> Iterator[Violation | None]:
        status = value.get("status")
        for name, is_set in wanted.get(status, {}).items() if isinstance(status, str) else ():
            actual = value.get(name, MISSING)
            if not speaks_of_absent and not _is_formed(name, actual):
                continue
            if (actual is not None and actual is not MISSING) == is_set:
                yield None
            else:
                code = "not-null" if is_set else "null"
                yield broken(requirement, token(name), actual, code, status=status)

    return rule


def _is_formed(name: str, actual: Any) -> bool:
    """Say whether a field is there and has a form that is not the schema's to refuse."""
    if actual is None or whole(actual) is not None:
        return True
    return not (actual is MISSING or name.endswith("_at"))


def in_order(requirement: Requirement, _: Contract) -> Rule:
    """Return the rule that no later moment comes before the first; equal seconds are common."""
    first, *others = requirement.fields

    def rule(value: JSONObject) -> Iterator[Violation | None]:
        least = whole(value.get(first))
        for name in others:
            moment = whole(value.get(name))
            if least is None or moment is None:
                continue
            if moment < least:
                actual = value[name]
                yield broken(requirement, token(name), actual, "order", first=first, least=least)
            else:
                yield None

    return rule


def in_seconds(requirement: Requirement, _: Contract) -> Rule:
    """Return the rule that a timestamp is none before the epoch, nor one in milliseconds."""
    limit = requirement.below

    def rule(value: JSONObject) -> Iterator[Violation | None]:
        for name in requirement.fields:
            moment = whole(value.get(name))
            if moment is None:
                continue
            if limit is not None and moment >= limit:
                yield broken(requirement, token(name), value[name], "milliseconds")
            elif moment < 0:
                yield broken(requirement, token(name), value[name], "before-epoch")
            else:
                yield None

    return rule


def in_integers(requirement: Requirement, _: Contract) -> Rule:
    """Return the rule that integers are written as such, also those that are parts of a field."""

    def rule(value: JSONObject) -> Iterator[Violation | None]:
        for name in requirement.fields:
            given, pointer = value.get(name), token(name)
            places = {pointer: given}
            if isinstance(given, dict):
                places = {pointer + token(part): given.get(part) for part in requirement.parts}
            for place, actual in places.items():
                if isinstance(actual, float) and whole(actual) is not None:
                    yield broken(requirement, place, actual, "fraction")
                elif whole(actual) is not None:
                    yield None

    return rule


def sums_up(requirement: Requirement, _: Contract) -> Rule:
    """Return the rule that a total is the sum of its parts."""
    field, pointer = requirement.fields[0], token(requirement.fields[0]) + token(requirement.total)

    def rule(value: JSONObject) -> Iterator[Violation | None]:
        holder = value.get(field)
        if not isinstance(holder, dict):
            return
        total = whole(holder.get(requirement.total))
        given = (whole(holder.get(name)) for name in requirement.parts)
        parts = [part for part in given if part is not None]
        if total is None or len(parts) < len(requirement.parts):
            return
        if total == sum(parts):
            yield None
        else:
            addition = " + ".join(map(number_text, parts))
            actual = holder[requirement.total]
            yield broken(requirement, pointer, actual, "sum", addition=addition, sum=sum(parts))

    return rule


def prefixed(requirement: Requirement, _: Contract) -> Rule:
    """Return the rule that an id begins with the prefix of what it names."""
    name, prefix = requirement.fields[0], requirement.prefix or ""

    def rule(value: JSONObject) -> Iterator[Violation | None]:
        id_ = value.get(name)
        if isinstance(id_, str):
            is_right = id_.startswith(prefix)
            yield (
                None if is_right else broken(requirement, token(name), id_, "prefix", prefix=prefix)
            )

    return rule


def same(requirement: Requirement, contract: Contract) -> Rule:
    """Return the rule that a part says of itself what the value says; both must be known words."""
    name, field = requirement.same, requirement.fields[0]
    properties = contract.schema(requirement.on).get("properties", {})
    known = properties.get(name, {}).get("enum", ())

    def rule(value: JSONObject) -> Iterator[Violation | None]:
        part, wanted = value.get(field), value.get(name)
        actual = part.get(name) if isinstance(part, dict) else None
        if wanted not in known or actual not in known:
            return
        if actual == wanted:
            yield None
        else:
            pointer = token(field) + token(name)
            yield broken(requirement, pointer, actual, "other-type", type=wanted)

    return rule


def end_of_page(requirement: Requirement, _: Contract) -> Rule:
    """Return the rule that a cursor names the item at its end of a page; it may be absent.

    That of an empty page is null.
    """
    name, end = requirement.fields[0], ENDS[requirement.end]

    def rule(value: JSONObject) -> Iterator[Violation | None]:
        data, actual = value.get("data"), value.get(name, MISSING)
        if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
            return
        if not (actual is None or isinstance(actual, str)):
            return
        wanted = data[end].get("id") if data else None
        if actual == wanted:
            yield None
        elif data:
            yield broken(requirement, token(name), actual, "end-of-page", id=wanted)
        else:
            yield broken(requirement, token(name), actual, "empty-page")

    return rule


RULES: Mapping[str, Callable[[Requirement, Contract], Rule]] = {
    "by-status": by_status,
    "order": in_order,
    "seconds": in_seconds,
    "integers": in_integers,
    "sum": sums_up,
    "prefix": prefixed,
    "same": same,
    "end-of-page": end_of_page,
}
"""What makes the rule of a requirement, by the name that its entry in the register chooses."""
