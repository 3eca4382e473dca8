"""The scripts of a report, run as somebody pastes them: what a server names must not run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from run_contracts.events import Decided, Event, Started, exchanges
from run_contracts.report.script import script
from tests.hostile.double import KEY

MOST = 3
"""Scripts that are run of one report; there is one for each broken requirement."""
BOUND = 20.0
CANARY = "touch owned"
"""Stands in whatever a hostile server would like to be run; it would make a file."""


def left_by_scripts(events: Sequence[Event]) -> Iterator[str]:
    """Yield the files that scripts of a report make in an empty folder; there must be none.

    Scripts are run only if the report holds a command that somebody put there.
    """
    if CANARY not in repr(events) or not shutil.which("curl"):
        return
    target = next(one.target for one in events if isinstance(one, Started))
    broken = (one for one in events if isinstance(one, Decided) and one.sequence)
    for verdict in islice(broken, MOST):
        with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as beside:
            _run(script(target, verdict, exchanges(events)), here, beside)
            for made in Path(here).iterdir():
                yield f"the script of {verdict.requirement} made the file {made.name!r}"


def _run(text: str, here: str, beside: str) -> None:
    """Run a script in a folder; what it needs for itself it may put beside."""
    environment = {**os.environ, "OPENAI_API_KEY": KEY, "TMPDIR": beside}
    process = subprocess.Popen(
        ["bash", "-s"],
        cwd=here,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.communicate(text.encode("utf-8", "surrogateescape"), timeout=BOUND)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
