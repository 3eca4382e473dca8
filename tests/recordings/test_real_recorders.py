"""What real tools record of a served reference server is judged as our own report of it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import openai
import pytest
import vcr

from run_contracts.recordings.file_reading import entries
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.recorded import Recorded
from run_contracts.testing import RunServer
from tests.recordings.verdicts_of import Verdicts, verdicts_of

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
FAULTS = ("RUN-USAGE-001", "RUN-LIST-010", "RUN-SHAPE-015")
MUST_NOT_BE = {Standing.BROKEN, Standing.NOT_READ, Standing.OUR_ERROR, Standing.UNREADABLE}
USUAL_POLL = 5


def _session(client: openai.OpenAI) -> None:
    """Do by the SDK what its users do, and be refused twice."""
    runs = client.beta.threads.runs
    assistant = client.beta.assistants.create(model="gpt-4o", instructions="Be brief.")
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello."}])
    ids: Any = {"thread_id": thread.id, "assistant_id": assistant.id}
    run = runs.create_and_poll(**ids, poll_interval_ms=USUAL_POLL, metadata={"team": "blue"})
    for step in runs.steps.list(run.id, thread_id=thread.id):
        runs.steps.retrieve(step.id, thread_id=thread.id, run_id=run.id)
    list(client.beta.threads.messages.list(thread.id))
    with runs.stream(**ids) as stream:
        stream.until_done()
    with pytest.raises(openai.BadRequestError):
        runs.cancel(run.id, thread_id=thread.id)
    with pytest.raises(openai.NotFoundError):
        runs.retrieve("run_nope", thread_id=thread.id)
    list(runs.list(thread.id, limit=2))


def _assert_right(found: Verdicts) -> None:
    assert found.broken == set(), found.said
    assert not MUST_NOT_BE & found.answers.keys(), found.said
    assert found.answers[Standing.HOLDS] > 10


@pytest.fixture(name="cassette", params=["yaml", "json"])
def _cassette(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return tmp_path / f"runs.{request.param}"


def _record(server: Any, cassette: Path) -> None:
    kind = cassette.suffix.removeprefix(".")
    with (
        vcr.use_cassette(str(cassette), serializer=kind, record_mode="all"),
        openai.OpenAI(base_url=server.url, api_key=server.api_key, max_retries=0) as client,
    ):
        _session(client)


def test_a_cassette_of_the_sdk_holds(run_server: RunServer, cassette: Path) -> None:
    """Vcrpy records the SDK, streams included, and nothing in it is broken."""
    _record(run_server, cassette)
    _assert_right(verdicts_of(cassette))
    read = entries(cassette)
    assert all(isinstance(one, Recorded) and one.has_request for one in read)
    assert any(isinstance(one, Recorded) and one.response.is_stream for one in read)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_cassette_of_a_wrong_server_breaks_its_rule(
    run_server: RunServer, tmp_path: Path, fault: str
) -> None:
    """What the server does wrong is seen in what vcrpy kept of it."""
    cassette = tmp_path / "runs.yaml"
    _record(run_server(faults=[fault]), cassette)
    assert fault in verdicts_of(cassette).broken


@pytest.fixture(name="schemathesis_run", scope="module")
def _schemathesis_run(
    run_server_session: RunServer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("st")
    document = subprocess.run(
        [sys.executable, "-m", "run_contracts", "openapi"], capture_output=True, check=True
    ).stdout
    (folder / "openapi.json").write_bytes(document)
    return folder, run_server_session.url


REPORTS = {"plain": (), "base64": ("--report-preserve-bytes",)}


@pytest.mark.slow
@pytest.mark.parametrize("options", REPORTS)
def test_what_schemathesis_reports_holds(
    schemathesis_run: tuple[Path, str], tmp_path: Path, options: str, run_server_session: RunServer
) -> None:
    """Its HAR and its cassette say the same of a right server: nothing is broken."""
    folder, url = schemathesis_run
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", str(folder / "openapi.json")),
        *("--url", url, "--phases", "examples,coverage", "--max-examples", "1"),
        *("--header", f"Authorization: Bearer {run_server_session.api_key}"),
        *("--header", "OpenAI-Beta: assistants=v2"),
        *("--include-operation-id", "listRuns", "--include-operation-id", "createRun"),
        *("--report", "vcr,har", "--report-dir", str(tmp_path), *REPORTS[options]),
        *("--report-vcr-path", str(tmp_path / "st.yaml")),
        *("--report-har-path", str(tmp_path / "st.har")),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, timeout=240, check=False
    )
    assert (tmp_path / "st.har").exists(), done.stdout + done.stderr
    found = [verdicts_of(tmp_path / name) for name in ("st.yaml", "st.har")]
    for one in found:
        assert one.broken == set(), one.said
    assert found[0].answers[Standing.HOLDS] == found[1].answers[Standing.HOLDS] > 0
