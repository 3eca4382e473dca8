"""Nights in processes of their own, on servers and applications of these tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.killing import KEY

APPLICATION = """
from run_contracts.server import ServerOptions, create_app

app = create_app(ServerOptions.for_checking(faults={faults!r}))
"""
FINDING_IN_SEARCH = "RUN-LIST-005"
"""A fault that smoke shows in one list, and a search in another one, too."""


@dataclass(frozen=True, kw_only=True)
class Night:
    """A check with a night that was begun in a folder: its process, and what it writes."""

    folder: Path
    process: subprocess.Popen[str]

    @property
    def corpus(self) -> Path:
        """The folder of its corpus."""
        return self.folder / "corpus"

    def log(self) -> list[dict[str, Any]]:
        """Return the whole lines of its log."""
        path = self.corpus / "night.jsonl"
        data = path.read_bytes() if path.exists() else b""
        return [json.loads(line) for line in data.split(b"\n")[:-1]]

    def ended(self) -> tuple[int, str]:
        """Wait for its end; return the exit code, and all that it printed."""
        printed, _ = self.process.communicate(timeout=120)
        return self.process.returncode, printed

    def wait_for(self, is_so: Callable[[], object], *, seconds: float = 60.0) -> None:
        """Wait until something is so; it must become so before the night ends."""
        until = time.monotonic() + seconds
        while not is_so():
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < until, "it never became so"
            time.sleep(0.02)

    def rounds(self, what: str) -> int:
        """Return how many rounds have begun, or ended, as its log says."""
        return sum(one["what"] == what for one in self.log())

    def kill(self) -> None:
        """Kill its process and all that it started."""
        if hasattr(os, "killpg"):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=30)

    def workers(self) -> list[int]:
        """Return the ids of the processes that it started to search."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        named = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children.split()}
        return [pid for pid, command in named.items() if b"spawn_main" in command]


def begun(folder: Path, target: str, *options: str, seconds: int = 6) -> Night:
    """Begin a smoke check of a target with a night after it."""
    command = [sys.executable, "-m", "run_contracts", "check", target, "--profile", "smoke"]
    own = ["--for", f"{seconds}s", "--corpus", str(folder / "corpus")]
    environment = os.environ | {
        "RUN_CONTRACTS_STATE": str(folder / "state"),
        "OPENAI_API_KEY": KEY,
    }
    process = subprocess.Popen(
        [*command, *own, "--report", str(folder / "report.jsonl"), *options],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    return Night(folder=folder, process=process)


def application(folder: Path, *faults: str) -> str:
    """Write the module of a reference server with some faults; return the name of it."""
    (folder / "night_server.py").write_text(APPLICATION.format(faults=faults), encoding="utf-8")
    return "night_server:app"
