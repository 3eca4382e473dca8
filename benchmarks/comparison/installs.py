"""Environments of peers: each is installed with exact versions in a folder that is given."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NODE = "node@24.21.0"
"""The runtime of the peers from npm, from npm itself, so that none need be on the machine."""
LONGEST = 600.0
"""Seconds that one step of an installation may take."""
QUIET = ("--no-audit", "--no-fund", "--loglevel=error")


class NotInstalled(Exception):
    """A peer cannot be installed here; the message says why, in a line."""


def of_npm(place: Path, *packages: str) -> Path:
    """Install packages of npm, with a runtime of their own; return the folder of their modules."""
    folder = place / _named(packages)
    modules = folder / "node_modules"
    if not modules.is_dir():
        _run(["npm", "install", "--prefix", str(folder), *QUIET, NODE, *packages])
    return modules


def started_by_node(modules: Path, command: str) -> list[str]:
    """Return the start of a command that a package of npm has."""
    return [str(modules / "node/bin/node"), str(modules / ".bin" / command)]


def of_pip(place: Path, *steps: Sequence[str]) -> Path:
    """Install packages of PyPI, step by step into one environment; return its interpreter."""
    folder = place / _named([package for step in steps for package in step])
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(folder)])
        for step in steps:
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            _run([*pip, *step])
    return python


def _named(packages: Sequence[str]) -> str:
    return re.sub(r"[^\w.]+", "-", "-".join(packages)).strip("-")


def _run(step: list[str]) -> None:
    try:
        done = subprocess.run(step, capture_output=True, text=True, timeout=LONGEST, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(f"{step[0]}: {error}") from error
    if done.returncode:
        said = " ".join((done.stdout + done.stderr).split())
        raise NotInstalled(said[-300:])
