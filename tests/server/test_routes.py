"""The routes: each has its operation, and a request without one is told which there are."""

from __future__ import annotations

import httpx2
import pytest

from run_contracts.contract.operations import operations
from run_contracts.server.app.routes import ENDPOINTS, endpoint_of, operation_of
from run_contracts.server.app.unrouted import compact_routes, no_route_message


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_operations_of_the_contract_have_its_ids(edition: str) -> None:
    """A log names them as the published document does."""
    for operation in operations(edition).values():
        path = operation.path.replace("{", "").replace("}", "")
        assert operation_of(operation.method, path) == operation.id


@pytest.mark.parametrize("prefix", ["", "/v1", "/openai", "/openai/v1"])
def test_every_endpoint_is_found_by_its_own_path(prefix: str) -> None:
    """Whatever stands before it; no other path takes a request away from it."""
    for each in ENDPOINTS:
        path = each.path.replace(":path}", "}").replace("{", "id_").replace("}", "")
        assert operation_of(each.method, f"{prefix}{path}?limit=1") == each.operation


def test_ids_of_operations_are_unique() -> None:
    """One id names one method on one path."""
    assert len({each.operation for each in ENDPOINTS}) == len(ENDPOINTS)


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/v1/threads/runs"), ("GET", "/v1"), ("GET", "/threads/a/b/c"), ("PUT", "/files")],
)
def test_what_has_no_endpoint_is_no_operation(method: str, path: str) -> None:
    """Neither a path that is none, nor a method that a path has not."""
    assert operation_of(method, path) is None


@pytest.mark.parametrize(
    ("method", "path", "parts"),
    [
        ("POST", "/v1/v1/threads", ("has /v1 twice", "POST /v1/threads (createThread)")),
        ("POST", "/threads", ("lacks /v1", "POST /v1/threads (createThread)")),
        ("POST", "/api/v1/threads", ("Nothing stands before", "(createThread)")),
        ("POST", "/v1/openai/threads", ("has /openai after /v1", "(createThread)")),
        ("POST", "/v1/chat/completions", ("no chat/completions", "another base URL")),
        ("POST", "/responses", ("lacks /v1", "no responses")),
        ("GET", "/v1/assistant", ("Nearest: GET /v1/assistants (listAssistants)",)),
        ("POST", "/v1/threads/t/runs/r/cancle", ("Nearest: POST", "(cancelRun)")),
        (
            "POST",
            "/v1/threads/t/runs/r/submit_tool_output",
            ("/v1/threads/{thread_id}/runs/{run_id}/submit_tool_outputs (submitToolOutputs)",),
        ),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_is_near(
    base: str, method: str, path: str, parts: tuple[str, ...]
) -> None:
    """Whoever mistyped learns it from the message, and where all routes are listed."""
    answer = httpx2.request(method, base.removesuffix("/v1") + path)
    error = answer.json()["error"]
    assert answer.status_code == 404
    assert set(error) == {"message", "type", "param", "code"}
    for part in (*parts, "GET /v1 lists"):
        assert part in error["message"]


def test_the_first_route_named_has_the_method_that_was_used() -> None:
    """Of those on one path."""
    assert "Nearest: DELETE /v1/assistants/" in no_route_message("DELETE", "/v1/assistans/a")


def test_deployments_of_azure_are_told_apart(base: str) -> None:
    """Below the name of one there is no run; the refusal has the gateway's two keys."""
    url = f"{base.removesuffix('/v1')}/openai/deployments/gpt/threads?api-version=x"
    answer = httpx2.post(url, headers={"api-key": "sk-reference"})
    error = answer.json()["error"]
    assert (answer.status_code, set(error)) == (404, {"code", "message"})
    assert "without /deployments/NAME" in error["message"]
    assert "Nearest: POST /openai/threads (createThread)" in error["message"]


def test_a_wrong_method_is_told_the_right_ones(base: str) -> None:
    """405 with what there is on the path, in words and in the Allow header."""
    answer = httpx2.put(f"{base}/threads")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "There is: POST /v1/threads (createThread)." in answer.json()["error"]["message"]


def test_a_long_path_is_not_repeated_whole() -> None:
    """A message stays a message."""
    assert len(no_route_message("GET", "/v1/" + "x/" * 20_000)) < 700


@pytest.mark.parametrize("place", ["/v1", "/openai", "/openai/v1"])
def test_a_base_url_lists_all_routes(base: str, place: str) -> None:
    """Without a key; each with its path there."""
    listed = httpx2.get(base.removesuffix("/v1") + place).json()["data"]
    assert len(listed) == len(ENDPOINTS)
    for route in listed:
        assert operation_of(route["method"], route["path"]) == route["operation"]
        assert route["path"].startswith(f"{place}/")


def test_a_server_tells_its_operations_compactly() -> None:
    """A few lines hold all of them."""
    lines = list(compact_routes())
    assert len(lines) < 15
    operations = {each.operation for each in ENDPOINTS}
    assert {word for line in lines for word in line.split()} >= operations
    assert max(map(len, lines)) < 100


def test_head_is_answered_where_get_is() -> None:
    """As by the same endpoint."""
    assert endpoint_of("HEAD", "/files") is endpoint_of("GET", "/files")
