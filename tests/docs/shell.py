"""Commands as a page shows them: after ``$``, with what they print below."""

from __future__ import annotations

import difflib
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 240
"""How long a command of a page may take."""
TOO_LONG = 124
ANYTHING = "..."
LASTS = 'trap \'/usr/bin/env -0 >"$RUN_STATE"; pwd -P >"$RUN_STATE.folder"\' EXIT'
"""What each shell of a page leaves to the next one: its environment and its folder."""
OWN = frozenset({"_", "SHLVL", "PWD", "OLDPWD", "RUN_STATE"})


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
    groups: list[int] = field(default_factory=list)

    def run(self, command: str, *, strict: bool = False) -> tuple[int, str]:
        """Return the exit code of a command, and all it printed, with the ports of the page.

        A strict one ends with its first command that fails. What it leaves running in the
        background ends with the page. One that takes too long has the exit code 124.
        """
        with tempfile.TemporaryDirectory() as kept, tempfile.TemporaryFile() as output:
            state = Path(kept, "state")
            text = f"{LASTS}\n{self.mapped(command)}"
            process = subprocess.Popen(
                ["/bin/bash", "-e" if strict else "+e", "-o", "pipefail", "-c", text],
                cwd=self.folder,
                env=self.variables() | {"RUN_STATE": str(state)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self.groups.append(process.pid)
            try:
                code = process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                end(process.pid)
                process.wait()
                code = TOO_LONG
            self._remember(state)
            output.seek(0)
            return code, self.named(output.read().decode("utf-8", "replace"))

    def _remember(self, state: Path) -> None:
        """Keep the environment and the folder in which a shell ended."""
        if not state.exists():
            return
        pairs = (each.partition("=") for each in os.fsdecode(state.read_bytes()).split("\0"))
        found = {name: value for name, _, value in pairs if name and name not in OWN}
        self.environment = {name: self.named(value) for name, value in found.items()}
        self.folder = Path(state.with_suffix(".folder").read_text(encoding="utf-8").rstrip("\n"))

    def variables(self) -> dict[str, str]:
        """Return the environment of the page as it is now."""
        return {name: self.mapped(value) for name, value in self.environment.items()}

    def close(self) -> None:
        """End what commands left running."""
        for group in self.groups:
            end(group)

    def named(self, text: str) -> str:
        """Return a text with the addresses that the page calls its servers by."""
        for named, real in self.ports.items():
            text = text.replace(real, named)
        return text

    def mapped(self, text: str) -> str:
        """Return a text of a page with the addresses at which its servers really are."""
        for named, real in self.ports.items():
            text = text.replace(named, real)
        return text


def end(group: int) -> None:
    """Kill all processes of a group, if there are any."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


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
    shown: list[str] = []
    command = ""
    first = next(iter(text.splitlines()), "")
    if not first.startswith("$ "):
        raise ValueError(f"no command, but output: {first}")
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
