"""How many faults of a client are found by playing lives to it, and who is wrongly accused.

``python -m benchmarks client_faults [FAULT ...] [--right COMMAND]`` plays every life to the small
client of the tests with each of its faults, to the right one, to ``examples/clients`` on the SDK
that is installed, and to programs that are named as right.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.faulty_clients import client_faults, small_client

from run_contracts.conduct.client_check import check_client, client_plan
from run_contracts.events import Decided, Result

SMALL = Path(small_client.__file__)
EXAMPLES = Path(__file__).parents[1] / "examples" / "clients"
ON_SDK = ("openai_polling.py", "openai_streaming.py")


def measure(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks client_faults")
    parser.add_argument("faults", nargs="*", help="those alone")
    parser.add_argument(
        "--right", action="append", default=[], help="the command of a right client"
    )
    parser.add_argument("--jobs", type=int, default=6)
    given = parser.parse_args(arguments)
    named, slowest = 0, 0.0
    faults = given.faults or list(client_faults.FAULTS)
    print("fault: named, seconds, what else")
    for name in faults:
        fault = client_faults.FAULTS[name]
        streams = ["--stream"] if fault.streams else []
        broken, seconds = _broken([*_small(), *streams, "--fault", name], given.jobs)
        named += fault.requirement in broken
        slowest = max(slowest, seconds)
        is_named = "yes" if fault.requirement in broken else "NO"
        others = ", ".join(sorted(broken - {fault.requirement})) or "-"
        print(f"{name} {fault.requirement}: {is_named}, {seconds:.1f} s, {others}", flush=True)
    print(f"{named} of {len(faults)} faults are named; the slowest took {slowest:.0f} s")
    rights = [_small(), [*_small(), "--stream"], *_examples(), *map(shlex.split, given.right)]
    for right in rights:
        broken, seconds = _broken(right, given.jobs)
        complaints = ", ".join(sorted(broken)) or "no complaint"
        print(f"right: {shlex.join(right)}: {complaints}, {seconds:.1f} s", flush=True)


def _small() -> list[str]:
    return [sys.executable, str(SMALL), "{url}", "{key}"]


def _examples() -> list[list[str]]:
    python = [sys.executable, "-W", "ignore"]
    return [[*python, str(EXAMPLES / name), "{url}", "{key}"] for name in ON_SDK]


def _broken(command: Sequence[str], jobs: int) -> tuple[set[str], float]:
    began = time.monotonic()
    events = check_client(client_plan(command, jobs=jobs))
    decided = [event for event in events if isinstance(event, Decided)]
    broken = {event.requirement for event in decided if event.result == Result.FAIL}
    return broken, time.monotonic() - began
