"""One process that checks for minutes, right and hostile servers in turn: does it grow?

``python -m benchmarks soak --minutes 10`` prints resident memory, open descriptors and threads
after each round. Each server runs in a process of its own. Needs `/proc`, as on Linux.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from run_contracts.client.budget import Budget
from run_contracts.client.checked_target import Target
from run_contracts.engine.runner import check
from run_contracts.errors import HarnessError
from run_contracts.events import Finished

SERVERS = (
    "right",
    "closes-each-third",
    "resets-in-body",
    "chunk-not-hex",
    "gzip-lie",
    "redirect-elsewhere",
    "stream-reset",
    "stream-noise",
    "error-odd",
    "id-newline",
    "list-mixed",
)
"""Those whose checks are over soon."""
BUDGET = Budget(seconds=15)
WARM = 3
"""Rounds after which caches are full."""
GROWTH = 1.05
"""By how much the memory of the last rounds may exceed that of the first, if it is flat."""
Reading = tuple[float, int, int]
"""Resident megabytes, open descriptors, threads."""


def measure(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks soak")
    parser.add_argument("--minutes", type=float, default=5.0)
    asked = parser.parse_args(arguments)
    until = time.monotonic() + asked.minutes * 60
    readings: list[Reading] = []
    failed = 0
    with ExitStack() as stack:
        targets = [stack.enter_context(served(name)) for name in SERVERS]
        print(f"smoke checks of {len(targets)} servers a round, in one process", flush=True)
        print(f"  {'round':>5}{'minute':>8}{'rss MB':>8}{'fds':>5}{'threads':>9}")
        while time.monotonic() < until or len(readings) <= WARM:
            failed += sum(not ends(target) for target in targets)
            readings.append(reading())
            left = (until - time.monotonic()) / 60
            megabytes, descriptors, threads = readings[-1]
            print(
                f"  {len(readings):>5}{asked.minutes - left:>8.1f}{megabytes:>8.1f}"
                f"{descriptors:>5}{threads:>9}",
                flush=True,
            )
    print(f"  {verdict(readings[WARM - 1 :])}; {failed} checks ended by an error of ours")


def ends(target: Target) -> bool:
    """Check a target; return whether that came to its end."""
    try:
        return any(isinstance(event, Finished) for event in check(target))
    except HarnessError:
        return False


def reading() -> Reading:
    """Return what this process holds, now that what nobody needs is gone."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    megabytes = pages * os.sysconf("SC_PAGE_SIZE") / 1024**2
    return megabytes, len([*Path("/proc/self/fd").iterdir()]), threading.active_count()


def verdict(readings: list[Reading]) -> str:
    """Say whether the last third of the rounds holds what the first third did."""
    third = max(1, len(readings) // 3)
    memory, descriptors, threads = (
        [
            statistics.median(one[at] for one in part)
            for part in (readings[:third], readings[-third:])
        ]
        for at in range(3)
    )
    is_flat = memory[1] <= memory[0] * GROWTH and descriptors[0] == descriptors[1]
    is_flat &= threads[0] == threads[1]
    return (
        f"{'flat' if is_flat else 'NOT FLAT'}: {memory[0]:.1f} to {memory[1]:.1f} MB, "
        f"{descriptors[0]:g} to {descriptors[1]:g} descriptors, "
        f"{threads[0]:g} to {threads[1]:g} threads"
    )


@contextmanager
def served(name: str) -> Iterator[Target]:
    """Serve a behaviour in a process of its own, and return it as a target."""
    command = [sys.executable, "-m", "tests.hostile", name]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url, key = process.stdout.readline().split()
        yield Target(url=url, key=key, profile="smoke", budget=BUDGET)
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    measure(sys.argv[1:])
