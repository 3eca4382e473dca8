"""``run-contracts rate``: how good a checker is, as a person asks for it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from run_contracts.contract.files import read_json
from tests.cli.door import run
from tests.rating import checkers

FAULTS = ("--faults", "RUN-LIST-013,RUN-ID-001", "--right", "1", "--jobs", "1")
SCHEMA = read_json("report/rating.json")


def test_it_prints_a_table_by_kind(tmp_path: Path) -> None:
    """What was caught of what, and what it took; a line a server if asked."""
    command = checkers.checker(tmp_path, checkers.SEES_BARE_LISTS)
    done = run("rate", "--command", command, *FAULTS, "--verbose")
    assert done.returncode == 0
    assert re.search(r"^  right server +green +1 requests", done.stdout, re.MULTILINE)
    assert re.search(r"^  RUN-LIST-013 +caught .*lists are bare arrays", done.stdout, re.MULTILINE)
    assert re.search(r"^  RUN-ID-001 +missed ", done.stdout, re.MULTILINE)
    assert re.search(r"^  lists +1 +1 +0 +0$", done.stdout, re.MULTILINE)
    assert re.search(r"^  all +2 +1 +1 +0$", done.stdout, re.MULTILINE)
    assert "no false alarm in 1 run of the right server" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 of 2 faults caught")


@pytest.mark.parametrize("body", [checkers.SEES_BARE_LISTS, checkers.ALWAYS_RED])
def test_the_report_is_of_the_published_form(tmp_path: Path, body: str) -> None:
    """The same as --format json prints, also where nothing can be said."""
    report = tmp_path / "rating.json"
    command = checkers.checker(tmp_path, body)
    done = run("rate", "--command", command, *FAULTS, "--report", str(report), "--format", "json")
    written = json.loads(report.read_text())
    assert json.loads(done.stdout) == written
    Draft202012Validator(SCHEMA).validate(written)
    assert written["exit_code"] == done.returncode


def test_the_published_form_is_strict() -> None:
    """It is a schema, and each part of the report is required in it."""
    Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["required"]) == set(SCHEMA["properties"])
    assert not Draft202012Validator(SCHEMA).is_valid({"format": 1})


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--command", "x {url}", "--faults", "RUN-NO-001"], "no fault 'RUN-NO-001'"),
        (["--command", "x {url}", "--at-least", "3", "--faults", "2"], "more than the 2 faults"),
        (["--command", "x {url}", "--junit", "r.xml"], "name it below {dir}"),
        (["--command", "/no/such {url}", "--faults", "1"], "cannot run '/no/such'"),
        (["--command", "x", "--verbose", "--format", "json"], "--verbose goes with"),
        (["--command", "x", "--command", "y"], "--command is given 2 times"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], reason: str) -> None:
    """And wrong usage."""
    done = run("rate", *arguments)
    assert done.returncode == 2
    assert reason in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    """Neither the checker nor a folder; what was learned till then is printed."""
    pid = tmp_path / "pid"
    hangs = f"""
if "data" not in ask("GET", "/assistants"):
    with open({str(pid)!r}, "w") as file:
        file.write(str(os.getpid()) + " ")
    time.sleep(60)
"""
    command = checkers.checker(tmp_path, hangs)
    folder = tmp_path / "temporary"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "run_contracts", "rate", "--command", command, *FAULTS],
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    child = int(_written(pid))
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "unfinished: 0 of 2 faults were tried" in out
    assert list(folder.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def _written(file: Path) -> str:
    """Return what a file holds, once it ends with a space: all is written."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        text = file.read_text() if file.exists() else ""
        if text.endswith(" "):
            return text
        time.sleep(0.02)
    raise AssertionError("the checker did not begin")
