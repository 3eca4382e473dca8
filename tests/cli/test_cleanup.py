"""The command that deletes what a check left behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from run_contracts.client.checked_target import Target
from run_contracts.client.request_parts import standard_headers
from run_contracts.client.session import Session
from run_contracts.engine import recording
from run_contracts.engine.planning import plan
from run_contracts.report import jsonlines
from run_contracts.server import ServerOptions, running
from tests.cli.door import Done, run

KEY = "sk-reference"


def _cleanup(*arguments: str | Path, key: str = KEY) -> Done:
    return run("cleanup", *map(str, arguments), OPENAI_API_KEY=key)


class Killed:
    """A check that was killed: what it created is there, and a report without an end."""

    def __init__(self, url: str, file: Path) -> None:
        """Create an assistant, a thread, a thread with a run; delete the second."""
        target = Target(url=url, key=KEY)
        with Session(target) as session:
            assistant = session.send("createAssistant", json_body={"model": "m"}).answered["id"]
            deleted = session.send("createThread", json_body={}).answered["id"]
            messages = [{"role": "user", "content": "Hello."}]
            body = {"assistant_id": assistant, "thread": {"messages": messages}, "stream": True}
            with_run = session.send("createThreadAndRun", json_body=body)
            session.beside("DELETE", f"/threads/{deleted}")
            self.paths = [
                f"/threads/{_thread(with_run.response.body)}",
                f"/assistants/{assistant}",
            ]
            others = session.send("createThread", json_body={}).answered["id"]
            kept = [one for one in session.exchanges if others not in str(one.answered)]
            seen = [plan(target).started(), *map(recording.exchanged, [*kept, *session.deletions])]
        self.url, self.file, self.others = url, file, others
        with file.open("w", encoding="utf-8") as written:
            for event in seen:
                jsonlines.write(recording.hidden(event, target.hidden), written)
            written.write('{"event": "exch')

    def status(self, path: str) -> int:
        """Return how the server answers a read of what lies at a path."""
        with Session(Target(url=self.url, key=KEY)) as session:
            headers = standard_headers(session.target)
            got = session.send_as_is("GET", self.url + path, headers=headers, content=b"")
            return got.response.status


def _thread(stream: bytes) -> str:
    return stream.decode().split('"thread_id":"')[1].split('"')[0]


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[Killed]:
    """Return a check that was killed."""
    with running(ServerOptions.for_checking()) as url:
        yield Killed(url, tmp_path / "check.jsonl")


def test_what_a_killed_check_left_behind_is_deleted(killed: Killed) -> None:
    """By a report without a ledger: its threads, then its assistants, and nothing else."""
    done = _cleanup(killed.file, killed.url)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [*(f"DELETE {one}: gone" for one in killed.paths), ALL]
    assert [killed.status(one) for one in killed.paths] == [404, 404]
    assert killed.status(f"/threads/{killed.others}") == 200


ALL = "2 of 2 are gone"


def test_a_report_does_not_say_where_credentials_go(killed: Killed) -> None:
    """Somebody else may have written it, so the server is to be named again."""
    done = _cleanup(killed.file)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"type: run-contracts cleanup {killed.file} --url {killed.url}" in done.stderr
    assert [killed.status(one) for one in killed.paths] == [200, 200]


def test_a_dry_run_only_says_what_would_be_deleted(killed: Killed) -> None:
    """The paths, with the URL of the server; they are still there."""
    done = _cleanup(killed.file, "--dry-run")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        *(f"DELETE {killed.url}{one}" for one in killed.paths),
        "2 to delete",
    ]
    assert [killed.status(one) for one in killed.paths] == [200, 200]


def test_what_cannot_be_deleted_is_exit_1(killed: Killed) -> None:
    """A server that takes no such key deletes nothing, and each answer is told."""
    done = _cleanup(killed.file, killed.url, key="sk-other")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "0 of 2 are gone"
    assert done.stdout.count(": it was asked for and answered 401") == 2


def test_a_server_that_is_not_there_is_exit_3(killed: Killed) -> None:
    """One line says so."""
    done = _cleanup(killed.file, "http://127.0.0.1:9/v1")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
