"""The command line: its output, its exit codes, its one clear line for bad input."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx2
import pytest

from run_contracts.client.checked_target import Target
from run_contracts.engine.runner import check
from run_contracts.engine.selftest.trial import reference
from run_contracts.probes import planned
from run_contracts.report import jsonlines
from run_contracts.report.text import TextReport
from run_contracts.server import ServerOptions, running
from tests import samples
from tests.cli.door import Done, Door, run

COMMAND = [sys.executable, "-c", "from run_contracts.cli import main; main()"]


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """Return what runs the command in an empty folder."""
    return partial(run, folder=tmp_path)


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    """Return the base URL of a server that reports usage too early."""
    with running(ServerOptions.for_checking(faults=("RUN-STATUS-017",))) as url:
        yield url


def _is_one_line(text: str) -> bool:
    return text.count("\n") == 1 and "Traceback" not in text


@pytest.mark.slow
def test_check_without_url_checks_the_embedded_server(tmp_path: Path) -> None:
    """The main job: the contract holds on the reference server, and the reports say so."""
    done = subprocess.run(
        [*COMMAND, *("check", "--cases", "1", "--report", "check.jsonl", "--junit", "check.xml")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "the contract holds"
    lines = (tmp_path / "check.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    assert [events[0]["event"], events[-1]["event"]] == ["started", "finished"]
    assert events[-1]["counts"]["fail"] == 0
    suite = ET.parse(tmp_path / "check.xml").getroot()[0]
    assert suite.get("failures") == "0"
    assert suite.get("tests") == str(len([e for e in events if e["event"] == "decided"]))


def test_a_broken_rule_is_told_so_that_a_tired_person_can_act(door: Door, broken: str) -> None:
    """Rule, place, expected, found, why and what to type next; exit code 1."""
    done = door("check", broken, "--profile", "smoke", OPENAI_API_KEY="sk-reference")
    assert done.returncode == 1
    start = done.stdout.index("RUN-STATUS-017 MUST")
    block = done.stdout[start:].split("\n\n")[0].splitlines()
    assert block[0] == "RUN-STATUS-017 MUST broken  `usage` is null until the run has ended."
    labels = [line.split()[0] for line in block[1:]]
    assert labels == ["where", "expected", "found", "why", "requests", "next"]
    assert "null while status is in_progress" in block[2]
    command = f"run-contracts check {broken} --profile smoke --only RUN-STATUS-017"
    assert block[-1] == f"  next      {command}"
    assert "sk-reference" not in done.stdout
    assert done.stdout.splitlines()[-1] == "the contract is broken"


def test_a_dialect_is_judged_by_what_it_has(door: Door, tmp_path: Path) -> None:
    """What it leaves out breaks nothing; what it has is judged; and its command names it."""
    wrong = ServerOptions.for_checking(faults=("RUN-ERR-013", "RUN-STATUS-017"))
    both = ("--only", "RUN-ERR-013", "--only", "RUN-STATUS-017", "--report", "r.jsonl")
    with running(wrong) as url:
        plain = door("check", url, *both, OPENAI_API_KEY="sk-reference")
        spoken = ("check", url, *both, "--dialect", "azure-agents")
        done = door(*spoken, OPENAI_API_KEY="sk-reference")
    assert "RUN-ERR-013 SHOULD advice" in plain.stdout
    gateways = "azure-2024-05-01-preview or azure-2024-08-01-preview or azure-agents"
    assert f"  dialects  right in {gateways}\n" in plain.stdout
    assert "dialects  right" not in done.stdout
    assert "(edition v2, dialect azure-agents, profile full" in done.stdout
    assert "not offered: dialect azure-agents leaves it out\n  RUN-ERR-013\n" in done.stdout
    assert done.returncode == 1
    again = f"run-contracts check {url} --dialect azure-agents --only RUN-STATUS-017"
    assert again in done.stdout
    assert jsonlines.read(tmp_path / "r.jsonl")[0].dialect == "azure-agents"  # type: ignore[union-attr]


def test_user_and_password_of_a_url_are_sent_and_never_shown(
    door: Door, tmp_path: Path, broken: str
) -> None:
    """They are the header that they mean, in reports by its name, in the next command, too."""
    url = broken.replace("//", "//me:hush@")
    arguments = ("check", url, "--only", "RUN-ERR-002", "--report", "r.jsonl")
    done = door(*arguments, OPENAI_API_KEY="")
    written = (tmp_path / "r.jsonl").read_text("utf-8")
    sent = b64encode(b"me:hush").decode()
    assert not any(word in done.stdout + done.stderr + written for word in ("hush", "me:", sent))
    assert '["authorization", "$AUTHORIZATION"]' in written
    command = f'run-contracts check {broken} --header "Authorization: $AUTHORIZATION"'
    assert jsonlines.read(tmp_path / "r.jsonl")[0].command == command  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ((), "run-contracts check"),
        (("--seed", "7", "--strict"), "run-contracts check --seed 7 --strict"),
    ],
)
def test_the_embedded_server_is_checked_again_by_itself(
    door: Door, tmp_path: Path, options: tuple[str, ...], command: str
) -> None:
    """Its address and key are of this time only."""
    done = door("check", "--only", "RUN-ERR-002", "--report", "r.jsonl", *options)
    assert done.returncode == 0
    assert jsonlines.read(tmp_path / "r.jsonl")[0].command == command  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def narrowed(broken: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    """Return how the command that a failure says to type ended, and its JUnit."""
    file = tmp_path_factory.mktemp("narrowed") / "out.xml"
    first = run("check", broken, "--profile", "smoke", "-q", OPENAI_API_KEY="sk-reference")
    line = next(one for one in first.stdout.splitlines() if one.startswith("  next "))
    program, *arguments = shlex.split(line.removeprefix("  next"))
    assert program == "run-contracts"
    return run(*arguments, "--junit", str(file), OPENAI_API_KEY="sk-reference"), file


def test_the_next_command_shows_the_same_failure(narrowed: tuple[Done, Path]) -> None:
    """What a failure says to type reproduces it, and sends less."""
    done, _ = narrowed
    assert done.returncode == 1
    assert "RUN-STATUS-017 MUST broken" in done.stdout


def test_a_failure_is_a_failure_in_junit(narrowed: tuple[Done, Path]) -> None:
    """CI sees the broken requirement by its id, with the same text."""
    _, file = narrowed
    (case,) = ET.parse(file).getroot().iter("testcase")
    failure = case.find("failure")
    assert case.get("name") == "RUN-STATUS-017"
    assert failure is not None
    assert "expected" in str(failure.text)


def test_a_wrong_key_is_exit_3(door: Door, broken: str) -> None:
    """Nothing was verified, and the line names the variable, not its value."""
    done = door("check", broken, "--api-key-env", "RUNS_KEY", RUNS_KEY="sk-secret-7")
    assert done.returncode == 3
    assert "refuses the key in $RUNS_KEY with 401" in done.stdout
    assert "sk-secret-7" not in done.stdout + done.stderr


WRONG = {
    "no URL": (("check", "nonsense"), "'nonsense' is not a base URL"),
    "no address": (("check", "http://[::1"), "is not a base URL"),
    "no port": (("check", "http://h:99999/v1"), "is not a base URL"),
    "other scheme": (("check", "ftp://h/v1"), "is not a base URL"),
    "query": (("check", "http://h/v1?x=1"), "has a query"),
    "header": (("check", "http://127.0.0.1:9/v1", "--header", "secretless"), "not of the form"),
    "unknown id": (("check", "--only", "RUN-LIFE-02"), "did you mean RUN-LIFE-002"),
    "report": (("check", "--report", "no/such/folder/r.jsonl"), "cannot be written"),
    "fault": (("serve", "--fault", "RUN-LIST-5"), "did you mean RUN-LIST-005"),
    "speed": (("serve", "--speed", "0"), "speed 0.0 is not a number above 0"),
    "no dialect": (("check", "--dialect", "old"), "no dialect 'old'; known are openai-2023-11"),
    "other edition": (("check", "--dialect", "openai-2023-11"), "belongs to edition v1"),
    "dialect": (("validate", "x.json", "--dialect", "old"), "no dialect 'old'; known are"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage_is_one_line_and_exit_2(door: Door, name: str) -> None:
    """The line says what is wrong and what is allowed; nothing is sent."""
    arguments, reason = WRONG[name]
    done = door(*arguments)
    assert done.returncode == 2
    assert reason in done.stderr
    assert _is_one_line(done.stderr)


def test_an_unknown_option_value_lists_the_choices(door: Door) -> None:
    """The command line's own errors are usage errors too."""
    done = door("check", "--edition", "v3")
    assert done.returncode == 2
    assert "'v1', 'v2'" in done.stderr


def test_an_unreachable_server_is_exit_3(door: Door) -> None:
    """A refused connection verifies nothing."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    done = door("check", f"http://127.0.0.1:{port}/v1")
    assert done.returncode == 3
    assert "Connection refused" in done.stdout
    assert done.stdout.splitlines()[-1] == "nothing was verified"


def _write(folder: Path, name: str, content: bytes | Any) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / name).write_bytes(data)
    return name


LEGAL_STREAM = b"".join(
    f"event: thread.run.{name}\ndata: {json.dumps(samples.run(status))}\n\n".encode()
    for name, status in (("created", "queued"), ("completed", "completed"))
)
DONE = b"event: done\ndata: [DONE]\n\n"
HUGE = b" " * 50_000_000 + json.dumps(samples.run()).encode()
FILES: dict[str, tuple[str, Any, int, str]] = {
    "run": ("run.json", samples.run(), 0, "1 file, 1 answer: 1 hold"),
    "list": ("list.json", samples.page(samples.run()), 0, "1 file, 1 answer: 1 hold"),
    "refusal": ("error.json", samples.refusal(), 0, "1 file, 1 answer: 1 hold"),
    "stream": ("run.sse", LEGAL_STREAM + DONE, 0, "1 file, 1 answer: 1 hold"),
    "stream by content": ("run.txt", LEGAL_STREAM + DONE, 0, "1 file, 1 answer: 1 hold"),
    "truncated stream": ("run.sse", LEGAL_STREAM, 1, "RUN-STREAM-003"),
    "cut frame": ("run.sse", LEGAL_STREAM[:-40], 1, "RUN-STREAM-006"),
    "broken run": ("run.json", samples.run(created_at="x"), 1, "RUN-SHAPE-003"),
    "advice": ("run.json", samples.run(id="7f1c"), 0, "RUN-ID-001 (SHOULD)"),
    "not JSON": ("run.json", b"oops", 2, "run.json: not read: it is of no form that is known"),
    "wrong JSON": ("run.json", b'{"object": "thread.run",}', 1, "RUN-BODY-001 (MUST)"),
    "truncated": ("run.json", b'{"object": "thr', 2, "line 1, column 12"),
    "NaN": ("run.json", b'{"object": "thread.run", "a": NaN}', 1, "NaN is not a JSON number"),
    "lines": (
        "runs.jsonl",
        json.dumps(samples.run()).encode() + b"\n\n{oops\n",
        0,
        "runs.jsonl, line 3: not read: no JSON",
    ),
    "duplicate keys": ("run.json", b'{"error": 1, "error": 2}', 1, "RUN-BODY-002 (SHOULD)"),
    "lone surrogate": ("run.json", b'{"object": "\\ud800"}', 3, "RUN-BODY-003 (SHOULD)"),
    "not an object": ("run.json", b"[1]", 2, "item 1: not read: it is JSON of no form"),
    "unknown object": ("run.json", {"object": "chat"}, 3, "its object is 'chat'"),
    "says nothing": ("run.json", {"id": 1}, 2, "it is JSON of no form that is known"),
    "deep": ("run.json", b"[" * 500_000, 2, "not read: it is nested too deep"),
    "huge": ("run.json", HUGE, 3, "not judged: 48 MiB in one body"),
    "empty": ("run.json", b"", 3, "run.json: empty, nothing to judge"),
}


@pytest.mark.parametrize("name", FILES)
def test_validate_judges_each_kind_of_file(door: Door, tmp_path: Path, name: str) -> None:
    """Right, wrong and unreadable files: the file is named, the code is right, no traceback."""
    file, content, code, text = FILES[name]
    done = door("validate", _write(tmp_path, file, content))
    assert done.returncode == code, done.stdout + done.stderr
    assert text in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_validate_names_a_file_that_does_not_exist(door: Door) -> None:
    """A file that cannot be read is wrong usage."""
    done = door("validate", "nothing.json")
    assert done.returncode == 2
    assert done.stderr == "nothing.json: no such file or directory\n"


def test_a_broken_file_outweighs_the_others(door: Door, tmp_path: Path) -> None:
    """Several files give one summary and the gravest code."""
    good = _write(tmp_path, "good.json", samples.run())
    bad = _write(tmp_path, "bad.json", samples.run(model=7))
    done = door("validate", good, bad, "missing.json")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "3 files, 3 answers: 1 hold, 1 broken, 1 cannot be read"


def test_the_published_reading_is_at_hand(door: Door, tmp_path: Path) -> None:
    """Who asks for the literal document gets it."""
    file = _write(tmp_path, "run.json", samples.run("queued", "v1"))
    assert door("validate", "--edition", "v1", file).returncode == 0
    assert door("validate", "--edition", "v1", "--reading", "published", file).returncode == 1


def test_serve_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """The ready line names the URL; an interrupt ends it quietly."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        ready = process.stdout.readline()
        found = re.search(r"http://\S+/v1", ready)
        assert found is not None, ready
        assert "createThreadAndRun" in process.stdout.readline()
        headers = {"Authorization": "Bearer sk-reference", "OpenAI-Beta": "assistants=v2"}
        answer = _get_when_ready(f"{found[0]}/threads/none/runs", headers)
        assert answer.status_code == 404
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert "Traceback" not in errors


def _get_when_ready(url: str, headers: dict[str, str]) -> httpx2.Response:
    deadline = time.monotonic() + 10
    while True:
        try:
            return httpx2.get(url, headers=headers)
        except httpx2.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.mark.parametrize("arguments", [(), ("check",), ("validate",), ("serve",)])
def test_help_shows_examples_and_options(door: Door, arguments: tuple[str, ...]) -> None:
    """Every command explains itself."""
    done = door(*arguments, "--help")
    assert done.returncode == 0
    assert "run-contracts" in done.stdout
    assert "Options:" in done.stdout


def test_without_schemathesis_probes_run_and_the_rest_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The extra is optional: what it would add is left out, aloud."""
    monkeypatch.setitem(sys.modules, "schemathesis", None)
    options = ServerOptions.for_checking()
    target = Target(url="http://reference.invalid/v1", key=options.api_key)
    printer = TextReport()
    with reference(options) as connection:
        events = list(check(target, connection=connection))
    lines = [line for event in events for line in printer.lines(event)]
    assert lines[-1] == "the contract holds"
    assert any(line.startswith("left out: schemathesis is not installed") for line in lines)
    assert {probe.name for probe in planned("full")} <= {line.split()[0] for line in lines if line}
    assert not any("exploration" in line for line in lines)


def test_an_error_of_ours_is_exit_4_and_says_so(door: Door, tmp_path: Path) -> None:
    """A defect of the tool is never blamed on the server, and shows no traceback unasked."""
    code = (
        "from run_contracts.engine import runner\n"
        "def check(*a, **k): raise ZeroDivisionError('seven')\n"
        "runner.check = check\n"
        "from run_contracts.cli import main\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "check", "http://127.0.0.1:9/v1"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 4
    assert _is_one_line(done.stderr)
    assert "ZeroDivisionError: seven; this is an error of run-contracts" in done.stderr
