"""The bridge to schemathesis: a test of each call, so that a release that breaks one is named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import hypothesis
import pytest
import requests
import schemathesis

import run_contracts
from run_contracts.contract.operations import operations
from run_contracts.factories import make_run
from run_contracts.probes.search import schemathesis_bridge as bridge
from run_contracts.probes.search.hunt import settings
from run_contracts.traffic.exchange import Exchange, Request, Response

URL = "http://reference.invalid/v1"
RUN = "/threads/{thread_id}/runs/{run_id}"


@pytest.fixture(scope="module")
def schema() -> object:
    """Return our document as schemathesis reads it."""
    return bridge.loaded("v2")


def _endpoint(schema: object, label: str) -> bridge.Endpoint:
    return next(one for one in bridge.endpoints(schema) if one.label == label)


def _exchange(method: str, path: str, body: bytes, **headers: str) -> Exchange:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Exchange(
        number=1,
        edition="v2",
        request=Request(method=method, url=URL + path),
        response=Response(status=200, headers=named, body=body, seconds=0.5),
    )


def test_nothing_else_imports_schemathesis() -> None:
    """What a release of it can break stands in one module."""
    package = Path(run_contracts.__file__).parent
    imports = ("import schemathesis", "from schemathesis")
    found = {
        path.name
        for path in package.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith(imports)
    }
    assert found == {"schemathesis_bridge.py"}


def test_the_next_major_version_is_not_taken() -> None:
    """The extra is capped below the release that may break these calls."""
    text = (Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8")
    assert f"schemathesis>=4.32,<{int(schemathesis.__version__.split('.')[0]) + 1}" in text


def test_every_endpoint_is_there_by_method_and_path(schema: object) -> None:
    """`get_all_operations` yields results that hold an endpoint with a label."""
    labels = {one.label for one in bridge.endpoints(schema)}
    assert labels == {f"{one.method} {one.path}" for one in operations("v2").values()}


def test_the_configuration_of_the_host_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `schemathesis.toml` in the folder changes nothing; here it would not even be legal."""
    (tmp_path / "schemathesis.toml").write_text("nonsense = true\n")
    monkeypatch.chdir(tmp_path)
    assert list(bridge.endpoints(bridge.loaded("v1")))


def test_examples_come_from_the_document(schema: object) -> None:
    """`get_strategies_from_examples` gives them for endpoints with a body, and none for others."""
    assert bridge.example_cases(_endpoint(schema, f"GET {RUN}")) is None
    examples = bridge.example_cases(_endpoint(schema, "POST /threads/{thread_id}/runs"))
    assert examples is not None
    bodies: list[object] = []

    @settings(5)
    @hypothesis.given(examples)
    def drawn(case: schemathesis.Case) -> None:
        bodies.append(case.body)

    drawn()
    assert all(isinstance(body, dict) and body["assistant_id"] for body in bodies)


def test_coverage_cases_are_right_and_wrong_ones(schema: object) -> None:
    """`iter_coverage_cases` says of each what it is, and makes up no method."""
    endpoint = _endpoint(schema, "POST /threads/{thread_id}/runs")
    cases = bridge.coverage_cases(schema, endpoint)
    assert {case.meta.generation.mode for case in cases if case.meta} == set(bridge.MODES)
    assert {case.method for case in cases} == {"POST"}


@pytest.mark.parametrize("mode", bridge.MODES, ids=lambda mode: str(mode.value))
def test_cases_are_drawn_right_and_wrong(schema: object, mode: schemathesis.GenerationMode) -> None:
    """`as_strategy` takes a mode."""
    cases: list[schemathesis.Case] = []
    endpoint = _endpoint(schema, "POST /threads/{thread_id}/runs")

    @settings(5)
    @hypothesis.given(bridge.drawn_cases(endpoint, mode))
    def drawn(case: schemathesis.Case) -> None:
        cases.append(case)

    drawn()
    assert {case.meta.generation.mode for case in cases if case.meta} == {mode}


def test_only_what_has_a_query_or_a_body_can_be_wrong(schema: object) -> None:
    """An id may be any text, so no case of an endpoint with nothing but ids is wrong."""
    assert bridge.modes_of(_endpoint(schema, f"GET {RUN}")) == bridge.MODES[:1]
    for label in (f"GET {RUN}/steps", f"POST {RUN}"):
        assert bridge.modes_of(_endpoint(schema, label)) == bridge.MODES


def test_ids_stand_in_path_and_body_by_their_names(schema: object) -> None:
    """A case can be changed before it is sent."""
    endpoint = _endpoint(schema, "POST /threads/{thread_id}/runs")
    case = endpoint.Case(
        path_parameters={"thread_id": "t"},
        body={"assistant_id": "a"},
        media_type="application/json",
    )
    bridge.with_ids(case, {"thread_id": "thread_1", "run_id": "run_1", "assistant_id": "asst_1"})
    request = bridge.wire_request(case, URL)
    assert request is not None
    assert request.url == f"{URL}/threads/thread_1/runs"
    assert request.body.replace(b" ", b"") == b'{"assistant_id":"asst_1"}'


def test_a_case_becomes_bytes_without_headers_of_its_own(schema: object) -> None:
    """`as_transport_kwargs` is what requests takes; the session has its own headers."""
    endpoint = _endpoint(schema, "POST /threads/{thread_id}/runs")
    case = endpoint.Case(
        path_parameters={"thread_id": "t"}, body={"n": 1}, media_type="application/json"
    )
    request = bridge.wire_request(case, URL)
    assert request is not None
    assert request.method == "POST"
    assert {name.lower() for name, _ in request.headers} == set(bridge.KEPT_HEADERS)


def test_a_case_that_is_no_http_is_none(schema: object) -> None:
    """A header with a line break cannot be written."""
    case = _endpoint(schema, f"GET {RUN}").Case(
        path_parameters={"thread_id": "t", "run_id": "r"}, headers={"X-Odd": "a\nb"}
    )
    assert bridge.wire_request(case, URL) is None


def test_links_lead_from_answers_to_requests_with_their_ids(schema: object) -> None:
    """The state machine takes ids out of answers that we give it, and calls us for each case."""
    run = make_run("completed", seed=1)
    paths: list[str] = []
    judged: list[int] = []

    def send(case: schemathesis.Case) -> Exchange | None:
        request = bridge.wire_request(case, URL)
        if request is None:
            return None
        paths.append(request.url.removeprefix(URL))
        answer = json.dumps(run).encode()
        return _exchange(case.method, paths[-1], answer, content_type="application/json")

    machine = bridge.link_machine(
        schema, begin=lambda: None, send=send, judge=lambda: judged.append(1)
    )
    machine.run(settings=settings(20, 6))
    assert len(judged) == len(paths)
    assert any(run["id"] in path for path in paths)


def test_an_answer_of_ours_is_read_as_theirs() -> None:
    """Status, headers in lower case with lists of values, body and seconds arrive."""
    answer = bridge.as_response(
        _exchange("GET", "/threads/t/runs/r", b'{"id": "run_1"}', Content_Type="application/json")
    )
    assert (answer.status_code, answer.elapsed) == (200, 0.5)
    assert answer.headers["content-type"] == ["application/json"]
    assert answer.json() == {"id": "run_1"}


def _their_answer(body: bytes, media_type: str, **headers: str) -> Exchange:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = requests.Request("POST", f"{URL}/threads/runs", headers=sent, json={"a": 1})
    response = schemathesis.Response(
        200, {"content-type": [media_type]}, body, request.prepare(), 0.1, verify=False
    )
    return bridge.as_exchange(response, SimpleNamespace(method="post"))


def test_an_answer_of_theirs_is_read_as_ours() -> None:
    """Method, URL, bodies, headers and the edition that the request names arrive."""
    exchange = _their_answer(b"{}", "application/json", OpenAI_Beta="assistants=v1")
    assert (exchange.edition, exchange.request.method) == ("v1", "POST")
    assert exchange.request.body == b'{"a": 1}'
    assert exchange.response.media_type == "application/json"
    assert exchange.response.is_whole
    assert _their_answer(b"{}", "application/json").edition == "v2"


def test_a_stream_that_was_left_is_not_whole() -> None:
    """Schemathesis stops reading after some events."""
    assert not _their_answer(b"data: 1\n\n", "text/event-stream").response.is_whole
    assert _their_answer(b"data: [DONE]\n\n", "text/event-stream").response.is_whole


def test_a_check_is_switched_on_by_an_import() -> None:
    """`schemathesis.check` puts it beside their own, in that process only."""
    code = (
        "import run_contracts.schemathesis_hooks\n"
        "from schemathesis.checks import CHECKS\n"
        "print([check.__name__ for check in CHECKS.get_all()])\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "'run_contract'" in process.stdout
