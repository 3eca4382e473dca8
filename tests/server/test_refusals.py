"""What the reference server refuses, in the recorded words."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from run_contracts import UsageError
from run_contracts.server import ServerOptions, running
from tests.server.conftest import Caller
from tests.server.test_lives import FORCED

JSON = {"Content-Type": "application/json"}


def _path(run: dict[str, Any]) -> str:
    return f"/threads/{run['thread_id']}/runs/{run['id']}"


def _error(answer: tuple[int, Any]) -> tuple[int, str, str | None]:
    status, body = answer
    error = body["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return status, error["message"], error["code"]


def test_a_wrong_key_is_refused(base: str, client_of: Callable[..., httpx2.Client]) -> None:
    """401 with code invalid_api_key, for a wrong key and for none."""
    with client_of(base, "v2") as client:
        for value in ("Bearer wrong", ""):
            answer = client.get("/threads/t/runs", headers={"Authorization": value})
            assert answer.status_code == 401
            assert answer.json()["error"]["code"] == "invalid_api_key"


def test_the_beta_header_is_needed(base: str, client_of: Callable[..., httpx2.Client]) -> None:
    """Without it the answer names the header to set."""
    with client_of(base, "v2") as client:
        answer = client.get("/threads/t/runs", headers={"OpenAI-Beta": "assistants=v9"})
    assert answer.status_code == 400
    assert "OpenAI-Beta: assistants=v2" in answer.json()["error"]["message"]


def test_commands_on_an_ended_run_are_refused(call: Caller) -> None:
    """Cancel and submit say the status that forbids them, in the recorded words."""
    run = call.until(call.run(), "completed")
    assert _error(call("POST", f"{_path(run)}/cancel")) == (
        400,
        "Cannot cancel run with status 'completed'.",
        None,
    )
    body = {"tool_outputs": [{"tool_call_id": "x", "output": ""}]}
    assert _error(call("POST", f"{_path(run)}/submit_tool_outputs", body)) == (
        400,
        'Runs in status "completed" do not accept tool outputs.',
        None,
    )


def test_a_thread_is_locked_while_its_run_is_active(call: Caller) -> None:
    """A second run and a message are refused, naming the active run."""
    run = call.until(call.run(**FORCED), "requires_action")
    thread = run["thread_id"]
    again = {"assistant_id": run["assistant_id"]}
    assert _error(call("POST", f"/threads/{thread}/runs", again)) == (
        400,
        f"Thread {thread} already has an active run {run['id']}.",
        None,
    )
    message = {"role": "user", "content": "And?"}
    assert _error(call("POST", f"/threads/{thread}/messages", message)) == (
        400,
        f"Can't add messages to {thread} while a run {run['id']} is active.",
        None,
    )


@pytest.mark.parametrize("given", [[], ["other"], ["asked", "asked"], ["asked", "other"]])
def test_outputs_must_be_exactly_those_asked_for(call_v2: Caller, given: list[str]) -> None:
    """Missing, foreign and repeated outputs are refused and change nothing."""
    run = call_v2.until(call_v2.run(**FORCED), "requires_action")
    wanted = run["required_action"]["submit_tool_outputs"]["tool_calls"][0]["id"]
    named = [wanted if one == "asked" else one for one in given]
    body = {"tool_outputs": [{"tool_call_id": one, "output": ""} for one in named]}
    status, message, _ = _error(call_v2("POST", f"{_path(run)}/submit_tool_outputs", body))
    assert (status, message) == (
        400,
        f"Expected tool outputs for call_ids ['{wanted}'], got {named}",
    )
    assert call_v2("GET", _path(run)) == (200, run)


def test_a_v1_run_cannot_be_modified_while_in_progress(
    base: str, client_of: Callable[..., httpx2.Client]
) -> None:
    """The recorded refusal of 2023; v2 lets it be."""
    for edition, expected in (("v1", 400), ("v2", 200)):
        with client_of(base, edition) as client:
            call = Caller(client)
            metadata = {"run_contracts_outcome": "expired"}
            run = call.until(call.run(metadata=metadata), "in_progress")
            status, body = call("POST", _path(run), {"metadata": {"a": "b"}})
            assert status == expected
            if edition == "v1":
                message = body["error"]["message"]
                assert message == "Cannot update run with status 'in_progress'."


def test_metadata_of_v1_is_made_text_and_of_v2_is_refused(call: Caller, edition: str) -> None:
    """As recorded: v1 stored True as the string "True", v2 answers invalid_type."""
    run = call.until(call.run(), "completed")
    status, body = call("POST", _path(run), {"metadata": {"modified": True}})
    if edition == "v1":
        assert (status, body["metadata"]) == (200, {"modified": "True"})
    else:
        assert _error((status, body)) == (
            400,
            "Invalid type for 'metadata.modified': expected a string, but got a boolean instead.",
            "invalid_type",
        )


def test_an_empty_thread_needs_instructions_in_v2(call: Caller, edition: str) -> None:
    """v1 accepted a run without anything to do; v2 refuses it with code invalid_thread."""
    body = {"assistant_id": call.assistant()}
    status, answer = call("POST", f"/threads/{call.thread(None)}/runs", body)
    assert status == (200 if edition == "v1" else 400)
    if edition == "v2":
        assert answer["error"]["code"] == "invalid_thread"


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("GET", "/threads/thread_no/runs", "No thread found with id 'thread_no'."),
        ("GET", "{thread}/runs/run_no", "No run found with id 'run_no'."),
        ("POST", "{thread}/runs/run_no/cancel", "No run found with id 'run_no'."),
        ("GET", "{thread}/runs/{run}/steps/step_no", "No run step found with id 'step_no'."),
    ],
)
def test_what_does_not_exist_is_404(call: Caller, method: str, path: str, message: str) -> None:
    """The refusal names the kind and the id."""
    run = call.run()
    filled = path.format(thread=f"/threads/{run['thread_id']}", run=run["id"])
    assert _error(call(method, filled)) == (404, message, None)


def test_a_run_cannot_be_read_through_another_thread(call: Caller) -> None:
    """Threads are apart."""
    run = call.run()
    status, _ = call("GET", f"/threads/{call.thread()}/runs/{run['id']}")
    assert status == 404


BODIES: list[tuple[bytes, str | None]] = [
    (b"", None),
    (b"{", None),
    (b"[]", "invalid_type"),
    (b'{"assistant_id": NaN}', None),
    (b"\xff", None),
    (b"[" * 10_000, None),
    (b'{"assistant_id": "\\ud800"}', None),
    (b"{}", "missing_required_parameter"),
    (b'{"assistant_id": 7}', "invalid_type"),
    (b'{"assistant_id": "a", "colour": 1}', "unknown_parameter"),
    (b'{"assistant_id": "a", "temperature": 9}', "integer_above_max_value"),
    (b'{"assistant_id": "a", "max_prompt_tokens": 1}', "integer_below_min_value"),
    (b'{"assistant_id": "a", "tool_choice": "maybe"}', "invalid_value"),
]


@pytest.mark.parametrize(("data", "code"), BODIES, ids=lambda one: str(one)[:24])
def test_bad_bodies_are_refused_with_the_envelope(
    call: Caller, data: bytes, code: str | None
) -> None:
    """No body makes the server fail, and each refusal says what is wrong."""
    path = f"/threads/{call.thread()}/runs"
    answer = call.client.post(path, content=data, headers=JSON)
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "order=up", "after=run_no"])
def test_bad_queries_are_refused(call: Caller, query: str) -> None:
    """A list says what it cannot do."""
    status, _, _ = _error(call("GET", f"/threads/{call.thread()}/runs?{query}"))
    assert status == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("PUT", "/threads", 405), ("DELETE", "/threads/t/runs", 405)],
)
def test_unknown_paths_and_methods_have_the_envelope_too(
    call: Caller, method: str, path: str, status: int
) -> None:
    """Also what the router refuses looks like the protocol."""
    assert _error(call(method, path))[0] == status


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/threads/runs", {"POST"}),
        ("GET", "/threads/runs", {"POST"}),
        ("PUT", "/threads/t/runs", {"GET", "HEAD", "POST"}),
        ("OPTIONS", "/threads/t", {"GET", "HEAD", "POST", "DELETE"}),
        ("QUERY", "/threads/t/runs/r/cancel", {"POST"}),
    ],
)
def test_a_refused_method_is_told_those_of_the_path(
    call: Caller, method: str, path: str, allowed: set[str]
) -> None:
    """The path decides, and Allow lists all it offers, HEAD where GET is (RFC 9110, 10.2.1)."""
    answer = call.client.request(method, path)
    assert answer.status_code == 405
    assert {one.strip() for one in answer.headers["allow"].split(",")} == allowed


@pytest.mark.parametrize("headers", [{}, JSON])
def test_a_cancel_without_body_is_accepted(call: Caller, headers: dict[str, str]) -> None:
    """Also when it names a type for the body it does not have, as SDKs do."""
    run = call.run()
    answer = call.client.post(f"{_path(run)}/cancel", headers=headers, content=b"")
    assert answer.status_code == 200


def test_a_taken_port_is_one_clear_line() -> None:
    """The error names address and port and says what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(UsageError, match=rf"127\.0\.0\.1:{port}.*choose another port"),
            running(port=port),
        ):
            raise AssertionError("two servers on one port")


@pytest.mark.parametrize(
    "options", [{"speed": 0.0}, {"speed": float("nan")}, {"api_key": ""}, {"queue_seconds": -1.0}]
)
def test_impossible_options_are_refused(options: dict[str, Any]) -> None:
    """The error names the option."""
    with pytest.raises(UsageError):
        ServerOptions(**options)


@pytest.mark.parametrize("edition", ["v2"], indirect=True)
def test_an_image_without_an_address_is_refused(call: Caller) -> None:
    """What the published schema calls a URI must be one."""
    thread = call("POST", "/threads", {})[1]["id"]
    part = {"type": "image_url", "image_url": {"url": ""}}
    message = {"role": "user", "content": [part]}
    status, _, code = _error(call("POST", f"/threads/{thread}/messages", message))
    assert (status, code) == (400, "invalid_value")
