"""Environments: each client is installed in a folder of its own, which is kept between runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from run_contracts.errors import UsageError
from tests.clients.known_clients import Client

HOME = Path(os.environ.get("RUN_CONTRACTS_CLIENTS") or user_cache_path("run-contracts") / "clients")
"""The folder of all environments."""
INSTALL_SECONDS = 900
STAMP = "installed.txt"
"""The file of an environment that says what is in it, written once all is."""


def is_possible(client: Client) -> bool:
    """Tell whether this machine has what installs a client, and what runs it."""
    return client.installer == "pip" or None not in (shutil.which("npm"), shutil.which("node"))


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Where a driver runs: the start of its command, and the folder that its client is in."""

    start: tuple[str, ...]
    folder: Path


def installed(client: Client) -> Environment:
    """Return the environment of a client; install it if need be.

    Raises `UsageError` if it cannot be installed.
    """
    folder = HOME / client.environment
    wanted = "\n".join((_runtime(client), *client.packages, ""))
    stamp = folder / STAMP
    HOME.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for step in _steps(client, folder):
                _run(client, step)
            stamp.write_text(wanted, encoding="utf-8")
    start = str(_python(folder)) if client.installer == "pip" else "node"
    return Environment(start=(start,), folder=folder)


def _runtime(client: Client) -> str:
    """Return what an environment is made for."""
    return sys.version if client.installer == "pip" else "node"


def _python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _steps(client: Client, folder: Path) -> list[list[str]]:
    """Return the commands that install a client, one after another."""
    if client.installer == "npm":
        quiet = ("--no-audit", "--no-fund", "--loglevel=error")
        return [["npm", "install", "--prefix", str(folder), *quiet, *client.packages]]
    pip = [str(_python(folder)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return [[sys.executable, "-m", "venv", str(folder)], [*pip, *client.packages]]


def _run(client: Client, step: list[str]) -> None:
    """Run one step; raise `UsageError` with the last that it said if it fails."""
    try:
        done = subprocess.run(
            step, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise UsageError(f"{client.name}: not installed within {INSTALL_SECONDS} s") from None
    if done.returncode:
        said = " ".join((done.stdout + done.stderr).split())
        raise UsageError(f"{client.name} is not installed: {said[-300:]}")
