"""What is on a server after a check was killed at one of its requests and cleaned up.

``python -m benchmarks kills [--every N] [--full N] [--jobs N]`` kills a smoke check at each of its
requests, once before the server handles it and once after, and a full one at N of them, 40 unless
given.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path

from tests.cli.killing import Aftermath, aftermath

from run_contracts.client.checked_target import SMOKE_REQUESTS

FULL_REQUESTS = 840
"""Requests of a full check, among which some are chosen, evenly spread."""
Point = tuple[str, int, bool, bool]


def measure(options: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks kills")
    parser.add_argument("--full", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--every", type=int, default=1, help="every so many requests of smoke")
    chosen = parser.parse_args(options)
    smoke = product(["smoke"], range(1, SMOKE_REQUESTS + 1, chosen.every), [False, True], [True])
    full = [
        ("full", FULL_REQUESTS * (2 * number + 1) // (2 * chosen.full), number % 2 == 1, True)
        for number in range(chosen.full)
    ]
    blind = product(["smoke"], range(4, SMOKE_REQUESTS, 8), [True], [False])
    points = [*smoke, *full, *blind]
    with ProcessPoolExecutor(chosen.jobs, mp_context=get_context("spawn")) as pool:
        results = list(zip(points, pool.map(tried, points), strict=True))
    heads = ["check", "kill", "lists", "points", "killed", "left", "after", "untold", "wrong"]
    print(f"| {' | '.join(heads)} |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for kind in dict.fromkeys((point[0], point[2], point[3]) for point in points):
        print(row(kind, [one for point, one in results if (point[0], point[2], point[3]) == kind]))
    for point, after in results:
        if after.stays or not after.is_clean:
            print(point, after.killed_at, after.stays, after.done.stdout, after.done.stderr)


def tried(point: Point) -> Aftermath:
    profile, at, is_handled, lists_threads = point
    with tempfile.TemporaryDirectory() as folder:
        return aftermath(
            Path(folder),
            at=at,
            is_handled=is_handled,
            profile=profile,
            lists_threads=lists_threads,
        )


def row(kind: tuple[str, bool, bool], afters: list[Aftermath]) -> str:
    """Return the line of a table; wrong are those that cost others something."""
    profile, is_handled, lists_threads = kind
    sums = Counter[str]()
    for after in afters:
        sums["killed"] += bool(after.killed_at)
        sums["found"] += after.found
        sums["stays"] += len(after.stays)
        sums["untold"] += len(after.stays) if not after.is_told else 0
        sums["wrong"] += not after.is_foreign_whole
    cells = [profile, "after it is handled" if is_handled else "before it is handled"]
    cells += ["yes" if lists_threads else "no", str(len(afters))]
    cells += [str(sums[name]) for name in ("killed", "found", "stays", "untold", "wrong")]
    return f"| {' | '.join(cells)} |"
