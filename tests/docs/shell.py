"""Commands as a page shows them: after ``$``, with what they print below."""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 240
"""How long a command of a page may take."""
ANYTHING = "..."
KEPT = re.compile(r"\s*(export|cd|source|\.)\s")
"""Commands whose effect lasts: shells of a page begin with them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command and the lines that it prints; none are shown where nobody cares."""

    text: str
    shown: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Shell:
    """The shell of a page: a folder, an environment, and what is at which port."""

    folder: Path
    ports: Mapping[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    lasting: list[str] = field(default_factory=list)

    def run(self, command: str) -> tuple[int, str]:
        """Return the exit code of a command, and all it printed, with the ports of the page."""
        text = "\n".join([*self.lasting, self.mapped(command)])
        done = subprocess.run(
            ["/bin/bash", "-o", "pipefail", "-c", text],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
        if KEPT.match(command) and done.returncode == 0:
            self.lasting.append(command)
        printed = done.stdout.decode("utf-8", "replace")
        for named, real in self.ports.items():
            printed = printed.replace(real, named)
        return done.returncode, printed

    def mapped(self, text: str) -> str:
        """Return a text of a page with the addresses at which its servers really are."""
        for named, real in self.ports.items():
            text = text.replace(named, real)
        return text


def environment(home: Path) -> dict[str, str]:
    """Return the environment of somebody who has just installed us, and nothing set."""
    tools = str(Path(sys.executable).parent)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RUN_CONTRACTS", "OPENAI", "PYTEST", "COV", "XDG", "GITHUB", "CI"))
    }
    return kept | {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "PYTHONWARNINGS": "default",
        "PYTEST_ADDOPTS": "-p no:randomly -p no:cacheprovider",
    }


def commands(text: str) -> Iterator[Command]:
    """Yield the commands of a block, those that go on in lines with ``>`` as one."""
    command, shown = "", []
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield Command(text=command, shown=tuple(shown))
            command, shown = line.removeprefix("$ "), []
        elif line.startswith("> ") and command and not shown:
            command += "\n" + line.removeprefix("> ")
        else:
            shown.append(line)
    if command:
        yield Command(text=command, shown=tuple(shown))


def differences(shown: tuple[str, ...], printed: str) -> str:
    r"""Return how a command printed something else than a page shows; nothing if it is as shown.

    >>> differences(("in ... s", "..."), "in 3.2 s\nand more\n")
    ''
    """
    lines = [line.rstrip() for line in printed.rstrip("\n").splitlines()]
    expected = [line.rstrip() for line in shown]
    while expected and not expected[-1]:
        expected.pop()
    if not expected or _pattern(expected).fullmatch("".join(f"{line}\n" for line in lines)):
        return ""
    return "\n".join(difflib.unified_diff(expected, lines, "shown", "printed", lineterm="", n=2))


def _pattern(expected: list[str]) -> re.Pattern[str]:
    parts = (
        r"(?:.*\n)*?"
        if line.strip() == ANYTHING
        else ".*?".join(map(re.escape, line.split(ANYTHING))) + r"\n"
        for line in expected
    )
    return re.compile("".join(parts))
