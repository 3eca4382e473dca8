"""Consent: who sits at a terminal is shown what --write means for another machine, and is asked."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pty = pytest.importorskip("pty", reason="there are no terminals of this kind here")
COMMAND = [sys.executable, "-c", "from run_contracts.cli import main; main()"]
NOBODY = "https://nobody.example:9/v1"
"""A name that is reserved, on a port at which nobody answers."""


def _typed(answer: bytes, *options: str) -> tuple[int, str, bytes]:
    """Return how a check at a terminal ended, what it printed there, and what else."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "check", NOBODY, "--profile", "smoke", *options],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "OPENAI_API_KEY": "sk-secret-1", "TERM": "dumb"},
    )
    os.close(theirs)
    os.write(ours, answer)
    output, _ = process.communicate(timeout=60)
    shown = b""
    while True:
        try:
            shown += (part := os.read(ours, 65536))
        except OSError:  # the other end is closed
            break
        if not part:
            break
    os.close(ours)
    return process.returncode, shown.decode(), output


def test_who_says_no_sends_nothing() -> None:
    """The plan names host, objects, runs and tokens, and the key is not in it."""
    code, shown, output = _typed(b"n\n", "--write")
    assert (code, output) == (2, b"")
    assert f"Create this on {NOBODY}?" in shown
    for said in ("creates an assistant", "40 runs", "600 seconds", "write 256", "nothing was sent"):
        assert said in shown
    assert "sk-secret-1" not in shown


def test_who_says_yes_goes_on() -> None:
    """To a server that is not there."""
    code, _, output = _typed(b"y\n", "--write")
    assert code == 3
    assert b"stopped: " in output


def test_what_only_reads_is_not_asked_about() -> None:
    """Nothing is created."""
    code, shown, output = _typed(b"")
    assert (code, "Create this" in shown) == (3, False)
    assert b"only reading it" in output
