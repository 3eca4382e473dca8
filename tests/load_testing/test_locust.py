"""Real loads: Locust drives a server, one process or a master with two workers."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import psutil  # type: ignore[import-untyped]
import pytest

from run_contracts.events import BROKEN, Decided, Started
from run_contracts.report import jsonlines
from run_contracts.server import ServerOptions, running
from run_contracts.server.faults import CONCURRENT_FAULTS
from tests.load_testing.driving import KEY, Done, Verbatim, begun, driven, ended, workers

REQUIREMENT = {name: fault.requirement for name, fault in CONCURRENT_FAULTS.items()}


@contextmanager
def _serving(*faults: str, speed: float = 8.0) -> Iterator[str]:
    with running(ServerOptions(api_key=KEY, speed=speed, faults=faults)) as url:
        yield url


def _is_told(done: Done, requirement: str) -> bool:
    """Say whether a finding is in Locust's statistics and in our own words."""
    is_failure = f"CONTRACT {requirement} " in done.text
    return is_failure and f"  {requirement} MUST broken in " in done.text


def _left(url: str) -> list[str]:
    """Return the ids of the assistants that are on a server."""
    headers = {"Authorization": f"Bearer {KEY}", "OpenAI-Beta": "assistants=v2"}
    answer = httpx2.get(f"{url}/assistants", headers=headers)
    return [one["id"] for one in answer.json()["data"]]


def test_the_right_server_holds_and_is_left_as_it_was(tmp_path: Path, ledgers: Path) -> None:
    """Exit code 0, nothing broken, nothing left on the server, no ledger, the key nowhere."""
    with _serving() as url:
        done = driven(tmp_path, url, seconds=3)
        left = _left(url)
    assert done.code == 0, done.text
    assert "the contract holds" in done.text
    assert "lives driven and judged" in done.text
    assert left == []
    assert list(ledgers.glob("*.jsonl")) == []
    assert KEY not in done.text


@pytest.mark.parametrize("fault", REQUIREMENT)
def test_many_users_find_what_only_concurrency_shows(fault: str, tmp_path: Path) -> None:
    """The finding is a failure in the statistics, told in words, and the exit code is 1."""
    with _serving(fault) as url:
        done = driven(tmp_path, url, shared=0.7)
    assert _is_told(done, REQUIREMENT[fault]), done.text
    assert done.code == 1


@pytest.mark.slow
@pytest.mark.parametrize("fault", REQUIREMENT)
def test_findings_of_two_workers_reach_their_master(fault: str, tmp_path: Path) -> None:
    """It is the master that tells them, writes the report, and sets the exit code."""
    report, page = tmp_path / "load.jsonl", tmp_path / "load.html"
    with _serving(fault) as url:
        options = (*workers(2), "--run-report", str(report), "--run-html", str(page))
        done = driven(tmp_path, url, *options, users=8, shared=0.7)
    assert _is_told(done, REQUIREMENT[fault]), done.text
    assert done.code == 1
    events = jsonlines.read(report)
    assert isinstance(events[0], Started)
    assert events[0].profile == "load"
    broken = {
        one.requirement for one in events if isinstance(one, Decided) if one.outcome == BROKEN
    }
    assert REQUIREMENT[fault] in broken
    assert REQUIREMENT[fault] in page.read_text()
    assert KEY not in done.text + report.read_text() + page.read_text()


def test_a_right_server_holds_for_two_workers(tmp_path: Path, ledgers: Path) -> None:
    """They drive to its end what they have begun, and the master waits for them."""
    with _serving() as url:
        done = driven(tmp_path, url, *workers(2), seconds=4)
        left = _left(url)
    assert done.code == 0, done.text
    assert "the contract holds" in done.text
    assert left == []
    assert list(ledgers.glob("*.jsonl")) == []
    assert "sent no last report" not in done.text


@pytest.mark.slow
def test_a_worker_that_is_killed_is_told(tmp_path: Path) -> None:
    """What it found last is lost, and what it left is in its ledgers: both are said."""
    with _serving() as url, begun(tmp_path, url, *workers(2), seconds=9) as process:
        _wait_for_lives(url, gone=True)
        psutil.Process(process.pid).children()[0].kill()
        done = ended(process)
    assert "sent no last report" in done.text, done.text
    assert "run-contracts cleanup deletes what it left" in done.text


def test_one_user_alone_finds_none_of_them(tmp_path: Path) -> None:
    """Who sends one request after another is answered rightly, whatever the server lacks."""
    with _serving(*REQUIREMENT) as url:
        done = driven(tmp_path, url, users=1, shared=0.0, seconds=4)
    assert done.code == 0, done.text
    assert "MUST broken" not in done.text


def test_a_server_that_dies_ends_no_load(tmp_path: Path) -> None:
    """Requests fail, lives are cut short, nothing is called broken, and the load goes on."""
    with ExitStack() as stack:
        url = stack.enter_context(_serving())
        with begun(tmp_path, url, seconds=7) as process:
            _wait_for_lives(url, gone=True)
            stack.close()
            done = ended(process)
    assert "cut short" in done.text
    assert "MUST broken" not in done.text
    assert "Traceback" not in done.text
    assert done.code == 1


def _wait_for_lives(url: str, *, gone: bool = False) -> None:
    """Wait for a life to begin, or for what it created to be gone again."""
    until, seen = time.monotonic() + 20, set[str]()
    while time.monotonic() < until:
        now = set(_left(url))
        if seen - now if gone else now:
            return
        seen |= now
        time.sleep(0.05)


def test_an_error_of_ours_ends_no_load(tmp_path: Path) -> None:
    """It costs its check alone, is counted and told, and the exit code is that of such errors."""
    defect = "True\n\n\nfrom run_contracts.checks.registry import CHECKS\n"
    defect += "CHECKS['RUN-LIFE-001'] = lambda evidence: evidence.no_such_thing"
    with _serving() as url:
        done = driven(tmp_path, url, seconds=3, write=Verbatim(defect))
    assert done.code == 4, done.text
    assert re.search(
        r"^\d+ times?: the check of RUN-LIFE-001: AttributeError", done.text, re.MULTILINE
    )
    assert re.search(r"^([2-9]|\d\d+) lives driven and judged", done.text, re.MULTILINE)


def test_ctrl_c_ends_a_load_in_order(tmp_path: Path, ledgers: Path) -> None:
    """What was driven until then is judged; what is on the server is deleted, or said to be left.

    Where the signal meets a user at work, gevent prints that it did, as it does for any user.
    """
    with _serving() as url:
        with begun(tmp_path, url, seconds=60) as process:
            _wait_for_lives(url)
            os.killpg(process.pid, signal.SIGINT)
            done = ended(process)
        left = _left(url)
    is_told = "run-contracts cleanup deletes them" in done.text
    assert "driven and judged" in done.text
    assert left == []
    assert bool(list(ledgers.glob("*.jsonl"))) == is_told, done.text


@pytest.mark.parametrize(
    ("url", "options", "words"),
    [
        ("", (), "the user class has no host"),
        ("https://runs.example/v1", (), "say write = True"),
        ("ftp://127.0.0.1/v1", (), "is not a base URL"),
        ("http://127.0.0.1:1/v1", ("--run-report", "no/such/folder/x.jsonl"), "cannot be written"),
    ],
)
def test_what_cannot_be_meant_so_is_one_line(
    url: str, options: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    """What, where, what to do; exit code 2, and nothing is sent."""
    done = driven(tmp_path, url, *options)
    assert done.code == 2
    lines = [line for line in done.text.splitlines() if line.startswith("run-contracts: ")]
    assert len(lines) == 1
    assert words in lines[0]
    assert "Traceback" not in done.text


def test_two_targets_are_refused(tmp_path: Path) -> None:
    """Users that share a thread must mean the same server."""
    other = "('x-tenant: blue',)\n\nclass Other(RunUser):\n    host = 'http://127.0.0.1:2/v1'"
    done = driven(tmp_path, "http://127.0.0.1:1/v1", headers=Verbatim(other))
    assert done.code == 2
    assert "two user classes have two targets" in done.text


def test_a_part_of_the_lives_is_a_number(tmp_path: Path) -> None:
    """From none of them to all."""
    done = driven(tmp_path, "http://127.0.0.1:1/v1", shared=7)
    assert done.code == 2
    assert "run-contracts: shared 7 is not a number from 0 to 1" in done.text


def test_a_load_that_reaches_nobody_is_not_green(tmp_path: Path) -> None:
    """Nothing was seen of the contract, and the exit code says so."""
    done = driven(tmp_path, "http://127.0.0.1:1/v1", users=2, seconds=2)
    assert done.code == 3
    assert "the contract holds" not in done.text
    assert "Traceback" not in done.text
