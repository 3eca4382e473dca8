"""Our own proxy, in the place of a peer's: the same programs, through ``run-contracts watch``."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.comparison.over_network import STOP, free_port, listening, walked
from benchmarks.counted import counted

JUDGING = 40.0
"""Seconds that it may take to judge what is left, and to write its report."""


def watched(faults: tuple[str, ...]) -> frozenset[str]:
    """Return the requirements that a watch says are broken while programs use a server."""
    port = free_port()
    with TemporaryDirectory() as name, counted(*faults) as server:
        folder, report = Path(name), Path(name, "report.jsonl")
        words = [sys.executable, "-m", "run_contracts", "watch", "--upstream", server.url]
        words += ["--listen", f"127.0.0.1:{port}", "--report", str(report), "--quiet"]
        with listening(words, port, folder) as process:
            walked(f"http://127.0.0.1:{port}/v1")
            process.send_signal(signal.SIGINT)
            process.wait(STOP + JUDGING)
        return frozenset(decided(report))


def decided(report: Path) -> Iterator[str]:
    """Yield the requirements that a report of ours says are broken, advice included, or blocked."""
    for line in report.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event["event"] == "decided" and event["result"] in ("fail", "blocked"):
            yield event["requirement"]
