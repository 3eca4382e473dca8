"""Each fault does what its sentence says, and the right server does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from run_contracts.server import FAULTS, ServerOptions, running
from run_contracts.sse import Frame, frames
from tests.server.conftest import Caller
from tests.server.test_lives import FORCED

HELD = {"metadata": {"run_contracts_outcome": "expired"}}
"""Makes a run that stays in progress."""
Demonstration = Callable[[Caller], bool]
DEMONSTRATIONS: dict[str, Demonstration] = {}


def shows(fault: str) -> Callable[[Demonstration], Demonstration]:
    """Register what says whether a server has a fault."""

    def register(demonstration: Demonstration) -> Demonstration:
        DEMONSTRATIONS[fault] = demonstration
        return demonstration

    return register


def _path(run: dict[str, Any]) -> str:
    return f"/threads/{run['thread_id']}/runs/{run['id']}"


def _stream(call: Caller) -> list[Frame]:
    body = {"assistant_id": call.assistant(), "stream": True}
    return frames(call.client.post(f"/threads/{call.thread()}/runs", json=body).content)


def _completed(call: Caller, **fields: Any) -> dict[str, Any]:
    return call.until(call.run(**fields), "completed")


def _two_runs(call: Caller) -> str:
    """Return a thread with two runs that have completed."""
    thread = call.thread()
    for _ in range(2):
        call.until(call.run(thread), "completed")
    return thread


@shows("RUN-SHAPE-003")
def _(call: Caller) -> bool:
    return isinstance(call.run()["created_at"], float)


@shows("RUN-TIME-004")
def _(call: Caller) -> bool:
    return bool(call.run()["created_at"] > 10**11)


@shows("RUN-STATUS-006")
def _(call: Caller) -> bool:
    return call.until(call.run(**HELD), "in_progress")["completed_at"] is not None


@shows("RUN-STATUS-012")
def _(call: Caller) -> bool:
    run = call.until(call.run(**FORCED), "requires_action")
    (asked,) = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    body = {"tool_outputs": [{"tool_call_id": asked["id"], "output": ""}]}
    _, queued = call("POST", f"{_path(run)}/submit_tool_outputs", body)
    return queued["required_action"] is not None


@shows("RUN-STATUS-017")
def _(call: Caller) -> bool:
    return call.until(call.run(**HELD), "in_progress")["usage"] is not None


@shows("RUN-USAGE-001")
def _(call: Caller) -> bool:
    usage = _completed(call)["usage"]
    return bool(usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] + 1)


@shows("RUN-LIFE-002")
def _(call: Caller) -> bool:
    path = _path(_completed(call))
    status, _ = call("POST", f"{path}/cancel")
    return bool(status == 200 and call("GET", path)[1]["status"] == "cancelled")


@shows("RUN-CREATE-002")
def _(call: Caller) -> bool:
    return bool(call.run()["status"] == "completed")


@shows("RUN-CANCEL-003")
def _(call: Caller) -> bool:
    headers = {"Content-Type": "application/json"}
    return call.client.post(f"{_path(call.run())}/cancel", headers=headers).status_code == 400


@shows("RUN-CANCEL-004")
def _(call: Caller) -> bool:
    run = _completed(call)
    status, _ = call("POST", f"{_path(run)}/cancel")
    return status == 400 and call("GET", _path(run))[1] != run


@shows("RUN-SUBMIT-002")
def _(call: Caller) -> bool:
    body = {"tool_outputs": [{"tool_call_id": "call_1", "output": ""}]}
    return call("POST", f"{_path(call.run())}/submit_tool_outputs", body)[0] == 200


@shows("RUN-MODIFY-002")
def _(call: Caller) -> bool:
    path = _path(_completed(call))
    _, answer = call("POST", path, {"metadata": {"a": "b"}})
    return answer["metadata"] == {"a": "b"} and call("GET", path)[1]["metadata"] == {}


@shows("RUN-THREAD-001")
def _(call: Caller) -> bool:
    run = call.run(**FORCED)
    body = {"assistant_id": run["assistant_id"]}
    return call("POST", f"/threads/{run['thread_id']}/runs", body)[0] == 200


@shows("RUN-LIST-005")
def _(call: Caller) -> bool:
    _, page = call("GET", f"/threads/{_two_runs(call)}/runs?limit=1")
    return page["has_more"] is False


@shows("RUN-LIST-008")
def _(call: Caller) -> bool:
    path = f"/threads/{_two_runs(call)}/runs?limit=1"
    _, first = call("GET", path)
    _, second = call("GET", f"{path}&after={first['last_id']}")
    return bool(first["data"] == second["data"])


@shows("RUN-LIST-012")
def _(call: Caller) -> bool:
    other, run = call.run(), call.run()
    _, page = call("GET", f"/threads/{run['thread_id']}/runs")
    return other["id"] in [one["id"] for one in page["data"]]


@shows("RUN-ID-011")
def _(call: Caller) -> bool:
    run = call.run()
    return bool(call("GET", _path(run))[1]["id"] != run["id"])


@shows("RUN-ID-014")
def _(call: Caller) -> bool:
    status, _ = call("GET", f"/threads/{call.thread()}/runs/{call.run()['id']}")
    return status == 200


@shows("RUN-ERR-001")
def _(call: Caller) -> bool:
    _, body = call("GET", "/threads/thread_no/runs")
    return list(body) == ["detail"]


@shows("RUN-ERR-008")
def _(call: Caller) -> bool:
    return call("GET", "/threads/thread_no/runs")[0] == 500


@shows("RUN-STREAM-002")
def _(call: Caller) -> bool:
    return {frame.name for frame in _stream(call)} == {None}


@shows("RUN-STREAM-003")
def _(call: Caller) -> bool:
    return _stream(call)[-1].name == "thread.run.completed"


@shows("RUN-STREAM-008")
def _(call: Caller) -> bool:
    seen = [(frame.name, frame.data or "") for frame in _stream(call)]
    deltas = [json.loads(data) for name, data in seen if name == "thread.message.delta"]
    pieces = [delta["delta"]["content"][0]["text"]["value"] for delta in deltas]
    (whole,) = [json.loads(data) for name, data in seen if name == "thread.message.completed"]
    return "".join(pieces) != whole["content"][0]["text"]["value"]


@shows("RUN-STEP-023")
def _(call: Caller) -> bool:
    run = _completed(call)
    _, page = call("GET", f"{_path(run)}/steps")
    return all(step["run_id"] != run["id"] for step in page["data"])


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_does_what_its_sentence_says(
    fault: str, call_v2: Caller, client_of: Callable[..., httpx2.Client]
) -> None:
    """A client sees the defect on the faulty server and not on the right one."""
    has_fault = DEMONSTRATIONS[fault]
    with (
        running(ServerOptions.for_checking(faults=(fault,))) as base,
        client_of(base, "v2") as client,
    ):
        assert has_fault(Caller(client))
    assert not has_fault(call_v2)


def test_faults_can_be_had_together(client_of: Callable[..., httpx2.Client]) -> None:
    """Two faults in one server are both there."""
    faults = ("RUN-LIST-005", "RUN-SHAPE-003")
    with (
        running(ServerOptions.for_checking(faults=faults)) as base,
        client_of(base, "v2") as client,
    ):
        assert all(DEMONSTRATIONS[fault](Caller(client)) for fault in faults)
