"""How long a check of the embedded reference server takes."""

from __future__ import annotations

import statistics
import time

from run_contracts.client.checked_target import Target
from run_contracts.engine.runner import check
from run_contracts.events import Finished
from run_contracts.server import ServerOptions, running

ROUNDS = 3


def once(profile: str) -> tuple[float, float, int]:
    """Return wall seconds, cpu seconds and requests of one check, server included."""
    wall, cpu = time.perf_counter(), time.process_time()
    with running(ServerOptions.for_checking()) as url:
        *_, footer = check(Target(url=url, key="sk-reference", profile=profile))
    assert isinstance(footer, Finished)
    assert footer.exit_code == 0
    return time.perf_counter() - wall, time.process_time() - cpu, footer.requests


def measure() -> None:
    print(f"check of the embedded server, median of {ROUNDS}: wall s, cpu s, requests")
    for profile in ("smoke", "full"):
        rounds = [once(profile) for _ in range(ROUNDS)]
        wall, cpu, requests = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(f"  {profile:<8}{wall:>8.1f}{cpu:>8.1f}{requests:>8.0f}")
