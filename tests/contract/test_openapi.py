"""The OpenAPI documents: the nine run endpoints, their answers and links."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from run_contracts.contract.files import read_json
from run_contracts.contract.openapi_document import bundled
from run_contracts.contract.operations import match, operations

RUN_ENDPOINTS = {
    "createThreadAndRun": "POST /threads/runs",
    "createRun": "POST /threads/{thread_id}/runs",
    "listRuns": "GET /threads/{thread_id}/runs",
    "getRun": "GET /threads/{thread_id}/runs/{run_id}",
    "modifyRun": "POST /threads/{thread_id}/runs/{run_id}",
    "cancelRun": "POST /threads/{thread_id}/runs/{run_id}/cancel",
    "submitToolOutputs": "POST /threads/{thread_id}/runs/{run_id}/submit_tool_outputs",
    "listRunSteps": "GET /threads/{thread_id}/runs/{run_id}/steps",
    "getRunStep": "GET /threads/{thread_id}/runs/{run_id}/steps/{step_id}",
}
STREAMING = {"createThreadAndRun", "createRun", "submitToolOutputs"}
EDITIONS = pytest.mark.parametrize("edition", ["v1", "v2"])


@EDITIONS
def test_the_bundled_document_is_valid_openapi(edition: str) -> None:
    """Other tools can read it."""
    OpenAPIV31SpecValidator(bundled(edition)).validate()


@EDITIONS
def test_every_component_is_referred_to(edition: str) -> None:
    """But events of streams: OpenAPI 3.1 has no place to say what a stream consists of."""
    document = bundled(edition)
    text = json.dumps(document)
    unused = {
        name
        for name in document["components"]["schemas"]
        if f'"#/components/schemas/{name}"' not in text
    }
    assert unused <= {"stream_event"}


@EDITIONS
def test_the_nine_run_endpoints_are_there(edition: str) -> None:
    """Each endpoint of the run has its method and path."""
    known = operations(edition)
    assert {i: f"{known[i].method} {known[i].path}" for i in RUN_ENDPOINTS} == RUN_ENDPOINTS
    assert {i for i in RUN_ENDPOINTS if known[i].streams} == STREAMING


@EDITIONS
def test_every_operation_lists_the_answers_real_servers_give(edition: str) -> None:
    """200, 400, 401 and 429 everywhere, and 404 where ids are in the path or the body."""
    for path, item in read_json(f"{edition}/openapi.json")["paths"].items():
        for described in (one for name, one in item.items() if name != "parameters"):
            wanted = {"200", "400", "401", "429"} | ({"404"} if "{" in path else set())
            assert wanted <= set(described["responses"]), described["operationId"]


@EDITIONS
def test_every_link_leads_to_an_operation(edition: str) -> None:
    """No link dangles, and every link is used."""
    document = read_json(f"{edition}/openapi.json")
    links = document["components"]["links"]
    assert {link["operationId"] for link in links.values()} <= set(operations(edition))
    used = {name for name, _ in _links(document["paths"])}
    assert used == set(links)


@EDITIONS
def test_a_link_that_fills_a_body_names_its_fields(edition: str) -> None:
    """From an assistant a run can be asked of it: without that link nobody's walk reaches one."""
    document = read_json(f"{edition}/openapi.json")
    links = document["components"]["links"]
    filled = {name: link["requestBody"] for name, link in links.items() if "requestBody" in link}
    assert filled == {"runAssistant": {"assistant_id": "$response.body#/id"}}
    asked = operations(edition)[links["runAssistant"]["operationId"]].request
    assert "assistant_id" in read_json(f"{edition}/{asked}.json")["required"]


@EDITIONS
def test_streams_are_not_described_as_strings(edition: str) -> None:
    """Tools that read events one by one would find each of them wrong."""
    for item in read_json(f"{edition}/openapi.json")["paths"].values():
        for described in (one for name, one in item.items() if name != "parameters"):
            media = described["responses"]["200"]["content"].get("text/event-stream", {})
            assert "type" not in media.get("schema", {}), described["operationId"]


def _links(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        own = list(value.get("links", {}).items())
        return own + [found for item in value.values() for found in _links(item)]
    return []


@pytest.mark.parametrize(("wanted", "request_line"), RUN_ENDPOINTS.items())
def test_a_request_finds_its_operation(wanted: str, request_line: str) -> None:
    """The path of a request, with a base before it and a query after it, names its operation."""
    method, _, path = request_line.partition(" ")
    ids = {"thread_id": "t", "run_id": "r", "step_id": "s"}
    found = match("v2", method, f"http://h/v1{path.format(**ids)}?limit=2")
    assert found is not None
    assert found[0].id == wanted
    assert found[1] == {name: one for name, one in ids.items() if name in path}


def test_a_request_for_something_else_finds_nothing() -> None:
    """Unknown paths are none of the contract's business."""
    assert match("v2", "GET", "/v1/models") is None
    assert match("v2", "DELETE", "/v1/threads/t") is None


@EDITIONS
def test_every_body_has_an_example_and_every_example_is_right(edition: str) -> None:
    """Readers see how to ask, and tools that send examples send what a server accepts."""
    document = bundled(edition)
    bodies = [
        described["requestBody"]["content"]["application/json"]
        for item in document["paths"].values()
        for name, described in item.items()
        if name != "parameters" and "requestBody" in described
    ]
    assert len(bodies) == 7
    for body in bodies:
        schema = {**body["schema"], "components": document["components"]}
        for example in body["examples"].values():
            Draft202012Validator(schema).validate(example["value"])


@EDITIONS
def test_the_bundled_document_refers_to_no_other_file(edition: str) -> None:
    """One file is enough for every tool."""
    found = re.findall(r'"\$ref": "([^"]*)"', json.dumps(bundled(edition)))
    assert found
    assert [one for one in found if not one.startswith("#/")] == []
