"""What a process of each command says at its end, and what it prints on the way."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from run_contracts.engine.creations import leftovers
from run_contracts.events import exchanges
from run_contracts.probes import planned
from run_contracts.report import jsonlines
from run_contracts.server import ServerOptions, running
from run_contracts.traffic.exchange import Exchange
from tests.cli.door import run
from tests.cli.recording import recording

COMMAND = [sys.executable, "-m", "run_contracts"]


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    """Return the base URL of a server that answers 201 to what was created, and refuses mutely."""
    with running(ServerOptions.for_checking(faults=("RUN-HTTP-001", "RUN-ERR-002"))) as url:
        yield url


@pytest.fixture(scope="module")
def slow() -> Iterator[str]:
    """Return the base URL of a right server whose runs take their time."""
    with running(ServerOptions()) as url:
        yield url


CODES = {
    "explain": (("explain", "RUN-LIFE-001"), 0),
    "explain, unknown": (("explain", "RUN-LIFE-01"), 2),
    "list": (("list", "--faults"), 0),
    "sample": (("sample", "--seed", "1"), 0),
    "sample, unknown": (("sample", "--status", "done"), 2),
    "selftest": (("selftest", "--fault", "RUN-HTTP-001", "--edition", "v2", "--jobs", "1"), 0),
    "selftest, unknown": (("selftest", "--fault", "RUN-HTTP-01"), 2),
    "check, no such bound": (("check", "--max-requests", "0"), 2),
    "check, no baseline": (("check", "--baseline", "no.toml"), 2),
    "cleanup, no report": (("cleanup", "no.jsonl"), 2),
    "serve, no port": (("serve", "--port", "70000"), 2),
    "no command": (("chek",), 2),
    "no option": (("check", "--sed", "1"), 2),
}


@pytest.mark.parametrize("name", CODES)
def test_the_code_says_how_it_went(name: str) -> None:
    """0 for what was done, 2 for what was not asked for rightly; never a traceback."""
    arguments, code = CODES[name]
    done = run(*arguments)
    assert done.returncode == code, done.stdout + done.stderr
    assert bool(done.stderr) == (code != 0)
    assert "Traceback" not in done.stderr


def test_a_selftest_that_deviates_is_exit_1() -> None:
    """What a fault breaks beside what is declared of it is a line each."""
    code = (
        "from run_contracts.engine.selftest import matrix\n"
        "matrix.read_matrix = matrix.Matrix\n"
        "from run_contracts.cli import main\n"
        "main()"
    )
    arguments = ("selftest", "--fault", "RUN-HTTP-001", "--edition", "v2", "--jobs", "1")
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "RUN-HTTP-001 v2: RUN-HTTP-001 is broken, undeclared" in done.stdout


def test_quiet_tells_what_is_broken_and_the_verdict(broken: str) -> None:
    """No progress, no counts: what somebody must act on."""
    arguments = ("check", broken, "--only", "RUN-ERR-002", "--quiet")
    done = run(*arguments, OPENAI_API_KEY="sk-reference")
    assert done.returncode == 1
    lines = [line for line in done.stdout.splitlines() if line]
    assert lines[0].startswith("fix first: ")
    assert lines[1].startswith("RUN-ERR-002 MUST broken")
    assert [line.split()[0] for line in lines[2:-1]] == [
        "where",
        "expected",
        "found",
        "why",
        "requests",
        "next",
    ]
    assert lines[-1] == "the contract is broken"


def test_an_operation_can_be_required(broken: str) -> None:
    """One that is not there is wrong usage; one that was not tried is not verified."""
    arguments = ("check", broken, "--only", "RUN-ERR-003")
    key = {"OPENAI_API_KEY": "sk-reference"}
    assert run(*arguments, **key).returncode == 0
    done = run(*arguments, "--require", "all", **key)
    assert done.returncode == 3
    path = "/threads/{thread_id}/runs/{run_id}/submit_tool_outputs"
    assert f"not verified: POST {path} is required and not tried: " in done.stdout
    wrong = run(*arguments, "--require", "listTeas", **key)
    assert (wrong.returncode, "there are all, createThreadAndRun, " in wrong.stderr) == (2, True)


def test_less_of_the_contract_than_is_asked_for_is_not_verified() -> None:
    """It is about a whole check: where a few requirements are asked for, it says nothing."""
    smoke = ("check", "--profile", "smoke", "--fail-under")
    done = run(*smoke, "99.5")
    assert done.returncode == 3
    assert re.search(
        r"not verified: \d+\.\d % of the contract was seen, 99.5 % are asked", done.stdout
    )
    assert done.stdout.endswith("not verified\n")
    assert run(*smoke, "10").returncode == 0
    assert run(*smoke, "99.5", "--only", "RUN-ERR-003").returncode == 0


def test_the_next_command_of_a_check_with_a_floor_can_be_typed(broken: str) -> None:
    """It repeats every option, and asks about one requirement."""
    key = {"OPENAI_API_KEY": "sk-reference"}
    done = run("check", broken, "--profile", "smoke", "--fail-under", "10", **key)
    commands = re.findall(
        r"^  next +run-contracts (.* --only RUN-ERR-002)$", done.stdout, re.MULTILINE
    )
    assert "--fail-under 10" in commands[0]
    assert run(*shlex.split(commands[0]), **key).returncode == 1


def test_quiet_tells_why_a_check_stopped() -> None:
    """Nothing was verified, and the reason is not hidden."""
    done = run("check", "http://127.0.0.1:9/v1", "-q")
    assert done.returncode == 3
    assert done.stdout.startswith("stopped: GET http://127.0.0.1:9/v1/")
    assert done.stdout.count("\n") == 2


def test_json_is_one_array_of_events(broken: str) -> None:
    """A program reads the standard output as it is; the code is that of the last event."""
    arguments = ("check", broken, "--only", "RUN-ERR-002", "--format", "json")
    done = run(*arguments, OPENAI_API_KEY="sk-reference")
    events = json.loads(done.stdout)
    assert events[0]["event"] == "started"
    kinds = {one["event"] for one in events[1:-3]}
    assert kinds == {"probe_ended", "first_seen", "surveyed"}
    decided, cause, finished = events[-3:]
    assert cause["requirements"] == ["RUN-ERR-002"]
    assert (decided["requirement"], decided["result"]) == ("RUN-ERR-002", "fail")
    assert done.returncode == finished["exit_code"] == 1
    assert "sk-reference" not in done.stdout


@pytest.mark.parametrize("other", ["--quiet", "--github"])
def test_json_is_printed_alone(other: str) -> None:
    """What would print beside it is refused before anything is sent."""
    done = run("check", "http://127.0.0.1:9/v1", other, "--format", "json")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent in another way there")
@pytest.mark.parametrize(
    ("number", "code", "verdict"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_a_signal_ends_a_check_with_whole_reports(
    tmp_path: Path, number: signal.Signals, code: int, verdict: str
) -> None:
    """Whoever stops a check sees what was not run; what was created is deleted."""
    with (
        recording(ServerOptions()) as recorder,
        subprocess.Popen(
            [*COMMAND, "check", recorder.url, "--report", "check.jsonl", "--junit", "check.xml"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "OPENAI_API_KEY": "sk-reference"},
        ) as process,
    ):
        while process.poll() is None and not any(map(_creates_run, recorder.exchanges)):
            time.sleep(0.01)
        # Runs take their time on this server: a probe is under way.
        process.send_signal(number)
        printed, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (code, "")
    assert "stopped: in lifecycle: somebody interrupted the check; not run: limits," in printed
    assert printed.splitlines()[-1] == verdict
    seen = jsonlines.read(tmp_path / "check.jsonl")
    assert leftovers(exchanges(seen)) == ()
    assert any(one.request.method == "DELETE" for one in exchanges(seen))
    assert (tmp_path / "check.xml").read_text("utf-8").startswith("<?xml")


def _creates_run(exchange: Exchange) -> bool:
    return exchange.request.method == "POST" and exchange.request.url.endswith("/runs")


BUDGETS = {
    "requests": ("--max-requests", "3", "stopped: in lifecycle: the budget is spent"),
    "runs": ("--max-runs", "1", "stopped: in limits: the budget is spent (--max-runs 1)"),
    "seconds": ("--max-seconds", "0.4", "the budget is spent (--max-seconds 0.4)"),
}


@pytest.mark.parametrize("name", BUDGETS)
def test_a_check_that_its_budget_ends_is_exit_5(slow: str, name: str) -> None:
    """Nothing was broken until then, and nothing is green that was not seen."""
    option, most, line = BUDGETS[name]
    done = run("check", slow, option, most, OPENAI_API_KEY="sk-reference")
    assert done.returncode == 5, done.stdout
    assert line in done.stdout
    assert done.stdout.splitlines()[-1] == "stopped early; nothing was broken until then"


def test_what_is_broken_weighs_more_than_a_budget(broken: str) -> None:
    """Exit code 1: nothing that was left out could mend it."""
    done = run("check", broken, "--max-requests", "9", OPENAI_API_KEY="sk-reference")
    assert done.returncode == 1
    assert "stopped: in lifecycle: the budget is spent" in done.stdout


def test_strict_makes_a_broken_should_red() -> None:
    """Advice is exit code 0, and 1 for who asks for it."""
    arguments = ("--only", "RUN-ERR-007", "--profile", "smoke")
    with running(ServerOptions.for_checking(faults=("RUN-ERR-007",))) as url:
        lax = run("check", url, *arguments, OPENAI_API_KEY="sk-reference")
        strict = run("check", url, *arguments, "--strict", OPENAI_API_KEY="sk-reference")
    assert (lax.returncode, strict.returncode) == (0, 1)
    assert "RUN-ERR-007 SHOULD advice" in lax.stdout
    assert "RUN-ERR-007 SHOULD broken" in strict.stdout
    assert "1 broken" in strict.stdout


def test_a_dry_run_tells_the_plan_and_sends_nothing() -> None:
    """Nobody listens there, and it is exit code 0 all the same."""
    done = run("check", "http://127.0.0.1:9/v1", "--dry-run", "--max-runs", "7")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "would check http://127.0.0.1:9/v1" in lines[0]
    for probe in planned("full"):
        assert any(line.split("creates")[0].strip() == probe.name for line in lines)
    assert "generated requests" in done.stdout
    assert "at most 7 runs, 600 seconds" in lines


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_a_reader_that_goes_away_is_no_error_of_ours() -> None:
    """`run-contracts sample -n 100000 | head -1` ends like other programs do, quietly."""
    arguments = ["sample", "-n", "100000", "--format", "jsonl"]
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=30) == 141
        assert process.stderr.read() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.parametrize(
    "arguments", [("explain", "RUN-LIFE-001"), ("check", "--only", "RUN-ERR-002")]
)
def test_no_color_is_respected(arguments: tuple[str, ...]) -> None:
    """On a terminal too there is no escape sequence where $NO_COLOR is set."""
    shown, terminal = os.openpty()
    try:
        subprocess.run(
            [*COMMAND, *arguments],
            env={**os.environ, "NO_COLOR": "1", "TERM": "xterm-256color"},
            stdout=terminal,
            stdin=terminal,
            timeout=60,
            check=True,
        )
        said = os.read(shown, 65536)
    finally:
        os.close(shown)
        os.close(terminal)
    assert said
    assert b"\x1b" not in said
