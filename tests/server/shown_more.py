"""Demonstrations of faults that take some doing: races, refusals with traces, steps, waiting."""

from __future__ import annotations

import json
from typing import Any

import httpx2

from tests.server.conftest import Caller
from tests.server.demonstrating import (
    FAILED,
    HELD,
    Demonstration,
    completed,
    datas,
    ids,
    names,
    page,
    path,
    steps,
    submit,
    two_runs,
    waiting,
)
from tests.server.test_lives import FORCED, TOOL

INCLUDE = "include[]=step_details.tool_calls[*].file_search.results[*].content"


def _messages(call: Caller, thread: str, query: str = "") -> Any:
    return call("GET", f"/threads/{thread}/messages{query}")[1]


def _kept_messages(call: Caller) -> int:
    run = call.run(additional_messages=[{"role": "user", "content": "And?"}])
    return len(_messages(call, run["thread_id"])["data"])


def _to_nothing(call: Caller) -> int:
    body = {"assistant_id": call.assistant()}
    return call("POST", f"/threads/{call.thread(None)}/runs", body)[0]


def _of_assistant(call: Caller, name: str, **fields: Any) -> Any:
    """Return a field of a run whose request names nothing but the assistant."""
    body = {"assistant_id": call.assistant(**fields)}
    return call("POST", f"/threads/{call.thread()}/runs", body)[1][name]


def _changes_later(call: Caller, name: str) -> bool:
    run = completed(call)
    return bool(call.later(run, 20)[name] != run[name])


def _waits(call: Caller, seconds: int) -> str:
    return str(call.later(waiting(call), seconds)["status"])


def _elsewhere(call: Caller) -> int:
    run, other = completed(call), call.thread()
    return call("GET", f"/threads/{other}/runs/{run['id']}/steps")[0]


def _step(call: Caller) -> dict[str, Any]:
    """Return the only step of a run that completed."""
    return dict(steps(call, completed(call))["data"][0])


def _same_step(call: Caller) -> bool:
    return bool(_step(call)["id"] == _step(call)["id"])


def _nobodys(call: Caller) -> bool:
    run = completed(call)
    return _messages(call, run["thread_id"])["data"][0]["run_id"] is None


def _long_page(call: Caller) -> int:
    thread = call.thread()
    for n in range(21):
        call("POST", f"/threads/{thread}/messages", {"role": "user", "content": str(n)})
    return len(ids(_messages(call, thread)))


def _second_page(call: Caller) -> list[str]:
    run = completed(call)
    first = _messages(call, run["thread_id"], "?limit=1")["last_id"]
    return ids(_messages(call, run["thread_id"], f"?limit=1&after={first}"))


def _foreign_messages(call: Caller) -> bool:
    thread, other = call.thread(), call.thread()
    return bool(set(ids(_messages(call, other))) & set(ids(_messages(call, thread))))


def _cancel_waiting(call: Caller) -> int:
    return call("POST", f"{path(waiting(call))}/cancel")[0]


def _failed(call: Caller) -> dict[str, Any]:
    return call.until(call.run(**FAILED), "failed")


def _refused_submit(call: Caller) -> tuple[int, str]:
    run = waiting(call)
    status, _ = submit(call, run, "call_other")
    return status, call("GET", path(run))[1]["status"]


def _submit_twice(call: Caller) -> list[int]:
    run = waiting(call)
    return [submit(call, run)[0], submit(call, run)[0]]


def _modify_moves(call: Caller) -> bool:
    run = completed(call)
    _, answer = call("POST", path(run), {"metadata": {"a": "b"}})
    return bool(answer["completed_at"] != run["completed_at"])


def _refused_modify(call: Caller) -> bool:
    run = call.run(metadata={"a": "b"})
    status, _ = call("POST", path(run), {"metadata": "none"})
    return status == 400 and call("GET", path(run))[1]["metadata"] == {}


def _second(call: Caller, **fields: Any) -> int:
    """Return the status of a second run at once on the thread of a first."""
    run = call.run(**fields)
    body = {"assistant_id": run["assistant_id"]}
    return call("POST", f"/threads/{run['thread_id']}/runs", body)[0]


def _unknown_assistant(call: Caller) -> int:
    return call("POST", f"/threads/{call.thread()}/runs", {"assistant_id": "asst_no"})[0]


def _no_edition(call: Caller) -> int:
    run = call.run()
    headers = {"OpenAI-Beta": "", "Authorization": "Bearer sk-reference"}
    return call.client.get(path(run), headers=headers).status_code


def _put(call: Caller) -> httpx2.Response:
    return call.client.put("/threads/thread_no/runs")


def _is_silent(call: Caller, where: str) -> bool:
    """Say whether a request for something has no answer."""
    try:
        call.client.get(where, timeout=0.3)
    except httpx2.TransportError:
        return True
    return False


def _is_cut(call: Caller, method: str, where: str, **rest: Any) -> bool:
    """Say whether an answer ends before its end, for who reads all of it."""
    try:
        call.client.request(method, where, **rest)
    except httpx2.RemoteProtocolError:
        return True
    return False


def _is_stream_cut(call: Caller) -> bool:
    body = {"assistant_id": call.assistant(), "stream": True}
    return _is_cut(call, "POST", f"/threads/{call.thread()}/runs", json=body)


def _call(call: Caller, run: dict[str, Any]) -> Any:
    """Return the function call that the first step of a run shows, if it shows one."""
    calls = steps(call, run)["data"][-1]["step_details"]["tool_calls"]
    return calls[0]["function"] if calls else None


def _output_shown(call: Caller) -> Any:
    run = waiting(call)
    submit(call, run)
    return _call(call, call.until(run, "completed"))["output"]


def _step_read(call: Caller, query: str = "") -> tuple[httpx2.Response, dict[str, Any]]:
    """Return the answer to a read of a step, and the step as it is listed."""
    run = completed(call)
    (listed,) = steps(call, run)["data"]
    return call.client.get(f"{path(run)}/steps/{listed['id']}?{query}"), listed


def _step_read_later(call: Caller) -> bool:
    answer, listed = _step_read(call)
    return answer.json() != listed


def _names_no_message(call: Caller) -> bool:
    run = completed(call)
    (step,) = steps(call, run)["data"]
    named = step["step_details"]["message_creation"]["message_id"]
    return named not in ids(_messages(call, run["thread_id"]))


def _streams_of(call: Caller, *, is_submit: bool) -> list[str | None]:
    """Return the names of the events of a submit's stream, or of a new thread's."""
    if is_submit:
        run = waiting(call)
        (wanted,) = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        outputs = [{"tool_call_id": wanted["id"], "output": "7"}]
        where, body = f"{path(run)}/submit_tool_outputs", {"tool_outputs": outputs}
    else:
        messages = [{"role": "user", "content": "Say hello."}]
        where = "/threads/runs"
        body = {"assistant_id": call.assistant(), "thread": {"messages": messages}}
    text = call.client.post(where, json={**body, "stream": True}).text
    return [row.removeprefix("event: ") for row in text.splitlines() if "event: " in row]


def _other_usage(call: Caller) -> bool:
    (seen,) = datas(call, "thread.run.completed")
    return bool(seen["usage"] != call("GET", path(seen))[1]["usage"])


def _other_message(call: Caller) -> bool:
    (seen,) = datas(call, "thread.message.completed")
    return seen["id"] not in ids(_messages(call, seen["thread_id"]))


def _call_without_id(call: Caller) -> bool:
    first = datas(call, "thread.run.step.delta", **FORCED)[0]
    return "id" not in json.dumps(first["delta"])


MORE: dict[str, Demonstration] = {
    "RUN-CREATE-004": lambda call: _kept_messages(call) == 1,
    "RUN-CREATE-006": lambda call: _to_nothing(call) == 200,
    "RUN-ECHO-012": lambda call: _of_assistant(call, "tools", tools=[TOOL]) == [],
    "RUN-ECHO-013": lambda call: _of_assistant(call, "model") == "gpt-4o-mini",
    "RUN-META-005": lambda call: call.run()["metadata"] is None,
    "RUN-TIME-006": lambda call: _changes_later(call, "completed_at"),
    "RUN-LIFE-006": lambda call: _changes_later(call, "usage"),
    "RUN-LIFE-007": lambda call: _waits(call, 100) in ("queued", "in_progress", "completed"),
    "RUN-LIFE-008": lambda call: _waits(call, 700) == "requires_action",
    "RUN-ID-015": _same_step,
    "RUN-ID-016": lambda call: _elsewhere(call) == 200,
    "RUN-OBJ-006": _nobodys,
    "RUN-LIST-015": lambda call: _long_page(call) == 22,
    "RUN-LIST-016": lambda call: _second_page(call) == [],
    "RUN-LIST-017": lambda call: "error" not in page(call, two_runs(call), "?limit=101"),
    "RUN-LIST-018": _foreign_messages,
    "RUN-LIST-019": lambda call: "error" not in page(call, two_runs(call), "?order=up"),
    "RUN-CANCEL-006": lambda call: _cancel_waiting(call) == 400,
    "RUN-CANCEL-007": lambda call: call("POST", f"{path(_failed(call))}/cancel")[0] == 200,
    "RUN-SUBMIT-005": lambda call: _refused_submit(call) == (400, "queued"),
    "RUN-SUBMIT-006": lambda call: submit(call, _failed(call), "call_1")[0] == 200,
    "RUN-SUBMIT-007": lambda call: _submit_twice(call) == [200, 200],
    "RUN-MODIFY-003": _modify_moves,
    "RUN-MODIFY-004": _refused_modify,
    "RUN-THREAD-003": lambda call: _second(call) == 200,
    "RUN-THREAD-004": lambda call: _second(call, **HELD) == 409,
    "RUN-ERR-012": lambda call: _unknown_assistant(call) == 200,
    "RUN-ERR-013": lambda call: _no_edition(call) == 200,
    "RUN-HTTP-003": lambda call: _put(call).status_code == 200,
    "RUN-HTTP-004": lambda call: _is_silent(call, f"/threads/{call.thread()}/runs/run_no"),
    "RUN-HTTP-004-b": lambda call: _is_silent(call, f"/threads/{call.thread()}/runs?limit=0"),
    "RUN-HTTP-005": lambda call: _is_cut(call, "GET", f"/threads/{call.thread()}/runs"),
    "RUN-HTTP-005-b": _is_stream_cut,
    "RUN-STEP-027": lambda call: _step(call)["type"] == "tool_calls",
    "RUN-STEP-028": lambda call: _call(call, waiting(call))["output"] is not None,
    "RUN-STEP-029": lambda call: _output_shown(call) is None,
    "RUN-STEP-030": lambda call: _call(call, waiting(call)) is None,
    "RUN-STEP-031": _step_read_later,
    "RUN-STEP-032": _names_no_message,
    "RUN-STEP-033": lambda call: _step(call)["status"] == "in_progress",
    "RUN-STEP-034": lambda call: _step(call)["expires_at"] is not None,
    "RUN-STEP-036": lambda call: _step_read(call, INCLUDE)[0].status_code == 400,
    "RUN-STREAM-010": lambda call: "thread.message.created" not in names(call),
    "RUN-STREAM-011": lambda call: "thread.run.step.completed" not in names(call),
    "RUN-STREAM-012": lambda call: names(call).count("done") == 2,
    "RUN-STREAM-013": _other_usage,
    "RUN-STREAM-014": _other_message,
    "RUN-STREAM-015": _call_without_id,
    "RUN-STREAM-016": lambda call: "thread.run.created" in _streams_of(call, is_submit=True),
    "RUN-STREAM-017": lambda call: _streams_of(call, is_submit=True)[0] == "thread.run.queued",
    "RUN-STREAM-018": lambda call: "thread.created" not in _streams_of(call, is_submit=False),
    "RUN-STREAM-019": lambda call: "thread.message.completed" not in names(call),
}
"""What a client sees on a server with each fault, and not on a right one."""
