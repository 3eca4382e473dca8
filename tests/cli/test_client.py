"""``run-contracts client``: lives played to a command, told as any other check."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from run_contracts.conduct.played_lives import PLAYED_LIVES
from run_contracts.report import jsonlines
from tests.cli.door import Done, run
from tests.conduct.playing import small_client


def client(*options: str, fault: str = "", words: tuple[str, ...] = ()) -> Done:
    """Run the command with the small client, right or faulty."""
    faulty = ("--fault", fault) if fault else ()
    return run("client", *options, "--", *small_client(*words, *faulty))


def test_the_lives_are_listed() -> None:
    """Each with a sentence, in the order in which they are played."""
    listed = run("client", "--list").stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(PLAYED_LIVES)


def test_a_right_client_holds() -> None:
    """What it does not do is told as not offered, and is not red."""
    done = client("--life", "completes", "--life", "calls", "--life", "bytewise")
    assert done.returncode == 0
    assert "the contract holds" in done.stdout
    assert "not offered: the client streams no run" in done.stdout
    assert "bytewise" not in done.stdout


def test_a_wrong_client_is_told_with_the_shortest_life() -> None:
    """What is broken, where, and what to type to see it again."""
    done = client("--life", "calls-then-failed", "--life", "fails", fault="AlwaysCompletes")
    assert done.returncode == 1
    assert "CLIENT-END-003 MUST broken" in done.stdout
    assert re.search(r"where +the life fails: GET http://127\.0\.0\.1/v1/threads/", done.stdout)
    assert re.search(r"next +run-contracts client --life fails -- \S+python\S* ", done.stdout)


def test_advice_is_no_failure_unless_strict() -> None:
    """A broken SHOULD is told; --strict makes it red."""
    options = ("--life", "limited")
    assert client(*options, fault="DoesNotWait").returncode == 0
    strict = client(*options, "--strict", fault="DoesNotWait")
    assert strict.returncode == 1
    assert "CLIENT-RETRY-001 SHOULD broken" in strict.stdout


def test_one_requirement_alone() -> None:
    """All others are not told of."""
    done = client("--life", "fails", "--only", "CLIENT-END-002", fault="AlwaysCompletes")
    assert "CLIENT-END-003" not in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        ((), 2, "there is no client to run; give its command, e.g. -- app.py {url} {key}"),
        (("--", "no-such-program"), 2, "cannot run 'no-such-program': No such file or directory"),
        (("--life", "complete", "--", "x"), 2, "no life 'complete'; did you mean 'completes'?"),
        (("--only", "CLIENT-END-999", "--", "x"), 2, "no requirement 'CLIENT-END-999'"),
        (
            ("--", sys.executable, "-c", "0"),
            3,
            "the client sent nothing to {url}; it said completed",
        ),
        (
            ("--", sys.executable, "-c", "raise SystemExit('no key')"),
            3,
            "the client sent nothing to {url}; it said error: no key (exit code 1)",
        ),
    ],
)
def test_what_cannot_be_checked_is_one_line(words: tuple[str, ...], code: int, reason: str) -> None:
    """With the exit code that says whose turn it is."""
    done = run("client", *words)
    assert done.returncode == code
    assert reason in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_reports_are_those_of_any_check(tmp_path: Path) -> None:
    """JSON lines that are read again, a page, JUnit; a command of a file is none to paste."""
    files = {name: tmp_path / f"client.{name}" for name in ("jsonl", "html", "xml")}
    done = client(
        *("--life", "fails", "--report", str(files["jsonl"])),
        *("--html", str(files["html"]), "--junit", str(files["xml"])),
        fault="AlwaysCompletes",
    )
    assert done.returncode == 1
    assert "What comes of it" in files["html"].read_text(encoding="utf-8")
    assert 'name="CLIENT-END-003' in files["xml"].read_text(encoding="utf-8")
    events = jsonlines.read(files["jsonl"])
    assert getattr(events[0], "client", "").endswith("--fault AlwaysCompletes")
    again = run("report", str(files["jsonl"]))
    assert "CLIENT-END-003 MUST broken" in again.stdout
    assert "next" not in again.stdout


SLEEPS = """
import sys, time, urllib.request
headers = {"Authorization": "Bearer " + sys.argv[2], "OpenAI-Beta": "assistants=v2"}
headers["Content-Type"] = "application/json"
request = urllib.request.Request(sys.argv[1] + "/threads", b"{}", headers, method="POST")
urllib.request.urlopen(request)
time.sleep(60)
"""


def test_a_client_of_which_nothing_is_known_is_not_green() -> None:
    """It may be slow: that is neither broken nor right."""
    program = (sys.executable, "-c", SLEEPS, "{url}", "{key}")
    done = run("client", "--life", "completes", "--time-limit", "1.5", "--", *program)
    assert done.returncode == 3
    assert "not verified: of completes nothing is known: it was stopped after 2 s" in done.stdout


def test_json_is_for_programs() -> None:
    """Every event but the exchanges, as one array."""
    events = json.loads(client("--life", "completes", "--format", "json").stdout)
    assert [event["event"] for event in events][:2] == ["started", "probe_ended"]
    assert events[-1]["exit_code"] == 0


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_and_its_clients(tmp_path: Path, sent: int, code: int) -> None:
    """At once; what was seen until then is judged, and no client is left."""
    hangs = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()} '); time.sleep(60)"
    pids = tmp_path / "pids"
    words = [sys.executable, "-m", "run_contracts", "client", "--"]
    with subprocess.Popen(
        [*words, sys.executable, "-c", hangs, str(pids), "{url}"], stdout=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 30
        while not pids.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(sent)
        said, _ = process.communicate(timeout=20)
    assert process.returncode == code
    assert "stopped: somebody interrupted it" in said
    for pid in pids.read_text(encoding="ascii").split():
        assert not Path(f"/proc/{pid}").exists()
