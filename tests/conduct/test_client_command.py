"""The command of a client: run as it stands, bounded, stopped with all that it began."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import pytest

from run_contracts.conduct.client_command import ClientCommand, Ran
from run_contracts.errors import UsageError


def ran(program: str, *words: str, seconds: float = 20.0, over: float = 1e9) -> Ran:
    """Run a program of Python."""
    arguments = (sys.executable, "-c", program, *words)
    began = time.monotonic()
    command = ClientCommand(arguments=arguments, time_limit=seconds)
    return command.run("http://here/v1", "sk-1", lambda: time.monotonic() - began > over)


def test_places_and_variables_say_where_the_server_is() -> None:
    """In its arguments, and in the environment as the SDKs look for it."""
    show = "import os, sys; print(sys.argv[1:], os.environ['OPENAI_BASE_URL'])"
    said = ran(show, "--at={url}", "{key}", "{other}").stdout
    assert said == "['--at=http://here/v1', 'sk-1', '{other}'] http://here/v1\n"


def test_no_shell_reads_the_command() -> None:
    """What would run in a shell is an argument."""
    assert ran("import sys; print(sys.argv[1])", "$(id); echo x").stdout == "$(id); echo x\n"


def test_its_last_words_are_kept() -> None:
    """Of very many the last; what it writes never blocks it."""
    done = ran("print('x' * 10_000_000); print('the end')")
    assert done.code == 0
    assert len(done.stdout) <= 64 * 1024
    assert done.stdout.endswith("the end\n")


def test_words_that_come_one_by_one_are_kept() -> None:
    """As a traceback does, whose lines are written each on its own."""
    lines = "for n in range(200): print(n, flush=True); time.sleep(0.001)"
    done = ran(f"import time\n{lines}")
    assert done.stdout.split() == [str(number) for number in range(200)]


@pytest.mark.parametrize("limit", [{"seconds": 0.5}, {"over": 0.5}])
def test_it_is_stopped_with_all_that_it_began(limit: dict[str, float]) -> None:
    """When its time is over, or somebody says so."""
    forks = (
        "import subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    done = ran(forks, **limit)
    assert done.is_stopped
    assert done.seconds < 10
    child = int(re.findall(r"\d+", done.stdout)[0])
    deadline = time.monotonic() + 5
    while _is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_alive(child)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2]
    return state.split()[0] != "Z"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("no-such-program",), "cannot run 'no-such-program': No such file or directory"),
        (("/",), "cannot run '/': Permission denied"),
        (("a\0b",), "cannot run"),
    ],
)
def test_what_cannot_start_is_one_line(arguments: tuple[str, ...], reason: str) -> None:
    """It names the program, and why."""
    with pytest.raises(UsageError, match=re.escape(reason)):
        ClientCommand(arguments=arguments, time_limit=1.0).run("u", "k", lambda: False)
