"""Nothing a client sends makes the server fail, and nothing refused leaves a trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from run_contracts.server import ServerOptions, running
from tests.server.conftest import Caller
from tests.server.test_lives import FORCED

DEEP = b'{"x":' * 150 + b"1" + b"}" * 150
FUNCTION = '{"assistant_id": "a", "tools": [{"type": "function", "function": %s}]}'

REFUSED: list[tuple[str, Any, str | None, str | None]] = [
    ("metadata is a number", {"metadata": 5}, "metadata", "invalid_type"),
    ("17 pairs", {"metadata": dict.fromkeys("abcdefghijklmnopq", "")}, "metadata", "object_above"),
    ("long key", {"metadata": {"k" * 65: ""}}, "metadata", "string_above_max_length"),
    ("long value", {"metadata": {"k": "v" * 513}}, "metadata.k", "string_above_max_length"),
    ("cold", {"temperature": -0.5}, "temperature", "decimal_below_min_value"),
    ("half a token", {"max_prompt_tokens": 1.5}, "max_prompt_tokens", "invalid_type"),
    ("tool is no object", {"tools": [5]}, "tools[0]", "invalid_type"),
    ("tool of no type", {"tools": [{}]}, "tools[0].type", "missing_required_parameter"),
    ("tool of no kind", {"tools": [{"type": "hammer"}]}, "tools[0].type", "invalid_value"),
    (
        "function without name",
        {"tools": [{"type": "function", "function": {}}]},
        "tools[0].function.name",
        "missing_required_parameter",
    ),
    ("21 tools", {"tools": [{"type": "code_interpreter"}] * 21}, "tools", "array_above_max_length"),
    ("choice of a number", {"tool_choice": 5}, "tool_choice", "invalid_type"),
    ("choice of no kind", {"tool_choice": {"type": "x"}}, "tool_choice.type", "invalid_value"),
    (
        "no last messages",
        {"truncation_strategy": {"type": "auto", "last_messages": 0}},
        "truncation_strategy.last_messages",
        "integer_below_min_value",
    ),
    (
        "message of nobody",
        {"additional_messages": [{"role": "cat", "content": "x"}]},
        "additional_messages[0].role",
        "invalid_value",
    ),
    ("stream as text", {"stream": "yes"}, "stream", "invalid_type"),
]


@pytest.mark.parametrize(
    ("fields", "param", "code"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
def test_a_refusal_names_the_parameter(call: Caller, fields: Any, param: str, code: str) -> None:
    """The envelope says which parameter is wrong and how, and the thread stays as it was."""
    thread = call.thread()
    body = {"assistant_id": call.assistant(), **fields}
    status, answer = call("POST", f"/threads/{thread}/runs", body)
    error = answer["error"]
    assert (status, error["type"], error["param"]) == (400, "invalid_request_error", param)
    assert error["code"].startswith(code)
    assert call("GET", f"/threads/{thread}/runs")[1]["data"] == []


def test_texts_of_refusals_are_those_of_the_protocol(call_v2: Caller) -> None:
    """The words callers have seen from the service."""

    def said(fields: Any) -> str:
        body = {"assistant_id": call_v2.assistant(), **fields}
        _, answer = call_v2("POST", f"/threads/{call_v2.thread()}/runs", body)
        return str(answer["error"]["message"])

    assert said({"assistant_id": None}) == (
        "Invalid type for 'assistant_id': expected a string, but got null instead."
    )
    assert said({"parallel_tool_calls": None}) == (
        "Invalid type for 'parallel_tool_calls': expected a boolean, but got null instead."
    )
    assert said({"metadata": {"k": "v" * 513}}) == (
        "Invalid 'metadata.k': string too long. Expected a string with maximum length 512, "
        "but got a string with length 513 instead."
    )
    assert said({"max_prompt_tokens": 15}) == (
        "Invalid 'max_prompt_tokens': integer below minimum value. "
        "Expected a value >= 16, but got 15 instead."
    )
    assert said({"tools": [{"type": "retrieval"}]}) == (
        "Invalid value: 'retrieval'. "
        "Supported values are: 'code_interpreter', 'file_search' and 'function'."
    )


@pytest.mark.parametrize(
    "data",
    [
        DEEP,
        b"null",
        b'"text"',
        b"1e400",
        b'{"assistant_id": %s}' % (b"9" * 5_000),
        (FUNCTION % '{"name": "f", "parameters": {"x": 1e999}}').encode(),
        (FUNCTION % '{"name": "f", "parameters": {"\\udfff": 1}}').encode(),
        b'{"assistant_id": "a", "assistant_id": "b"}',
    ],
    ids=lambda data: str(data)[:20],
)
def test_no_body_makes_the_server_fail(call: Caller, data: bytes) -> None:
    """Whatever the bytes and whatever type they claim, the answer is a refusal."""
    path = f"/threads/{call.thread()}/runs"
    for kind in (b"application/json", b"text/plain", b"image/png; q=\xff", b""):
        answer = call.client.post(path, content=data, headers={"Content-Type": kind})
        assert answer.status_code in (400, 404)
        assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


def test_a_body_too_large_is_refused() -> None:
    """More bytes than the server reads are 413, with the envelope; the server lives on."""
    headers = {"Authorization": "Bearer sk-reference", "OpenAI-Beta": "assistants=v2"}
    with (
        running(ServerOptions(max_body_bytes=1_000)) as base,
        httpx2.Client(base_url=base, headers=headers) as client,
    ):
        answer = client.post("/threads", content=b"x" * 1_000_000)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "request_too_large")
        assert client.post("/threads").status_code == 200


def test_deep_values_the_server_accepts_it_can_answer(call_v2: Caller) -> None:
    """Parameters nested as deep as is read come back in a stream and in a list."""
    deep: Any = 1
    for _ in range(180):
        deep = {"a": deep}
    tool = {"type": "function", "function": {"name": "f", "parameters": deep}}
    body = {"assistant_id": call_v2.assistant(tools=[tool]), "stream": True}
    answer = call_v2.client.post(f"/threads/{call_v2.thread()}/runs", json=body)
    assert answer.content.endswith(b"[DONE]\n\n")


@pytest.mark.parametrize(
    "query",
    ["limit=--5", "limit=", "limit=%D9%A3", "limit=" + "9" * 400, "after=%ff%00", "before=zz"],
)
def test_no_query_makes_the_server_fail(call: Caller, query: str) -> None:
    """Odd values in a query are refused with the envelope."""
    status, answer = call("GET", f"/threads/{call.thread()}/runs?{query}")
    assert (status, answer["error"]["param"]) == (400, query.partition("=")[0])


def test_only_what_exists_can_be_included(call: Caller, edition: str) -> None:
    """v2 accepts its one value of include[] and no other; v1 has no include[]."""
    run = call.run()
    path = f"/threads/{run['thread_id']}/runs/{run['id']}/steps"
    right = {"include[]": "step_details.tool_calls[*].file_search.results[*].content"}
    statuses = [
        call.client.get(path, params=query).status_code for query in (right, {"include[]": "x"})
    ]
    assert statuses == ([200, 400] if edition == "v2" else [400, 400])


@pytest.mark.parametrize("name", ["..", "%ff%00", "%F0%9F%98%80", "x" * 2_000, "%27%22%3C"])
def test_no_id_makes_the_server_fail(call: Caller, name: str) -> None:
    """An id nobody has is 404, whatever it is made of."""
    for path in (f"/threads/{name}/runs", f"/threads/{call.thread()}/runs/{name}"):
        answer = call.client.get(path.replace("..", "%2e%2e"))
        assert answer.status_code == 404
        assert answer.json()["error"]["type"] == "invalid_request_error"


def test_every_answer_names_its_request(call: Caller) -> None:
    """x-request-id and openai-version are on successes and refusals alike."""
    for path in ("/assistants", "/threads/t", "/nothing"):
        headers = call.client.get(path).headers
        assert headers["x-request-id"].startswith("req_")
        assert headers["openai-version"] == "2020-10-01"


def test_a_head_request_is_answered_like_a_get(call: Caller) -> None:
    """HEAD has the status of GET and no body; a slash too many is no such path."""
    assert call.client.head("/assistants").status_code == 200
    assert call.client.get("/assistants/").status_code == 404


def test_a_beta_header_may_name_several(call: Caller, edition: str) -> None:
    """The edition is found among other betas."""
    headers = {"OpenAI-Beta": f"realtime=v1, assistants={edition}"}
    assert call.client.get("/assistants", headers=headers).status_code == 200


@pytest.fixture
def waiting(call_v2: Caller) -> dict[str, Any]:
    """Return a run that waits for two outputs."""
    other = {"type": "function", "function": {"name": "other"}}
    run = call_v2.run(tools=[FORCED["tools"][0], other], tool_choice="required")
    return call_v2.until(run, "requires_action")


def test_a_refused_create_leaves_no_trace(call_v2: Caller, waiting: dict[str, Any]) -> None:
    """Additional messages of a refused run are not added; a refused thread is not made."""
    thread = waiting["thread_id"]
    body = {
        "assistant_id": waiting["assistant_id"],
        "additional_messages": [{"role": "user", "content": "More."}],
    }
    before = call_v2("GET", f"/threads/{thread}/messages")
    assert call_v2("POST", f"/threads/{thread}/runs", body)[0] == 400
    assert call_v2("GET", f"/threads/{thread}/messages") == before
    body = {"assistant_id": call_v2.assistant(), "thread": {}}
    status, answer = call_v2("POST", "/threads/runs", body)
    assert (status, answer["error"]["code"]) == (400, "invalid_thread")


def test_half_of_the_outputs_is_refused(call_v2: Caller, waiting: dict[str, Any]) -> None:
    """All calls of a run are answered in one request."""
    calls = waiting["required_action"]["submit_tool_outputs"]["tool_calls"]
    ids = [call["id"] for call in calls]
    path = f"/threads/{waiting['thread_id']}/runs/{waiting['id']}/submit_tool_outputs"
    body = {"tool_outputs": [{"tool_call_id": ids[0], "output": "1"}]}
    status, answer = call_v2("POST", path, body)
    assert (status, answer["error"]["message"]) == (
        400,
        f"Expected tool outputs for call_ids {ids}, got {ids[:1]}",
    )


def test_a_run_that_is_being_cancelled_cannot_be_cancelled(
    base: str, client_of: Callable[..., httpx2.Client]
) -> None:
    """The second cancel says that the first one is at work."""
    with running(ServerOptions(cancel_seconds=1_000)) as slow, client_of(slow, "v2") as client:
        call = Caller(client)
        run = call.run()
        path = f"/threads/{run['thread_id']}/runs/{run['id']}/cancel"
        status, answer = call("POST", path)
        assert (status, answer["status"]) == (200, "cancelling")
        assert answer["started_at"] is not None
        status, answer = call("POST", path)
        assert (status, answer["error"]["message"]) == (
            400,
            "Cannot cancel run with status 'cancelling'.",
        )


@pytest.mark.parametrize("status", ["queued", "in_progress", "requires_action"])
def test_a_live_run_can_be_cancelled(call: Caller, status: str) -> None:
    """Cancel is accepted in every live status, and closes what was open."""
    fields = FORCED if status == "requires_action" else {}
    metadata = {"run_contracts_outcome": "expired"} if status == "in_progress" else {}
    run = call.until(call.run(metadata=metadata, **fields), status)
    path = f"/threads/{run['thread_id']}/runs/{run['id']}"
    assert call("POST", f"{path}/cancel", {})[0] == 200
    cancelled = call.until(run, "cancelled")
    assert (cancelled["usage"]["total_tokens"], cancelled["required_action"]) == (0, None)
    _, steps = call("GET", f"{path}/steps")
    assert {step["status"] for step in steps["data"]} <= {"cancelled"}
