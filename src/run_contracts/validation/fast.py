"""The fast verdict on a run: whether it breaks no rule at all, without saying which.

One compiled schema for each status says shape and field-by-status together; what is left
(order of time, sums, prefixes) is a handful of comparisons. `shape` and `rules` explain.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from run_contracts.contract.loading import Contract
from run_contracts.validation.rules import SECONDS_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    import jsonschema_rs


def holds(run: Any, contract: Contract) -> bool:
    """Say whether a run breaks no requirement on a run, MUST or SHOULD.

    False may also mean that the fast path could not tell; only True is final.
    """
    by_status = _validators(contract)
    try:
        is_valid = by_status.get(run["status"])
        return is_valid is not None and is_valid(run) and _adds_up(run)
    except (KeyError, TypeError, ValueError, RecursionError):
        return False


def _adds_up(run: dict[str, Any]) -> bool:
    """Decide RUN-TIME, RUN-USAGE and the prefixes on a run whose shape is known to be right."""
    created, started, expires = run["created_at"], run["started_at"], run["expires_at"]
    begun = created if started is None else started
    usage = run.get("usage")
    return (
        run["id"].startswith("run_")
        and run["thread_id"].startswith("thread_")
        and run["assistant_id"].startswith("asst_")
        and created <= begun < SECONDS_LIMIT
        and (expires is None or created <= expires < SECONDS_LIMIT)
        and _ends_after(begun, run["completed_at"])
        and _ends_after(begun, run["cancelled_at"])
        and _ends_after(begun, run["failed_at"])
        and (
            usage is None
            or usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
        )
    )


def _ends_after(begun: int, end: int | None) -> bool:
    return end is None or begun <= end < SECONDS_LIMIT


@lru_cache(maxsize=64)
def _validators(contract: Contract) -> dict[str, Callable[[Any], bool]]:
    """Return, for each status, the validator of shape and field-by-status in one schema."""
    validators: dict[str, Callable[[Any], bool]] = {}
    for status in contract.lifecycle.statuses:
        validator: jsonschema_rs.Draft202012Validator = contract.compiled(
            _schema(contract, status), name=f"run-{status}"
        )
        validators[status] = validator.is_valid
    return validators


def _schema(contract: Contract, status: str) -> dict[str, Any]:
    """Return the schema of a run in one status: the run's own, narrowed by the table."""
    shape = contract.schema("run")
    forms = dict(shape["properties"])
    cells = contract.lifecycle.fields[status].items()
    for name, wanted in cells:
        if wanted == "null":
            forms[name] = _only_null(contract, forms.get(name, {}))
        elif wanted == "set":
            forms[name] = {"allOf": [forms.get(name, {}), {"not": {"type": "null"}}]}
    forms["status"] = {"const": status}
    needed = [name for name, wanted in cells if wanted == "set"]
    required = list(dict.fromkeys([*shape["required"], *needed]))
    return {**shape, "properties": forms, "required": required}


def _only_null(contract: Contract, form: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what has a form and is null: plainly null, where the form allows it."""
    allows_null = contract.compiled(form, name="run-field").is_valid(None)
    return {"type": "null"} if allows_null else {"allOf": [form, {"type": "null"}]}
