"""Reports that cannot be written, before a check begins and while it runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import httpx2
import pytest

from tests.cli.door import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
KEY = {"OPENAI_API_KEY": "sk-reference"}
HEADERS = {"Authorization": "Bearer sk-reference", "OpenAI-Beta": "assistants=v2"}
ENOUGH = 60_000
"""Bytes of a report in which a thread was created."""


@needs_full
def test_a_report_on_a_full_disk_ends_a_check_before_it_begins(right: str) -> None:
    """Nothing is sent, and one line says why."""
    done = run("check", right, "--profile", "smoke", "--report", "/dev/full", **KEY)
    assert done.returncode == 2
    assert done.stderr == "run-contracts: /dev/full: cannot be written: no space left on device\n"
    assert done.stdout == ""


def test_a_report_that_is_lost_leaves_nothing_behind(right: str, tmp_path: Path) -> None:
    """A disk may fill up, and a reader go away: what was created until then is deleted."""
    pipe = tmp_path / "check.jsonl"
    os.mkfifo(pipe)
    parts: list[bytes] = []
    descriptor = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)

    def read() -> None:
        while sum(map(len, parts)) < ENOUGH:
            parts.append(os.read(descriptor, ENOUGH))
        os.close(descriptor)

    reader = threading.Thread(target=read)
    reader.start()
    done = run("check", right, "--profile", "smoke", "--report", str(pipe), **KEY)
    reader.join()
    assert done.returncode == 2
    assert done.stderr.endswith("check.jsonl: cannot be written: nobody reads the pipe any more\n")
    created = set(re.findall(rb"\bthread_\w+", b"".join(parts)))
    assert created
    for thread in created:
        answer = httpx2.get(f"{right}/threads/{thread.decode()}", headers=HEADERS)
        assert answer.status_code == 404


@needs_full
def test_one_lost_file_costs_no_other(right: str, tmp_path: Path) -> None:
    """The page is written though there is no room for the picture."""
    page, picture = tmp_path / "check.html", "/dev/full"
    arguments = ["--profile", "smoke", "--badge", picture, "--html", str(page)]
    done = run("check", right, "--only", "RUN-ID-001", *arguments, **KEY)
    assert done.returncode == 2
    assert "the contract holds" in done.stdout
    assert "/dev/full: cannot be written: no space left on device" in done.stderr
    assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert "Traceback" not in done.stderr


@needs_full
def test_a_full_disk_behind_the_output_is_one_line() -> None:
    """What is printed may go to a file, too."""
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "run_contracts", "list"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr == b"run-contracts: cannot read or write: no space left on device\n"
