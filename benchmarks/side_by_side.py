"""The same faults of the reference server, checked by us and by schemathesis' command line."""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.ways import EDITION, LONGEST, WAYS, Outcome, outcome
from run_contracts.contract.requirements import register
from run_contracts.server import FAULTS

FAULTS_TRIED = 12
RIGHT_SEEDS = range(4)
EXPLAINED = """\
how it was counted
  Each check has a fresh server in a process of its own, on loopback, that counts the requests.
  caught    told something that it told of no right server, whatever the seed: by ours a
            requirement broken (advice included) or blocked, by st a kind of failure on an
            operation, or one of our ids
  named     told the very requirement that the fault breaks
  right     kinds of complaint about right servers: false alarms
  luck      right servers that would count as caught beside the other right servers
  cpu s     of the command and its children, median of all; wall s: of right servers, one at a
            time; faults are tried several at a time
  !         interrupted after {longest:.0f} s; what it had told till then counts"""
Tried = Mapping[str, Outcome]


def measure(arguments: list[str]) -> None:
    asked = _asked(arguments)
    names = ["smoke", "full"] if asked.only_ours else list(WAYS)
    faults = sampled(asked.faults, asked.seed)
    print(f"side by side: {len(faults)} of {len(_all())} faults, edition {EDITION}:")
    print(f"  {', '.join(faults)}", flush=True)
    right = {name: [outcome(WAYS[name], None, seed) for seed in RIGHT_SEEDS] for name in names}
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        wanted = [(name, fault) for fault in faults for name in names]
        found = pool.map(_tried, wanted)
        tried = dict(zip(wanted, found, strict=True))
    print(HEAD)
    for name in names:
        _row(name, right[name], {fault: tried[name, fault] for fault in faults})
    for name in names:
        _right(name, right[name])
    print(f"faults: {', '.join(names)}; {NAMED} named, {CAUGHT} caught, {MISSED} neither")
    for fault in faults:
        marks = (_mark(fault, tried[name, fault], right[name]) for name in names)
        print(f"  {fault:<20}{'  '.join(marks)}")
    print(EXPLAINED.format(longest=LONGEST))


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks side_by_side")
    parser.add_argument("--faults", type=int, default=FAULTS_TRIED, help="how many are tried")
    parser.add_argument("--all", dest="faults", action="store_const", const=None)
    parser.add_argument("--only-ours", action="store_true", help="leave schemathesis out")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    return parser.parse_args(arguments)


def _all() -> list[str]:
    known = register(EDITION)
    return [fault.id for fault in FAULTS.values() if fault.requirement in known]


def sampled(count: int | None, seed: int) -> list[str]:
    """Return a sample in which each area has its share: every n-th fault of the areas in turn."""
    every = _all()
    if count is None or count >= len(every):
        return every
    known, draw = register(EDITION), random.Random(seed)
    area = {fault: known[FAULTS[fault].requirement].area for fault in every}
    ordered = sorted(every, key=lambda fault: (area[fault], draw.random()))
    step, start = len(ordered) / count, draw.random()
    return sorted(ordered[int((at + start) * step)] for at in range(count))


def _tried(pair: tuple[str, str]) -> Outcome:
    name, fault = pair
    found = outcome(WAYS[name], fault)
    print(f"  {fault} by {name}: {found.wall:.0f} s", file=sys.stderr, flush=True)
    return found


def _told(outcomes: Iterable[Outcome]) -> frozenset[str]:
    return frozenset().union(*(one.told for one in outcomes))


def _caught(outcome: Outcome, right: Iterable[Outcome]) -> bool:
    return bool(outcome.told - _told(right))


NAMING = ("smoke", "full", "hooks")
"""Ways that know requirements by their ids."""
HEAD = (
    f"  {'':<36}{'caught':>9}{'named':>7}{'right':>7}{'luck':>6}"
    f"{'requests':>10}{'cpu s':>8}{'wall s':>8}"
)


def _row(name: str, right: list[Outcome], tried: Tried) -> None:
    caught = sum(_caught(one, right) for one in tried.values())
    named = sum(FAULTS[fault].requirement in one.told for fault, one in tried.items())
    luck = sum(_caught(one, [other for other in right if other is not one]) for one in right)
    every = [*right, *tried.values()]
    requests = statistics.median(one.requests for one in every)
    cpu = statistics.median(one.cpu for one in every)
    wall = statistics.median(one.wall for one in right)
    share = f"{caught}/{len(tried)}"
    print(
        f"  {WAYS[name].name:<36}{share:>9}{named if name in NAMING else '-':>7}"
        f"{len(_told(right)):>7}{luck:>4}/{len(right)}{requests:>10,.0f}{cpu:>8.1f}{wall:>8.1f}"
    )


def _right(name: str, right: list[Outcome]) -> None:
    """Print what was told of right servers."""
    for kind in sorted(_told(right)):
        print(f"  of a right server, {WAYS[name].name}: {kind}")


NAMED, CAUGHT, MISSED, STOPPED = "N", "c", "-", "!"


def _mark(fault: str, outcome: Outcome, right: list[Outcome]) -> str:
    """Return in a letter what a way made of a fault; with a mark if it had to be stopped."""
    is_named = FAULTS[fault].requirement in outcome.told
    letter = NAMED if is_named else CAUGHT if _caught(outcome, right) else MISSED
    return letter + (" " if outcome.ended else STOPPED)
