"""What having us installed costs a project that does not use us."""

from __future__ import annotations

import atexit
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROUNDS = 11
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
OURS = ["-p", "run_contracts.pytest_plugin"]
HELP = [sys.executable, "-m", "run_contracts", "--help"]
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""Other installed plugins cost ten times as much as what is measured; they stay out."""


def milliseconds(command: list[str], folder: str) -> float:
    """Return the cpu time of a process from start to end."""
    environment = {**os.environ, **ALONE, "PYTHONPYCACHEPREFIX": compiled()}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000


@cache
def compiled() -> str:
    """Return a folder for compiled modules: whoever installs a package has compiled it, too."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    return folder.name


def pair(bare: list[str], ours: list[str], folder: str) -> tuple[float, float]:
    """Return the medians of both, measured in turn so that a drift of the machine hits both."""
    times = [(milliseconds(bare, folder), milliseconds(ours, folder)) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in times), statistics.median(b for _, b in times)


def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_empty.py").write_text("def test_nothing(): pass\n")
        python = [sys.executable, "-c"]
        rows = {
            "import run_contracts": ([*python, "pass"], [*python, "import run_contracts"]),
            "run-contracts --help": ([*python, "pass"], HELP),
            "pytest, plugin unused": (PYTEST, [*PYTEST, *OURS]),
        }
        print("start-up in milliseconds of cpu time, without us, with us, difference:")
        for name, (bare, ours) in rows.items():
            without, with_us = pair(bare, ours, folder)
            print(f"  {name:<28}{without:>9.1f}{with_us:>9.1f}{with_us - without:>8.1f}")
