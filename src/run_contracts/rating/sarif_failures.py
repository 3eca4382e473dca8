"""The rules that a SARIF report says are broken."""

from __future__ import annotations

from typing import Any, TypeVar

from run_contracts.errors import UnreadableBody, UsageError
from run_contracts.rating.junit_failures import add_bounded, failure_name
from run_contracts.validation.json_text import decode_json

_BAD = frozenset({"error", "warning"})
_UNSAID = "warning"
"""The level of a result for which nobody says one."""
Part = TypeVar("Part")


def sarif_failures(data: bytes, *, by_message: bool = False) -> frozenset[str]:
    """Return the ids of the rules that a result is about, with its message if asked.

    A result counts that fails, is an error or a warning, and is not suppressed. Raises `UsageError`
    for what is no SARIF report, or holds no run of a tool.
    """
    names = set[str]()
    runs = _part(_decoded(data), "runs", list)
    for run in runs:
        rules = _part(_part(_part(run, "tool", dict), "driver", dict), "rules", list)
        for result in _part(run, "results", list):
            rule = _rule(result, rules)
            if _is_broken(result, rule):
                text = _part(_part(result, "message", dict), "text", str)
                names_of_rule = (_id(result, rule), text if by_message else "")
                add_bounded(failure_name(*names_of_rule), names)
    if not any(isinstance(run, dict) for run in runs):
        raise UsageError("is no SARIF report, or holds no run of a tool")
    return frozenset(names)


def _decoded(data: bytes) -> Any:
    """Return the value of a JSON text; raise `UsageError` if it is none."""
    try:
        body = decode_json(data)
    except UnreadableBody as error:
        raise UsageError(f"cannot be read: {error}") from None
    if not body.is_json:
        raise UsageError("is no JSON")
    return body.value


def _part(value: Any, name: str, form: type[Part]) -> Part:
    """Return a part of an object; where there is none of that form, an empty one."""
    part = value.get(name) if isinstance(value, dict) else None
    return part if isinstance(part, form) else form()


def _rule(result: Any, rules: list[Any]) -> Any:
    """Return the description of the rule of a result, if its tool has one."""
    at = result.get("ruleIndex") if isinstance(result, dict) else None
    if isinstance(at, int) and 0 <= at < len(rules):
        return rules[at]
    name = _part(result, "ruleId", str)
    return next((rule for rule in rules if name and _part(rule, "id", str) == name), None)


def _id(result: Any, rule: Any) -> str:
    """Return the id of the rule of a result, wherever it stands."""
    referred = _part(_part(result, "rule", dict), "id", str)
    return _part(result, "ruleId", str) or referred or _part(rule, "id", str) or "(no rule)"


def _is_broken(result: Any, rule: Any) -> bool:
    """Say whether a result is a failure that somebody should mend."""
    default = _part(_part(rule, "defaultConfiguration", dict), "level", str)
    level = _part(result, "level", str) or default or _UNSAID
    is_fail = isinstance(result, dict) and _part(result, "kind", str) in ("", "fail")
    return is_fail and level in _BAD and not _part(result, "suppressions", list)
