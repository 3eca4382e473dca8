"""Demonstrations of faults in runs: their creation, life, commands and identity."""

from __future__ import annotations

from tests.server.conftest import Caller
from tests.server.demonstrating import (
    HELD,
    JSON,
    Demonstration,
    cancelled_stream,
    completed,
    ids,
    modified,
    page,
    path,
    steps,
    submit,
    thread_and_run,
    two_runs,
    waiting,
)
from tests.server.test_lives import FORCED


def _cancels(call: Caller) -> tuple[int, str]:
    """Cancel a run that completed; return the status and what the run is afterwards."""
    run = completed(call)
    status, _ = call("POST", f"{path(run)}/cancel")
    return status, call("GET", path(run))[1]["status"]


def _refused_cancel_changes(call: Caller) -> bool:
    run = completed(call)
    status, _ = call("POST", f"{path(run)}/cancel")
    return status == 400 and call("GET", path(run))[1] != run


def _cancel_of_working(call: Caller, **headers: str) -> int:
    run = call.until(call.run(**HELD), "in_progress")
    return call.client.post(f"{path(run)}/cancel", headers=headers).status_code


def _cancelled(call: Caller, *ends: str) -> str:
    """Return the first of these statuses that a cancelled run comes to."""
    run = call.run(**HELD)
    call("POST", f"{path(run)}/cancel")
    return str(call.until(run, *ends)["status"])


def _stays(call: Caller, run: dict[str, str], status: str) -> bool:
    """Say whether a run is always in a status, for longer than anything takes."""
    return str(call.later(run, 3000)["status"]) == status


def _cancelling_stays(call: Caller) -> bool:
    run = call.run()
    call("POST", f"{path(run)}/cancel")
    return _stays(call, run, "cancelling")


def _hangs_after_outputs(call: Caller) -> bool:
    run = waiting(call)
    submit(call, run)
    return _stays(call, run, "queued")


def _submit_other(call: Caller) -> int:
    run = waiting(call)
    action = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    return submit(call, run, *(one["id"] for one in action), "call_other")[0]


def _submit_none(call: Caller) -> int:
    body: dict[str, list[str]] = {"tool_outputs": []}
    return call("POST", f"{path(waiting(call))}/submit_tool_outputs", body)[0]


def _not_kept(call: Caller) -> bool:
    where = path(completed(call))
    _, answer = call("POST", where, {"metadata": {"a": "b"}})
    return answer["metadata"] == {"a": "b"} and call("GET", where)[1]["metadata"] == {}


def _second_run(call: Caller) -> int:
    run = call.run(**FORCED)
    body = {"assistant_id": run["assistant_id"]}
    return call("POST", f"/threads/{run['thread_id']}/runs", body)[0]


def _message_meanwhile(call: Caller) -> int:
    body = {"role": "user", "content": "And?"}
    return call("POST", f"/threads/{waiting(call)['thread_id']}/messages", body)[0]


def _through_other(call: Caller) -> tuple[int, str]:
    run, other = call.run(), call.thread()
    status, answer = call("GET", f"/threads/{other}/runs/{run['id']}")
    return status, "other" if answer.get("thread_id") == other else "own"


def _low_limit(call: Caller) -> int:
    body = {"assistant_id": call.assistant(), "max_completion_tokens": 16}
    return call("POST", f"/threads/{call.thread()}/runs", body)[0]


def _not_readable(call: Caller) -> bool:
    return call("GET", path(thread_and_run(call)))[0] == 404


def _action_stays(call: Caller) -> bool:
    return submit(call, waiting(call))[1]["required_action"] is not None


def _grows(call: Caller) -> bool:
    run = call.run()
    return bool(call.until(run, "completed")["instructions"] != run["instructions"])


def _listed_as_working(call: Caller) -> bool:
    return page(call, completed(call)["thread_id"])["data"][0]["status"] == "in_progress"


def _other_id(call: Caller) -> bool:
    run = call.run()
    return bool(call.later(run, 100)["id"] != run["id"])


def _other_thread(call: Caller) -> bool:
    answer = modified(call)
    return answer.json()["thread_id"] not in answer.url.path


def _born_anew(call: Caller) -> bool:
    run = call.run()
    return bool(call.until(run, "completed")["created_at"] > run["created_at"])


def _names_other(call: Caller, name: str) -> bool:
    run = completed(call)
    wanted = run["id"] if name == "run_id" else run["thread_id"]
    return all(step[name] != wanted for step in steps(call, run)["data"])


def _bare(prefix: str, value: str) -> bool:
    return not value.startswith(prefix)


RUNS: dict[str, Demonstration] = {
    "RUN-CREATE-005": lambda call: _low_limit(call) == 400,
    "RUN-CREATE-001": lambda call: list(thread_and_run(call)) == ["id"],
    "RUN-CREATE-002": lambda call: call.run()["status"] == "completed",
    "RUN-CREATE-002-b": lambda call: call.run()["status"] == "in_progress",
    "RUN-CREATE-003": _not_readable,
    "RUN-STATUS-012": _action_stays,
    "RUN-LIFE-001": lambda call: (
        _cancelled(call, "in_progress", "queued", "cancelled") != "cancelled"
    ),
    "RUN-LIFE-002": lambda call: _cancels(call) == (200, "cancelled"),
    "RUN-LIFE-002-b": _listed_as_working,
    "RUN-LIFE-002-c": lambda call: "thread.run.completed" in cancelled_stream(call)[0],
    "RUN-LIFE-003": _grows,
    "RUN-TIME-005": _born_anew,
    "RUN-LIFE-004": _cancelling_stays,
    "RUN-LIFE-005": _hangs_after_outputs,
    "RUN-LIFE-009": lambda call: _stays(call, call.run(), "queued"),
    "RUN-CANCEL-001": lambda call: _cancel_of_working(call) == 415,
    "RUN-CANCEL-001-b": lambda call: call("POST", f"{path(call.run())}/cancel")[0] == 400,
    "RUN-CANCEL-002": lambda call: _cancels(call) == (200, "completed"),
    "RUN-CANCEL-002-b": lambda call: _cancels(call) == (409, "completed"),
    "RUN-CANCEL-003": lambda call: _cancel_of_working(call, **JSON) == 400,
    "RUN-CANCEL-004": _refused_cancel_changes,
    "RUN-CANCEL-005": lambda call: (
        call("POST", f"{path(call.run(**HELD))}/cancel")[1]["status"] == "queued"
    ),
    "RUN-CANCEL-008": lambda call: _cancelled(call, "cancelled", "completed") == "completed",
    "RUN-SUBMIT-001": lambda call: submit(call, waiting(call))[0] == 400,
    "RUN-SUBMIT-001-b": lambda call: submit(call, waiting(call))[1] == {"success": True},
    "RUN-SUBMIT-002": lambda call: submit(call, completed(call), "call_1")[0] == 200,
    "RUN-SUBMIT-003": lambda call: _submit_none(call) == 200,
    "RUN-SUBMIT-004": lambda call: _submit_other(call) == 200,
    "RUN-MODIFY-001": lambda call: modified(call).status_code == 400,
    "RUN-MODIFY-001-b": lambda call: modified(call).json()["metadata"] == {},
    "RUN-MODIFY-002": _not_kept,
    "RUN-THREAD-001": lambda call: _second_run(call) == 200,
    "RUN-THREAD-002": lambda call: _message_meanwhile(call) == 200,
    "RUN-ID-001": lambda call: _bare("run_", call.run()["id"]),
    "RUN-ID-002": lambda call: _bare("thread_", call.thread()),
    "RUN-ID-003": lambda call: _bare("asst_", call.assistant()),
    "RUN-ID-004": lambda call: _bare("step_", ids(steps(call, completed(call)))[0]),
    "RUN-ID-005": lambda call: _bare(
        "msg_", ids(call("GET", f"/threads/{call.thread()}/messages")[1])[0]
    ),
    "RUN-ID-010": _other_thread,
    "RUN-ID-011": _other_id,
    "RUN-ID-012": lambda call: call.run()["assistant_id"] == "asst_default",
    "RUN-ID-013": lambda call: thread_and_run(call)["id"] == thread_and_run(call)["id"],
    "RUN-ID-014": lambda call: _through_other(call) == (200, "own"),
    "RUN-ID-014-b": lambda call: _through_other(call) == (200, "other"),
    "RUN-STEP-023": lambda call: _names_other(call, "run_id"),
    "RUN-STEP-023-b": lambda call: _names_other(call, "thread_id"),
    "RUN-LIST-012": lambda call: call.run()["id"] in ids(page(call, call.thread())),
    "RUN-LIST-008": lambda call: (
        ids(page(call, thread := two_runs(call), "?limit=1"))
        == ids(page(call, thread, f"?limit=1&after={page(call, thread, '?limit=1')['last_id']}"))
    ),
}
"""What a client sees on a server with each fault, and not on a right one."""
