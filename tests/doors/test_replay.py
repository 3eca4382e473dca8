"""What showed a rule broken, sent again: by the command, and by the script it prints."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from run_contracts.cli import cli
from run_contracts.contract import load
from run_contracts.errors import UsageError
from run_contracts.events import ExitCode
from run_contracts.judgement import broken_by
from run_contracts.report import jsonlines
from run_contracts.runner import check
from run_contracts.selftest.trial import reference
from run_contracts.server import ServerOptions, running
from run_contracts.target import Target
from tests.doors.recording import recording

GONE = "http://127.0.0.1:9/v1"
KEY = {"OPENAI_API_KEY": "sk-reference"}
SHOWN = [
    "RUN-CANCEL-002",
    "RUN-ERR-009",
    "RUN-LIFE-002",
    "RUN-LIST-005",
    "RUN-MODIFY-002",
    "RUN-SHAPE-003",
    "RUN-STREAM-003-b",
    "RUN-SUBMIT-003",
    "RUN-THREAD-001",
]
"""Faults of every kind: values, commands, lists, streams, keys, races."""
KNOWN_TO_THE_SENDER = {"RUN-ERR-009"}
"""Who only sees what passes cannot know that a key is wrong."""


def _requirement(fault: str) -> str:
    return fault[:-2] if fault[-2:] == "-b" else fault


def _run(*arguments: str) -> Result:
    return CliRunner(env=KEY).invoke(cli, list(arguments))


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the reports of checks, by the fault of the server; the servers are gone."""
    found = {}
    folder = tmp_path_factory.mktemp("reports")
    for fault in SHOWN:
        options = ServerOptions.for_checking(faults=(fault,))
        target = Target(url=GONE, key=options.api_key, key_name="OPENAI_API_KEY", profile="smoke")
        found[fault] = folder / f"{fault}.jsonl"
        with reference(options) as line, found[fault].open("w", encoding="utf-8") as file:
            for event in check(target, line=line):
                jsonlines.write(event, file)
    return found


@pytest.mark.parametrize("fault", SHOWN)
def test_a_replay_shows_it_again_with_few_requests(fault: str, reports: dict[str, Path]) -> None:
    """On another start of the same server, with other ids."""
    with running(ServerOptions.for_checking(seed=7, faults=(fault,))) as url:
        told = _run("replay", str(reports[fault]), _requirement(fault), url)
    assert told.exit_code == ExitCode.BROKEN, told.output
    assert f"{_requirement(fault)} " in told.output
    assert "the contract is broken" in told.output


@pytest.mark.parametrize("fault", ["RUN-CANCEL-002", "RUN-MODIFY-002", "RUN-SHAPE-003"])
def test_a_replay_on_a_right_server_holds(fault: str, reports: dict[str, Path]) -> None:
    """Who mended a server sees it."""
    with running(ServerOptions.for_checking(seed=7)) as url:
        told = _run("replay", str(reports[fault]), fault, url)
    assert told.exit_code == ExitCode.HOLDS, told.output
    assert "1 hold" in told.output


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("fault", [one for one in SHOWN if one not in KNOWN_TO_THE_SENDER])
def test_the_script_shows_it_again(fault: str, reports: dict[str, Path]) -> None:
    """A shell, curl and Python are enough; the answers, judged, break the same rule."""
    script = _run("replay", str(reports[fault]), _requirement(fault), "--script").output
    assert "sk-reference" not in script
    with recording(fault) as recorder:
        env = {**os.environ, **KEY, "URL": recorder.url}
        done = subprocess.run(
            ["sh"], input=script, env=env, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    broken = broken_by(Target(url=recorder.url), load("v2"))(recorder.exchanges)
    assert _requirement(fault) in broken, done.stdout


def test_what_is_not_broken_cannot_be_replayed(reports: dict[str, Path]) -> None:
    """The error says what is."""
    report = reports["RUN-LIST-005"]
    told = _run("replay", str(report), "RUN-LIFE-001")
    assert isinstance(told.exception, UsageError)
    message = str(told.exception)
    assert message == f"{report}: RUN-LIFE-001 is not broken in it; broken are: RUN-LIST-005"


def test_a_target_that_is_gone_is_told_in_one_line(reports: dict[str, Path]) -> None:
    """The server of a check may be."""
    told = _run("replay", str(reports["RUN-CANCEL-002"]), "RUN-CANCEL-002")
    assert told.exit_code == ExitCode.NOTHING_VERIFIED
    assert f"stopped: GET {GONE}" in told.output
