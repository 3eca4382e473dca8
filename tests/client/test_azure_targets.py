"""A target of Azure: each request names a version of the API, and the key has its own header."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from run_contracts import UsageError
from run_contracts.client.checked_target import Target, target
from run_contracts.client.session import Session
from run_contracts.engine import recording
from run_contracts.engine.command import check_command
from run_contracts.engine.planning import plan
from run_contracts.engine.policy import Policy
from run_contracts.report import jsonlines
from run_contracts.server import ServerOptions, running
from tests.cli.door import run

VERSION = "2024-05-01-preview"
DIALECT = f"azure-{VERSION}"


@pytest.fixture(scope="module")
def azure() -> Iterator[str]:
    """Return the URL of Azure's surface of a right server."""
    with running(ServerOptions.for_checking()) as url:
        yield f"{url.removesuffix('/v1')}/openai"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-reference")


@pytest.mark.parametrize(
    ("url", "dialect", "version"),
    [
        ("http://127.0.0.1/openai?api-version=x-1", None, "x-1"),
        ("http://127.0.0.1/openai/?api-version=x-1", DIALECT, "x-1"),
        ("http://127.0.0.1/openai", DIALECT, VERSION),
        ("http://127.0.0.1/openai/v1", DIALECT, None),
        ("http://127.0.0.1/agents", "azure-agents", None),
        ("http://127.0.0.1/openai", None, None),
    ],
)
def test_a_version_comes_from_the_url_or_the_dialect(
    url: str, dialect: str | None, version: str | None
) -> None:
    """The URL says it, or else the dialect; the newer surface and other servers have none."""
    made = target(url, dialect=dialect)  # type: ignore[arg-type]
    assert made.api_version == version
    assert "?" not in made.url
    assert not made.url.endswith("/")


def test_a_version_that_is_known_implies_its_dialect() -> None:
    """So that a server of Azure is judged as one; a dialect that is given is kept."""
    url = "http://127.0.0.1/openai?api-version="
    assert target(f"{url}{VERSION}").dialect == DIALECT
    assert target(f"{url}{VERSION}", dialect="azure-agents").dialect == "azure-agents"
    assert target(f"{url}2099-01-01").dialect is None
    with pytest.raises(UsageError, match="belongs to edition v1"):
        target(f"{url}2024-02-15-preview")


@pytest.mark.parametrize("query", ["?api-version=", "?api-version=a&b=c", "?b=c&api-version=a"])
def test_no_other_query_is_part_of_a_base_url(query: str) -> None:
    """The error says which one could be."""
    with pytest.raises(UsageError, match="api-version=VERSION and nothing else"):
        target(f"http://127.0.0.1/openai{query}")


def test_the_key_is_sent_in_azures_header() -> None:
    """To Azure OpenAI; its agents, and everybody else, get it as Bearer."""
    versioned = "http://h/openai?api-version=x"
    assert Target(url=versioned).key_headers("k") == {"api-key": "k"}
    bearer = {"Authorization": "Bearer k"}
    assert Target(url=versioned, dialect="azure-agents").key_headers("k") == bearer
    assert Target(url="http://h/v1").key_headers("k") == bearer


def test_every_request_names_the_version(azure: str) -> None:
    """Whatever its query is, as it was typed; one that names a version keeps it."""
    with Session(target(azure, dialect=DIALECT)) as session:  # type: ignore[arg-type]
        made = session.send("createThread", json_body={}).answered_as("thread") or {}
        session.send("listRuns", thread_id=made["id"], query={"limit": 2})
        session.send_raw("GET", f"{azure}/models?x=%ff", headers={}, content=b"")
        session.send_raw("GET", f"{azure}/models?api-version=y", headers={}, content=b"")
        session.beside("DELETE", f"/threads/{made['id']}")
        sent = [*session.exchanges, *session.deletions]
    assert [exchange.response.status for exchange in sent] == [200] * 5
    assert [exchange.request.url.partition("?")[2] for exchange in sent] == [
        f"api-version={VERSION}",
        f"limit=2&api-version={VERSION}",
        f"x=%ff&api-version={VERSION}",
        "api-version=y",
        f"api-version={VERSION}",
    ]


def test_azures_surface_holds_the_contract(azure: str) -> None:
    """A smoke check finds nothing broken, and its wrong key is refused."""
    done = run("check", azure, "--dialect", DIALECT, "--profile", "smoke", "--only", "RUN-ERR-002")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "the contract holds"), done.stdout
    assert "sk-reference" not in done.stdout


def test_the_command_of_a_check_has_the_version() -> None:
    """Quoted, for the shell."""
    made = target("http://127.0.0.1/openai", dialect=DIALECT)
    assert f"'http://127.0.0.1/openai?api-version={VERSION}'" in check_command(made, Policy())


def test_what_a_check_left_on_azure_is_cleaned_up(azure: str, tmp_path: Path) -> None:
    """The dialect of its report says how to ask, so that the URL alone is enough."""
    made = target(azure, dialect=DIALECT)
    report = tmp_path / "check.jsonl"
    with Session(made) as session, report.open("w", encoding="utf-8") as file:
        session.send("createAssistant", json_body={"model": "m"})
        for event in (plan(made).started(), *map(recording.exchanged, session.exchanges)):
            jsonlines.write(recording.hidden(event, made.hidden), file)
        file.flush()
        done = run("cleanup", str(report), azure)
        left = session.beside("GET", "/assistants?limit=100")
    assert (done.returncode, "1 of 1 are gone" in done.stdout) == (0, True), done.stdout
    assert session.exchanges[0].answered["id"] not in left.answer.text
