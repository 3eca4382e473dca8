"""What a run cost: within its limits, its details within their sums, shared among its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from run_contracts.contract.requirements import Requirement
from run_contracts.making.forms import Make, Whole
from run_contracts.making.wishes import Free
from run_contracts.types import JSONObject

LIMITED: Mapping[str, str] = {
    "max_completion_tokens": "completion_tokens",
    "max_prompt_tokens": "prompt_tokens",
}
"""What each limit counts; a run that is incomplete by one names it as its reason."""
LIMITED_ITEMS = tuple(LIMITED.items())
DETAILED: tuple[tuple[str, str, str], ...] = (
    ("prompt_token_details", "cached_tokens", "prompt_tokens"),
    ("completion_tokens_details", "reasoning_tokens", "completion_tokens"),
)
"""Details of a usage, what they count, and of which part it is at most all."""


SHARES = 1000
SHARE = Whole(least=0, most=SHARES, usual=(SHARES // 3, SHARES // 2))
"""How many thousandths of a number one of its parts is."""


def usage_fits(run: JSONObject, free: Free, least_limit: int, *, reasons: bool) -> bool:
    """Let the usage of a run that has one lie within the limits, and its details within it.

    A run that ended at a limit has that limit, and came up to it; others stay below. Says whether
    a count was changed, so that there is another sum.
    """
    usage = run.get("usage")
    if not isinstance(usage, dict):
        return False
    details = run.get("incomplete_details")
    reason = details.get("reason") if details else None
    is_changed = False
    if reason in LIMITED and reason in run:
        is_changed = _reached(run, usage, reason, free, least_limit)
    for limit, counted in LIMITED_ITEMS:
        most = run.get(limit)
        if most is not None and usage[counted] > most:
            if _is_open(free, counted):
                usage[counted] = most if limit == reason else usage[counted] % most
                is_changed = True
            elif limit in free:
                run[limit] = max(least_limit, usage[counted]) if limit == reason else None
    _details_fit(usage, free, reasons=reasons)
    return is_changed


def _reached(run: JSONObject, usage: JSONObject, reason: str, free: Free, least: int) -> bool:
    """Let a run have the limit that ended it, and its usage come up to it; say if that changed."""
    counted = LIMITED[reason]
    if run[reason] is None and reason in free:
        run[reason] = max(least, usage[counted])
    if run[reason] is None or not _is_open(free, counted):
        return False
    usage[counted] = run[reason]
    return True


def _is_open(free: Free, counted: str) -> bool:
    return f"usage__{counted}" in free and "usage__total_tokens" in free


def _details_fit(usage: JSONObject, free: Free, *, reasons: bool) -> None:
    for name, counted, whole in DETAILED:
        details = usage.get(name)
        if details and details.get(counted) is not None and f"usage__{name}" in free:
            most = usage[whole] if reasons or name != "completion_tokens_details" else 0
            details[counted] = min(max(0, details[counted]), most)


def broken_limit(run: JSONObject) -> str | None:
    """Return a limit that the usage of a run is beyond; None if it is within all."""
    usage = run.get("usage") or {}
    for limit, counted in LIMITED.items():
        most, count = run.get(limit), usage.get(counted)
        if isinstance(most, int) and isinstance(count, int) and count > most:
            return limit
    return None


def shared(usage: Any, many: int, make: Make, sums: Sequence[Requirement]) -> list[Any]:
    """Return usages of so many steps that add up to the usage of their run (RUN-STEP-025).

    In each of them, totals are the `sums` of their parts.
    """
    if not isinstance(usage, dict) or many == 1:
        return [usage] * many
    columns = {name: parts(usage[name], many, make) for name in LIMITED.values()}
    shares: list[JSONObject] = []
    left = {name: (usage.get(name) or {}).get(counted) for name, counted, _ in DETAILED}
    for at in range(many):
        share = dict(usage)
        share |= {name: column[at] for name, column in columns.items()}
        share |= {rule.total: sum(share[name] for name in rule.parts) for rule in sums}
        for name, counted, whole in DETAILED:
            total = left[name]
            if total is not None:
                part = min(total, share[whole])
                share[name], left[name] = {**usage[name], counted: part}, total - part
        shares.append(share)
    return shares


def parts(total: int, many: int, make: Make) -> Sequence[int]:
    """Return a number in so many parts that add up to it.

    >>> parts(10, 3, lambda form: form.most // 2)
    [5, 2, 3]
    """
    numbers = []
    for _ in range(many - 1):
        part = total * int(make(SHARE)) // SHARES
        numbers.append(part)
        total -= part
    return [*numbers, total]
