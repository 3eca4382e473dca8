"""Our checks inside other people's schemathesis: in their tests, and in ``st run``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from schemathesis import Response
from schemathesis.config import SchemathesisConfig

from run_contracts.contract.openapi_document import bundled
from run_contracts.contract.operations import match, operations
from run_contracts.factories import as_sse, factory
from run_contracts.probes.search.known_ids import fill
from run_contracts.probes.search.schemathesis_bridge import coverage_cases, is_right
from run_contracts.schemathesis_checks import run_contract
from run_contracts.server import ServerOptions, running
from tests.cli.door import run

HAR = ("--report=har", "--report-har-path=traffic.har")
HEADERS = {"Authorization": "Bearer sk-reference", "OpenAI-Beta": "assistants=v2"}


def _answered(faults: tuple[str, ...], edition: str = "v2") -> None:
    """Ask for a run in a way that is refused, and judge the answer by our check alone."""
    schema = schemathesis.openapi.from_dict(
        bundled(edition), config=SchemathesisConfig.from_dict({})
    )
    with running(ServerOptions.for_checking(faults=faults)) as url:
        case = schema["/threads/runs"]["POST"].Case(body={}, media_type="application/json")
        headers = {**HEADERS, "OpenAI-Beta": f"assistants={edition}"}
        case.call_and_validate(base_url=url, headers=headers, checks=[run_contract])


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_a_right_answer_passes(edition: str) -> None:
    """One line in a test is enough, and a right server has nothing to fear."""
    _answered((), edition)


def test_a_wrong_answer_fails_with_the_rule() -> None:
    """The failure names the requirement and says it in words."""
    with pytest.raises(BaseExceptionGroup) as told:
        _answered(("RUN-ERR-001",))
    assert "RUN-ERR-001 A refusal is an object" in _whole(told.value)


def _whole(error: BaseException) -> str:
    """Return the words of an error and of those it groups."""
    inner = getattr(error, "exceptions", ())
    return "\n".join([str(error), *map(_whole, inner)])


def test_a_stream_that_was_not_read_to_its_end_is_no_broken_one() -> None:
    """Schemathesis stops after some events; what came is judged, not that no more came."""
    events = factory("v2", seed=1).stream("completed")
    run = events[0]["data"]
    url = f"http://127.0.0.1/v1/threads/{run['thread_id']}/runs"
    body = {"assistant_id": run["assistant_id"], "stream": True}
    request = requests.Request("POST", url, json=body).prepare()
    case = SimpleNamespace(method="POST")

    def judged(text: str) -> None:
        headers = {"content-type": ["text/event-stream; charset=utf-8"]}
        run_contract(None, Response(200, headers, text.encode(), request, 0.1, verify=False), case)

    judged(as_sse(events[:-2]))
    judged(as_sse(events))
    with pytest.raises(AssertionError, match="RUN-STREAM-007"):
        judged(as_sse([one for one in events if one["event"] != "thread.run.completed"]))


EXAMPLE = """
from hypothesis import given, strategies as st

@given(x=st.integers())
def test_small(x):
    assert x < 100
"""


def test_failing_examples_are_printed_without_the_plugin_of_schemathesis(tmp_path: Path) -> None:
    """As docs/schemathesis.md says; a release of it that mends that shows here."""
    (tmp_path / "test_small.py").write_text(EXAMPLE)
    printed = [
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *options, "test_small.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        ).stdout
        for options in ((), ("-p", "no:schemathesis"))
    ]
    assert ["x=100," in one for one in printed] == [False, True]


def test_the_hooks_leave_what_they_cannot_fill() -> None:
    """A case that somebody wrote is theirs; without a base URL, or in another document, nothing is.

    Whoever has the hooks in the process of their tests must not see them fail.
    """
    whole = bundled("v2")
    alone = {**whole, "paths": {"/threads/runs": whole["paths"]["/threads/runs"]}}
    for document in (whole, alone):
        config = SchemathesisConfig.from_dict({})
        schema = schemathesis.openapi.from_dict(document, config=config)
        endpoint = schema["/threads/runs"]["POST"]
        written = endpoint.Case(body={"assistant_id": "mine"}, media_type="application/json")
        fill(written)
        assert written.body == {"assistant_id": "mine"}
        drawn = next(case for case in coverage_cases(schema, endpoint) if is_right(case))
        before = drawn.body
        fill(drawn)
        assert drawn.body == before


def _st_run(folder: Path, url: str, *options: str, edition: str = "v2") -> tuple[int, str]:
    """Return how ``st run`` with our hooks ended, and what it printed."""
    sent = {**HEADERS, "OpenAI-Beta": f"assistants={edition}"}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", "openapi.json", f"--url={url}"),
            *(f"--header={name}: {value}" for name, value in sent.items()),
            *("--seed=1", *options),
        ],
        cwd=folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "run_contracts.schemathesis_hooks"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("faults", "code"), [((), 0), (("RUN-ERR-001",), 1)])
def test_st_run_has_our_check_with_one_variable(
    faults: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    """The command finds what breaks the contract, and nothing on a right server."""
    (tmp_path / "openapi.json").write_text(json.dumps(bundled("v2")))
    options = [
        "--include-operation-id=createThreadAndRun",
        "--checks=run_contract",
        "--max-examples=5",
        "--phases=fuzzing",
    ]
    with running(ServerOptions.for_checking(faults=faults)) as url:
        ended, printed = _st_run(tmp_path, url, *options)
    assert ended == code, printed
    assert ("RUN-ERR-001" in printed) == bool(code)


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_every_check_of_st_run_holds_on_a_right_server(edition: str, tmp_path: Path) -> None:
    """With the document and the configuration that one command prints, and in every phase.

    Each operation does what it is for, once at least: the ids in right cases are of what is there.
    Methods that the document has not are tried, but none that the protocol has further.
    """
    run("openapi", "--edition", edition, "--output", str(tmp_path / "openapi.json"))
    configuration = run("openapi", "--edition", edition, "--schemathesis-toml").stdout
    (tmp_path / "schemathesis.toml").write_text(configuration, encoding="utf-8")
    with running(ServerOptions.for_checking()) as url:
        ended, printed = _st_run(tmp_path, url, "--max-examples=1", *HAR, edition=edition)
    assert ended == 0, printed
    succeeding, refused = set(), set()
    for entry in json.loads((tmp_path / "traffic.har").read_text())["log"]["entries"]:
        request = entry["request"]
        path, status = urlsplit(request["url"]).path, entry["response"]["status"]
        operation = match(edition, request["method"], path)
        if operation is not None and status == 200:
            succeeding.add(operation[0].id)
        if operation is None:
            refused.add((request["method"], status))
    assert succeeding == set(operations(edition))
    assert {("PUT", 405), ("DELETE", 405), ("PATCH", 405), ("OPTIONS", 405)} <= refused
    assert ("DELETE", 404) not in refused
