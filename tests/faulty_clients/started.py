"""The small client, started as a program of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from run_contracts.server.options import DEFAULT_KEY

PROGRAM = Path(__file__).with_name("small_client.py")
SECONDS = 20.0
"""Seconds that a client has that is not known to go on for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a client told in the end; nothing if it did not end, or ended in an error of its own."""

    said: Any = None
    errors: str = ""

    @property
    def status(self) -> str | None:
        """The status that it told."""
        return self.said.get("status") if isinstance(self.said, dict) else None


def started(url: str, *, fault: str = "", streams: bool = False, seconds: float = SECONDS) -> Told:
    """Return what the small client told of a server, in so many seconds."""
    words = [*(["--stream"] if streams else []), *(["--fault", fault] if fault else [])]
    try:
        done = subprocess.run(
            [sys.executable, str(PROGRAM), url, DEFAULT_KEY, *words],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Told(errors="it did not end")
    lines = done.stdout.splitlines()
    return Told(said=json.loads(lines[-1]) if lines else None, errors=done.stderr)
