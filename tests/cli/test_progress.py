"""What a check shows to somebody who watches, and that it leaves nothing behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
COMMAND = [sys.executable, "-m", "run_contracts", "check", "--profile", "smoke"]
CONTROL = re.compile(rb"\x1b\[([0-9;?]*)([A-Za-z])")
RED_OR_GREEN = re.compile(rb"\x1b\[(31|32|33|1)m")


def _watched(*arguments: str, terminal: str = "both", **environment: str) -> tuple[bytes, bytes]:
    """Return what a terminal was shown, and what the standard output was if it is none."""
    shown, own = os.openpty()
    parts: list[bytes] = []

    def read() -> None:
        try:
            while part := os.read(shown, 65536):
                parts.append(part)
        except OSError:
            return

    reader = threading.Thread(target=read)
    reader.start()
    try:
        done = subprocess.run(
            [*COMMAND, *arguments],
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **environment},
            stdout=own if terminal == "both" else subprocess.PIPE,
            stderr=own,
            stdin=own,
            timeout=60,
            check=True,
        )
    finally:
        os.close(own)
        reader.join(10)
        os.close(shown)
    return b"".join(parts), done.stdout or b""


def _left(shown: bytes) -> list[str]:
    """Return the lines a terminal shows in the end: only what is needed of a terminal is here."""
    lines, row, column = [""], 0, 0
    at = 0
    while at < len(shown):
        control = CONTROL.match(shown, at)
        if control:
            number = int(control[1]) if control[1].isdigit() else 1
            if control[2] == b"A":
                row = max(0, row - number)
            elif control[2] == b"K":
                lines[row] = "" if control[1] == b"2" else lines[row][:column]
            at = control.end()
            continue
        char = shown[at : at + 1].decode("latin-1")
        at += 1
        if char == "\r":
            column = 0
        elif char == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        else:
            lines[row] = lines[row][:column].ljust(column) + char + lines[row][column + 1 :]
            column += 1
    while lines and not lines[-1]:
        lines.pop()
    return lines


def test_the_progress_is_shown_and_gone_in_the_end() -> None:
    """Probe, requests and time while it goes on; then the same lines as without a terminal."""
    shown, _ = _watched("--only", "RUN-CANCEL-001")
    assert re.search(rb"\d+ requests 0:00:0\d cancelling", CONTROL.sub(b"", shown))
    lines = _left(shown)
    assert lines[0].startswith("run-contracts 0.1.0: checking")
    assert lines[1].startswith("  cancelling")
    assert not [line for line in lines if re.search(r"requests +\d:\d\d", line)]
    assert lines[-1] == "the contract holds"
    assert shown.count(b"\x1b[?25h") == shown.count(b"\x1b[?25l")


def test_the_standard_output_is_clean_when_only_the_error_is_a_terminal() -> None:
    """A file gets the lines and no escape; the terminal gets the progress alone."""
    shown, printed = _watched("--only", "RUN-CANCEL-001", terminal="error")
    assert b"requests" in shown
    assert b"the contract holds" not in shown
    assert b"\x1b" not in printed
    assert printed.endswith(b"the contract holds\n")


@pytest.mark.parametrize("arguments", [("--quiet",), ("--format", "json")])
def test_nobody_is_shown_progress_who_wants_quiet(arguments: tuple[str, ...]) -> None:
    """Nor who wants JSON."""
    shown, _ = _watched("--only", "RUN-CANCEL-001", *arguments, terminal="error")
    assert shown == b""


def test_colours_help_on_a_terminal_and_can_be_switched_off() -> None:
    """The conclusion is green; with $NO_COLOR nothing is coloured, and the words are the same."""
    coloured, _ = _watched("--only", "RUN-CANCEL-001")
    plain, _ = _watched("--only", "RUN-CANCEL-001", NO_COLOR="1")
    assert RED_OR_GREEN.search(coloured)
    assert not RED_OR_GREEN.search(plain)
    assert _left(coloured)[-1] == _left(plain)[-1] == "the contract holds"


def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines() -> None:
    """No escape at all."""
    shown, _ = _watched("--only", "RUN-CANCEL-001", TERM="dumb")
    assert b"\x1b" not in shown
    assert b"the contract holds" in shown
