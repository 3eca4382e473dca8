"""What stock ``st run`` finds of the reference server's faults: bare, configured, with our hooks.

``python -m benchmarks stock`` takes half an hour on two busy cores; ``--faults``, ``--seeds`` and
``--examples`` make it less. `side_by_side` compares the same with our check, by st's own defaults.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

from benchmarks.counted import Counted
from benchmarks.side_by_side import FAULTS_TRIED, sampled
from benchmarks.ways import WAYS, Outcome, Way, outcome
from run_contracts.server import FAULTS

NAMES = ("st", "configured", "hooks")
EXAMPLES = 5
"""Cases st draws for an operation and mode; its own default is 100."""
Job = tuple[str, str | None, int, int]


def measure(arguments: list[str]) -> None:
    asked = _asked(arguments)
    faults = sampled(asked.faults, 0)
    wanted: list[tuple[str | None, int]] = [(None, seed) for seed in range(asked.seeds)]
    wanted += [(fault, 0) for fault in faults]
    print(f"stock st run, {asked.examples} examples, right servers in {asked.seeds} seeds:")
    print(
        f"  {'':<34}{'caught':>9}{'named':>7}{'right':>7}{'requests':>10}{'wall s':>8}", flush=True
    )
    marks: dict[str, list[str]] = {fault: [] for fault in faults}
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        for name in NAMES:
            jobs = [(name, fault, seed, asked.examples) for fault, seed in wanted]
            found = list(pool.map(_tried, jobs))
            _row(
                name,
                found[: asked.seeds],
                dict(zip(faults, found[asked.seeds :], strict=True)),
                marks,
            )
    print("  N names the requirement, c is told of no right server, - neither:", *NAMES)
    for fault, row in marks.items():
        print(f"    {fault:<20}{' '.join(row)}")


def _row(
    name: str, right: list[Outcome], tried: dict[str, Outcome], marks: dict[str, list[str]]
) -> None:
    """Print what a way found as soon as it is through, and keep its letter for each fault."""
    alarms = frozenset().union(*(one.told for one in right))
    for fault, one in tried.items():
        marks[fault].append(_mark(fault, one, alarms))
    last = [row[-1] for row in marks.values()]
    named, caught = last.count("N"), last.count("N") + last.count("c")
    every = [*right, *tried.values()]
    requests = sum(one.requests for one in every) // len(every)
    wall = sum(one.wall for one in every) / len(every)
    print(
        f"  {WAYS[name].name:<34}{f'{caught}/{len(tried)}':>9}{named:>7}{len(alarms):>7}"
        f"{requests:>10,}{wall:>8.1f}",
        flush=True,
    )
    for alarm in sorted(alarms):
        print(f"    of a right server: {alarm}", flush=True)


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks stock")
    parser.add_argument("--faults", type=int, default=FAULTS_TRIED, help="how many are tried")
    parser.add_argument("--seeds", type=int, default=3, help="of right servers")
    parser.add_argument("--examples", type=int, default=EXAMPLES)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(arguments)


def _tried(job: Job) -> Outcome:
    name, fault, seed, examples = job
    return outcome(_shorter(WAYS[name], examples), fault, seed)


def _shorter(way: Way, examples: int) -> Way:
    def words(server: Counted, seed: int) -> list[str]:
        return [*way.words(server, seed), "--max-examples", str(examples)]

    return replace(way, words=words)


def _mark(fault: str, outcome: Outcome, alarms: frozenset[str]) -> str:
    """Return in a letter what a way made of a fault."""
    if FAULTS[fault].requirement in outcome.told:
        return "N"
    return "c" if outcome.told - alarms else "-"
