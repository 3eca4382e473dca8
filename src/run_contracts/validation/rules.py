"""Rules on one value that JSON Schema does not say: by status, by time, by sum, by prefix.

Each function yields a `Finding` for every requirement it could decide on the value: held or
broken. A rule that does not apply (a missing field, another status) yields nothing, for what
was not exercised is not verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeGuard

from run_contracts.contract.lifecycle import CANCELLED, COMPLETED, FAILED, IN_PROGRESS
from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import Requirement
from run_contracts.types import JSONObject
from run_contracts.validation.violation import MISSING, Violation, token

SECONDS_LIMIT = 100_000_000_000
"""From here on a timestamp counts milliseconds: as seconds it would lie beyond the year 5000."""
STEP_TYPES = ("message_creation", "tool_calls")
COUNTS = 3
"""Numbers a usage object holds."""


class Finding(NamedTuple):
    """One requirement decided on one value; no violation means that it holds."""

    requirement: str
    violation: Violation | None


def findings(value: JSONObject, kind: str, contract: Contract) -> Iterator[Finding]:
    """Yield what every rule of a kind decides on a value, in the order of the register."""
    for rule in RULES.get(kind, ()):
        yield from rule(value, contract)


def by_status(value: JSONObject, contract: Contract) -> Iterator[Finding]:
    """Decide RUN-STATUS: which fields are set and which null in the status the run is in."""
    status = value.get("status")
    if not isinstance(status, str) or status not in contract.lifecycle.fields:
        return
    for rule in contract.register.on("run"):
        if rule.expect is None or not rule.holds_for(status):
            continue
        name = rule.fields[0]
        if contract.lifecycle.expectation(status, name) != rule.expect:
            continue
        if (value.get(name) is None) == (rule.expect == "null"):
            yield Finding(rule.id, None)
        else:
            wanted = "null" if rule.expect == "null" else "a value, not null,"
            actual = value.get(name, MISSING)
            yield _broken(rule, token(name), actual, f"{wanted} while status is {status}")


def in_time_order(value: JSONObject, contract: Contract) -> Iterator[Finding]:
    """Decide RUN-TIME-001..003: created, started, ended, expires; equal seconds are common."""
    register = contract.register
    for requirement in ("RUN-TIME-001", "RUN-TIME-002", "RUN-TIME-003"):
        rule = register[requirement]
        first, *others = rule.fields
        start = value.get(first)
        for name in others:
            end = value.get(name)
            if not (_is_whole(start) and _is_whole(end)):
                continue
            if end < start:
                expected = f"at least {first}, which is {start}"
                yield _broken(rule, token(name), end, expected)
            else:
                yield Finding(rule.id, None)


def in_seconds(value: JSONObject, contract: Contract) -> Iterator[Finding]:
    """Decide RUN-TIME-004: a timestamp beyond the year 5000 was counted in milliseconds."""
    rule = contract.register["RUN-TIME-004"]
    for name in rule.fields:
        moment = value.get(name)
        if not _is_whole(moment):
            continue
        if moment >= SECONDS_LIMIT:
            yield _broken(rule, token(name), moment, "seconds since the epoch")
        else:
            yield Finding(rule.id, None)


def sums_up(requirement: str) -> Callable[[JSONObject, Contract], Iterator[Finding]]:
    """Return the rule that total_tokens is the sum of the others (RUN-USAGE-001, RUN-STEP-020)."""

    def rule(value: JSONObject, contract: Contract) -> Iterator[Finding]:
        usage = value.get("usage")
        if not isinstance(usage, dict):
            return
        parts = (usage.get(f"{part}_tokens") for part in ("prompt", "completion", "total"))
        counts = [count for count in parts if _is_whole(count)]
        if len(counts) != COUNTS:
            return
        prompt, completion, total = counts
        if total == prompt + completion:
            yield Finding(requirement, None)
        else:
            expected = f"{prompt} + {completion} = {prompt + completion}"
            yield _broken(contract.register[requirement], "/usage/total_tokens", total, expected)

    return rule


def prefixed(value: JSONObject, contract: Contract, *, kind: str) -> Iterator[Finding]:
    """Decide RUN-ID-001..005: ids begin with the prefix of what they name."""
    for rule in contract.register.on(kind):
        if rule.prefix is None:
            continue
        name = rule.fields[0]
        id_ = value.get(name)
        if not isinstance(id_, str):
            continue
        if id_.startswith(rule.prefix):
            yield Finding(rule.id, None)
        else:
            yield _broken(rule, token(name), id_, f"an id that begins with {rule.prefix}")


def step_by_status(value: JSONObject, contract: Contract) -> Iterator[Finding]:
    """Decide RUN-STEP-021, 022, 026 and 035: moments and usage against the step's status."""
    status = value.get("status")
    if not isinstance(status, str):
        return
    register = contract.register
    done = status == COMPLETED
    if "completed_at" in value:
        yield _nullness(register["RUN-STEP-021"], value, "completed_at", is_set=done)
    if "usage" in value and status == IN_PROGRESS:
        yield _nullness(register["RUN-STEP-022"], value, "usage", is_set=False)
    if "usage" in value and done:
        yield _nullness(register["RUN-STEP-026"], value, "usage", is_set=True)
    for name, end in (("failed_at", FAILED), ("cancelled_at", CANCELLED)):
        is_moment = name in value and (value[name] is None or _is_whole(value[name]))
        if is_moment and status != end:
            yield _nullness(register["RUN-STEP-035"], value, name, is_set=False)


def step_of_its_type(value: JSONObject, contract: Contract) -> Iterator[Finding]:
    """Decide RUN-STEP-027: the step and its details name one type; both must be known types."""
    details, wanted = value.get("step_details"), value.get("type")
    actual = details.get("type") if isinstance(details, dict) else None
    if wanted not in STEP_TYPES or actual not in STEP_TYPES:
        return
    if actual == wanted:
        yield Finding("RUN-STEP-027", None)
    else:
        rule = contract.register["RUN-STEP-027"]
        yield _broken(rule, "/step_details/type", actual, f"{wanted}, the type of the step")


def ends_of_list(value: JSONObject, contract: Contract) -> Iterator[Finding]:
    """Decide RUN-LIST-003 and 004: first_id and last_id name the ends of the page."""
    data = value.get("data")
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        return
    for requirement, name, at in (("RUN-LIST-003", "first_id", 0), ("RUN-LIST-004", "last_id", -1)):
        if name not in value or not (value[name] is None or isinstance(value[name], str)):
            continue
        wanted = data[at].get("id") if data else None
        if value[name] == wanted:
            yield Finding(requirement, None)
        else:
            rule = contract.register[requirement]
            expected = f"the id at that end of the page, {wanted}" if data else "null, it is empty"
            yield _broken(rule, token(name), value[name], expected)


def _nullness(rule: Requirement, value: JSONObject, name: str, *, is_set: bool) -> Finding:
    """Return whether a field is set, or null, as the value's status asks."""
    if (value[name] is not None) == is_set:
        return Finding(rule.id, None)
    wanted = "a value, not null," if is_set else "null"
    return _broken(rule, token(name), value[name], f"{wanted} while status is {value['status']}")


def _broken(rule: Requirement, pointer: str, actual: Any, expected: str) -> Finding:
    violation = Violation(
        requirement=rule.id, level=rule.level, pointer=pointer, found=actual, expected=expected
    )
    return Finding(rule.id, violation)


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _prefixed(kind: str) -> Callable[[JSONObject, Contract], Iterator[Finding]]:
    return lambda value, contract: prefixed(value, contract, kind=kind)


Rule = Callable[[JSONObject, Contract], Iterator[Finding]]
RULES: dict[str, tuple[Rule, ...]] = {
    "run": (by_status, in_time_order, in_seconds, sums_up("RUN-USAGE-001"), _prefixed("run")),
    "run_step": (
        sums_up("RUN-STEP-020"),
        step_by_status,
        step_of_its_type,
        _prefixed("run_step"),
    ),
    "message": (_prefixed("message"),),
    "run_list": (ends_of_list,),
    "run_step_list": (ends_of_list,),
    "message_list": (ends_of_list,),
}
"""The rules of each kind beside its schema."""
