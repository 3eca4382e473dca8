"""Demonstrations of faults in answers: lists, refusals, forms, streams."""

from __future__ import annotations

import json
from typing import Any

from run_contracts.validation.json_text import decode_json
from tests.server.conftest import Caller
from tests.server.demonstrating import (
    FAILED,
    JSON,
    Demonstration,
    cancelled_stream,
    completed,
    datas,
    ids,
    modified,
    names,
    one_step,
    page,
    path,
    steps,
    streamed,
    submit,
    two_runs,
    waiting,
)
from tests.server.test_lives import FORCED

NO_THREAD = "/threads/thread_no/runs"


def _after(call: Caller, more: str = "") -> tuple[str, list[str], list[str]]:
    """Return a thread of two runs, its ids newest first, and those after the first."""
    thread = two_runs(call)
    whole = ids(page(call, thread))
    return thread, whole, ids(page(call, thread, f"?after={whole[0]}{more}"))


def _before_last(call: Caller) -> tuple[list[str], list[str]]:
    """Return the ids of a thread of two runs, and those before the first."""
    thread = two_runs(call)
    whole = ids(page(call, thread))
    return whole, ids(page(call, thread, f"?before={whole[0]}"))


def _orders(call: Caller) -> tuple[bool, bool]:
    """Say whether a list is newest first by default, and oldest first when asked."""
    thread = two_runs(call)
    stamps = [
        [run["created_at"] for run in page(call, thread, query)["data"]]
        for query in ("", "?order=asc")
    ]
    return stamps[0][0] > stamps[0][1], stamps[1][0] < stamps[1][1]


def _refused(call: Caller) -> tuple[int, Any]:
    return call("GET", NO_THREAD)


def _status(call: Caller, run: dict[str, Any], other: str) -> int:
    """Return the status of a read of another id in the place of a run's."""
    return call.client.get(f"/threads/{run['thread_id']}/runs/{other}").status_code


def _create(call: Caller, **request: Any) -> int:
    call.assistant()
    return call.client.post(f"/threads/{call.thread()}/runs", **request).status_code


def _wrong_key(call: Caller) -> int:
    answer = call.client.get(NO_THREAD, headers={"Authorization": "Bearer other"})
    return answer.status_code


def _usage(call: Caller) -> tuple[dict[str, int], int]:
    """Return the usage of a run, and the tokens of its steps."""
    run = completed(call)
    return run["usage"], sum(one["usage"]["total_tokens"] for one in steps(call, run)["data"])


def _wrong_total(call: Caller) -> bool:
    usage, _ = _usage(call)
    return bool(usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] + 1)


def _counted_twice(call: Caller) -> bool:
    usage, of_steps = _usage(call)
    return usage["total_tokens"] == 2 * of_steps


def _text(call: Caller) -> tuple[str, str]:
    """Return the pieces of a streamed message put together, and the message."""
    _, answer, _ = streamed(call)
    seen = [(one.name, json.loads(one.data or "null")) for one in answer if one.data != "[DONE]"]
    pieces = [data for name, data in seen if name == "thread.message.delta"]
    (whole,) = [data for name, data in seen if name == "thread.message.completed"]
    streamed_text = "".join(one["delta"]["content"][0]["text"]["value"] for one in pieces)
    return streamed_text, whole["content"][0]["text"]["value"]


def _repeats(call: Caller) -> bool:
    streamed_text, whole = _text(call)
    return len(streamed_text) > len(whole)


def _loses(call: Caller) -> bool:
    streamed_text, whole = _text(call)
    return len(streamed_text) < len(whole)


def _arguments_lost(call: Caller) -> bool:
    written = ""
    for data in datas(call, "thread.run.step.delta", **FORCED):
        written += data["delta"]["step_details"]["tool_calls"][0]["function"]["arguments"]
    run = datas(call, "thread.run.requires_action", **FORCED)[0]
    (wanted,) = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    return bool(written != wanted["function"]["arguments"])


def _breaks_off(call: Caller, **fields: Any) -> tuple[bool, bool]:
    """Say whether a stream breaks off, and whether its run is gone then."""
    _, seen, is_whole = streamed(call, **fields)
    run = json.loads(seen[0].data or "")
    return not is_whole, call("GET", path(run))[0] == 404


def _other_step(call: Caller) -> bool:
    answer = one_step(call)
    return answer.status_code == 200 and answer.json()["id"] not in answer.url.path


def _body_of_run(call: Caller) -> bytes:
    return call.client.get(path(call.run())).content


def _messages(call: Caller) -> bytes:
    return call.client.get(f"/threads/{call.thread()}/messages").content


ANSWERS: dict[str, Demonstration] = {
    "RUN-BODY-001": lambda call: one_step(call).text.endswith("},"),
    "RUN-BODY-001-b": lambda call: "NaN" in modified(call).text,
    "RUN-BODY-002": lambda call: _body_of_run(call).count(b'"object": "thread.run"') == 2,
    "RUN-BODY-003": lambda call: bool(decode_json(_messages(call)).violations),
    "RUN-HTTP-001": lambda call: call("POST", "/threads", {})[0] == 201,
    "RUN-HTTP-002": lambda call: (
        call.client.post("/threads").headers["content-type"].startswith("text/plain")
    ),
    "RUN-SHAPE-010-b": lambda call: completed(call)["started_at"] % 1 == 0.5,
    "RUN-SHAPE-011-b": lambda call: "cancelled_at" not in call.run(),
    "RUN-SHAPE-032": lambda call: isinstance(modified(call).json(), list),
    "RUN-TIME-004": lambda call: call.run()["created_at"] > 10**11,
    "RUN-SHAPE-035": lambda call: isinstance(_usage(call)[0]["total_tokens"], float),
    "RUN-USAGE-001": _wrong_total,
    "RUN-STEP-017": lambda call: isinstance(one_step(call).json(), list),
    "RUN-STEP-024": _other_step,
    "RUN-STEP-025": _counted_twice,
    "RUN-LIST-002-b": lambda call: isinstance(page(call, two_runs(call))["data"][0], str),
    "RUN-LIST-005": lambda call: page(call, two_runs(call), "?limit=1")["has_more"] is False,
    "RUN-LIST-005-b": lambda call: page(call, call.thread())["has_more"] is True,
    "RUN-LIST-006": lambda call: _orders(call) == (False, False),
    "RUN-LIST-007": lambda call: len(ids(page(call, two_runs(call), "?limit=1"))) == 2,
    "RUN-LIST-008-b": lambda call: (seen := _after(call))[1] == seen[2],
    "RUN-LIST-009": lambda call: _after(call)[2] == [],
    "RUN-LIST-011": lambda call: _orders(call) == (True, False),
    "RUN-LIST-013": lambda call: page(call, call.thread()) == [],
    "RUN-LIST-014": lambda call: (seen := _before_last(call))[0][1:] == seen[1],
    "RUN-LIST-014-b": lambda call: (seen := _before_last(call))[0] == seen[1],
    "RUN-ERR-001": lambda call: list(_refused(call)[1]) == ["detail"],
    "RUN-ERR-001-b": lambda call: isinstance(_refused(call)[1]["error"], str),
    "RUN-ERR-006": lambda call: _refused(call)[0] == 200,
    "RUN-ERR-006-b": lambda call: _status(call, completed(call), "run_no") == 200,
    "RUN-ERR-007": lambda call: _refused(call)[0] == 400,
    "RUN-ERR-008": lambda call: _refused(call)[0] == 500,
    "RUN-ERR-008-b": lambda call: _create(call, content=b"{", headers=JSON) == 500,
    "RUN-ERR-008-c": lambda call: submit(call, waiting(call), "call_other")[0] == 500,
    "RUN-ERR-008-d": lambda call: call("POST", f"{path(completed(call))}/cancel")[0] == 500,
    "RUN-ERR-008-e": lambda call: _status(call, call.run(), "1234") == 500,
    "RUN-ERR-008-f": lambda call: _status(call, call.run(), "run_" + "Z" * 300) == 500,
    "RUN-ERR-008-g": lambda call: _status(call, call.run(), "run_%E2%98%83") == 500,
    "RUN-ERR-008-h": lambda call: _status(call, call.run(), "run_%252f") == 500,
    "RUN-ERR-008-i": lambda call: _status(call, call.run(), "%20") == 500,
    "RUN-ERR-009": lambda call: _wrong_key(call) == 403,
    "RUN-ERR-010": lambda call: _create(call, json={}) == 200,
    "RUN-ERR-011": lambda call: call("POST", path(completed(call)), {"metadata": "none"})[0] == 200,
    "RUN-STREAM-001": lambda call: (
        streamed(call)[0].headers["content-type"].startswith("text/plain")
    ),
    "RUN-STREAM-002": lambda call: set(names(call)) == {None},
    "RUN-STREAM-003": lambda call: names(call)[-1] == "thread.run.completed",
    "RUN-STREAM-003-b": lambda call: streamed(call)[1][-1].data == "[DO",
    "RUN-STREAM-003-c": lambda call: streamed(call)[1][-1].data == "{}",
    "RUN-STREAM-003-d": lambda call: _breaks_off(call) == (True, False),
    "RUN-STREAM-003-e": lambda call: _breaks_off(call) == (True, True),
    "RUN-STREAM-003-f": lambda call: names(call, **FAILED)[-1] == "thread.message.incomplete",
    "RUN-STREAM-003-g": lambda call: _breaks_off(call, **FAILED) == (True, False),
    "RUN-STREAM-003-h": lambda call: cancelled_stream(call)[0][-1] != "done",
    "RUN-STREAM-004": lambda call: names(call)[0] == "thread.run.queued",
    "RUN-STREAM-005": lambda call: (
        datas(call, "thread.message.completed")[0]["status"] == "in_progress"
    ),
    "RUN-STREAM-006": lambda call: isinstance(datas(call, "thread.message.delta")[0], str),
    "RUN-STREAM-007": lambda call: "thread.run.completed" not in names(call),
    "RUN-STREAM-007-b": lambda call: "thread.run.failed" not in names(call, **FAILED),
    "RUN-STREAM-007-c": lambda call: (
        cancelled_stream(call)[0][-2:] == ["thread.run.step.cancelled", "done"]
    ),
    "RUN-STREAM-008": _loses,
    "RUN-STREAM-008-b": _repeats,
    "RUN-STREAM-009": _arguments_lost,
    "RUN-STREAM-020": lambda call: not cancelled_stream(call)[1],
}
"""What a client sees on a server with each fault, and not on a right one."""
