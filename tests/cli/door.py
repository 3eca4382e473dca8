"""The command line in this process: what it prints and its exit code, without another Python."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

import pytest

from run_contracts.cli import main

Done = CompletedProcess[str]
"""How a command ended: its code, and what it printed."""


class Door(Protocol):
    """Runs the command with some arguments, and variables of the environment."""

    def __call__(self, *arguments: str, **environment: str) -> Done:
        """Return how it ended."""


def run(*arguments: str, folder: Path | None = None, **environment: str) -> Done:
    """Run the command in a folder, and return how it ended."""
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    errors = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(output), redirect_stderr(errors):
        patch.setattr(sys, "argv", ["run-contracts", *arguments])
        for name, value in environment.items():
            patch.setenv(name, value)
        if folder is not None:
            patch.chdir(folder)
        code = _code()
    return CompletedProcess(arguments, code, _text(output), _text(errors))


def _code() -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
