"""How long a stranger takes from an empty folder to the first red line, by each tutorial.

``python -m benchmarks first_red`` makes an environment, installs into it, saves what the tutorial
says, and types its command: a server that is wrong, a client that is, a cassette that is stale.
"""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.docs.blocks import Block, steps

from benchmarks.comparison.installs import of_pip
from run_contracts.rating.counted_server import counted

HERE = Path(__file__).parents[1]
TUTORIALS = HERE / "docs" / "tutorials"
LONGEST = 300.0
"""Seconds that a command may take."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """What is wrong, the page and its files, the command that is typed, and what is red of it."""

    what: str
    page: str
    files: tuple[str, ...]
    command: tuple[str, ...]
    red: str


PLAYED = ("--life", "completes", "--life", "incomplete", "--life", "calls-two")
WAYS = (
    Way(
        what="a wrong server",
        page="own-server.md",
        files=("server.py",),
        command=("check", "server:app", "--profile", "smoke", "--quiet"),
        red=r"^RUN-\S+ MUST broken",
    ),
    Way(
        what="a wrong client, three lives",
        page="clients.md",
        files=("agent.py",),
        command=("client", *PLAYED, "--", "python", "agent.py"),
        red=r"CLIENT-\S+ broken",
    ),
    Way(
        what="a wrong client, every life",
        page="clients.md",
        files=("agent.py",),
        command=("client", "--", "python", "agent.py"),
        red=r"CLIENT-\S+ broken",
    ),
    Way(
        what="a stale cassette",
        page="recorded-traffic.md",
        files=("client.py", "record.py"),
        command=("validate", "cassettes"),
        red=r"RUN-\S+ \(MUST\)",
    ),
)


def measure(arguments: list[str]) -> None:
    if arguments:
        sys.exit("python -m benchmarks first_red takes no more words")
    columns = ("installing", "to red", "to its end", "in all to red")
    print(f"  {'seconds':<30}{''.join(f'{one:>15}' for one in columns)}")
    with TemporaryDirectory() as made:
        words = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", made]
        subprocess.run([*words, str(HERE)], check=True)
        (wheel,) = Path(made).glob("*.whl")
        for way in WAYS:
            with TemporaryDirectory() as folder:
                _print(way, *_walked(way, Path(folder), wheel))


def _print(way: Way, installed: float, red: float, whole: float, line: str) -> None:
    figures = (installed, red, whole, installed + red)
    print(f"  {way.what:<30}{''.join(f'{one:>15.1f}' for one in figures)}")
    print(f"    {line[:110]}", flush=True)


def _walked(way: Way, folder: Path, wheel: Path) -> tuple[float, float, float, str]:
    """Return the seconds of the installation, to the first red line, to the end, and that line."""
    text = (TUTORIALS / way.page).read_text(encoding="utf-8")
    blocks = [one for one in steps(way.page, text) if isinstance(one, Block)]
    files = {one.file: one.text for one in blocks if one.file in way.files}
    for name in way.files:
        (folder / name).write_text(files[name], encoding="utf-8")
    if "record.py" in files:
        _record(folder)
    begun = time.monotonic()
    python = of_pip(folder / "environment", (f"{wheel}[check]",))
    installed = time.monotonic() - begun
    path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    return installed, *_typed(way, folder, {**os.environ, "PATH": path})


def _record(folder: Path) -> None:
    """Record a cassette from a server that is wrong, by the files of the tutorial."""
    with counted(fault="RUN-USAGE-001", seed=0, speed=10) as (url, _):
        subprocess.run(
            [sys.executable, "record.py", url], cwd=folder, check=True, capture_output=True
        )


def _typed(way: Way, folder: Path, environment: Mapping[str, str]) -> tuple[float, float, str]:
    """Return when the first red line of a command came, when it ended, and the line."""
    unshared = {name: value for name, value in environment.items() if name != "PYTHONPATH"}
    begun = time.monotonic()
    red, shown = math.nan, "nothing was red"
    with subprocess.Popen(
        ["run-contracts", *way.command],
        cwd=folder,
        env=unshared,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as command:
        assert command.stdout is not None
        for line in command.stdout:
            if math.isnan(red) and re.search(way.red, line):
                red, shown = time.monotonic() - begun, line.strip()
        command.wait(LONGEST)
    return red, time.monotonic() - begun, shown
