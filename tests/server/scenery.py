"""A tour of a server that shows every kind of object in every status."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from run_contracts.server.faults.rows import MISSING_FIELD, Wrong
from tests.server.conftest import Caller
from tests.server.demonstrating import HELD, datas, page, path, steps
from tests.server.test_lives import FORCED

REQUEST = {
    "metadata": {"a": "b"},
    "instructions": "Sing.",
    "temperature": 0.5,
    "model": "gpt-4",
    "response_format": {"type": "text"},
    "truncation_strategy": {"type": "last_messages", "last_messages": 1},
}
"""What a request can ask for; a row that forgets it is seen."""
Objects = dict[str, list[dict[str, Any]]]


def shows(row: Wrong, seen: Objects) -> bool:
    """Say whether all objects that a row speaks of are wrong as it says; there must be some."""
    wrong = [_is_wrong(row, one) for one in seen[row.kind] if _is_meant(row, one)]
    return bool(wrong) and all(wrong)


def _is_meant(row: Wrong, shown: dict[str, Any]) -> bool:
    """Say whether a row speaks of an object; a wrong status is what a right one became."""
    is_set = not row.if_set or shown.get(row.field, MISSING_FIELD) is not None
    return is_set and (not row.when or shown.get("status") in (*row.when, row.value))


def _is_wrong(row: Wrong, shown: dict[str, Any]) -> bool:
    value = shown.get(row.field, MISSING_FIELD)
    return value is MISSING_FIELD if row.value is MISSING_FIELD else bool(value == row.value)


def everything(call: Caller) -> Objects:
    """Return what a client sees, by kind."""
    seen: Objects = defaultdict(list)
    seen["assistant"].append(call("POST", "/assistants", {"model": "gpt-4o"})[1])
    seen["thread"].append(call("POST", "/threads", {})[1])
    seen["run"] += _runs(call, seen)
    first = seen["run"][0]
    listed = page(call, first["thread_id"])
    seen["list"].append(listed)
    seen["listed_run"] = listed["data"] or []
    messages = call("GET", f"/threads/{first['thread_id']}/messages")[1]
    seen["message"] = messages["data"] or []
    seen["refusal"].append(call("GET", "/threads/thread_no")[1]["error"])
    seen["streamed_message"] = datas(call, "thread.message.c")
    seen["streamed_step"] = datas(call, "thread.run.step.c", **FORCED)
    seen["piece_of_a_message"] = datas(call, "thread.message.delta")
    seen["piece_of_a_step"] = datas(call, "thread.run.step.delta", **FORCED)
    seen["streamed_run"] = datas(call, "thread.run.in_progress")
    return seen


def _runs(call: Caller, seen: Objects) -> Iterator[dict[str, Any]]:
    """Yield looks at runs in every status; list their steps meanwhile and afterwards."""
    plain = call.run(**REQUEST)
    single = {"parallel_tool_calls": False} if "parallel_tool_calls" in plain else {}
    limited = call.run(max_completion_tokens=16)
    failing = call.run(metadata={"run_contracts_outcome": "failed"})
    cancelled = call.run(**HELD)
    held, forced = call.run(**HELD), call.run(**FORCED, **single)
    _, cancelling = call("POST", f"{path(cancelled)}/cancel")
    yield from (plain, limited, failing, cancelling, held, forced, call.later(held, 12))
    seen["step"] += steps(call, held)["data"] or []
    for run in (plain, limited, failing, cancelled, forced, held):
        yield call.later(run, 600 if run is held else 50)
        seen["step"] += steps(call, run)["data"] or []
