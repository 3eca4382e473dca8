"""How many faults the checks catch, and how often they are wrong about a right server."""

from __future__ import annotations

import os
import time

from run_contracts.contract.requirements import EDITIONS
from run_contracts.engine.selftest import (
    Trial,
    TrialResult,
    combinations,
    combined,
    compared,
    read_matrix,
    results,
    right_servers,
)
from run_contracts.engine.selftest.agreement import alarms, trials

SEEDS, COMBINATIONS = 100, 200


def timed(tried: list[Trial]) -> tuple[list[TrialResult], str]:
    """Return the results of trials, and what they took in words."""
    started = time.perf_counter()
    found = list(results(tried, jobs=os.cpu_count() or 1))
    seconds = time.perf_counter() - started
    requests = sum(one.requests for one in found)
    return found, f"{len(found)} checks, {requests:,} requests, {seconds:.1f} s"


def measure() -> None:
    print("self-test in one process a core, both editions:")
    found, price = timed(trials(EDITIONS))
    print(f"  {compared(found, read_matrix()).summary}: {price}")
    right, _ = timed(list(right_servers()))
    found, price = timed(list(combinations(COMBINATIONS)))
    print(f"  many faults and degradations at once: {price}")
    for line in combined(found, right, read_matrix()).summary:
        print(f"    {line}")
    shuffled = [
        Trial(edition=edition, seed=seed, is_shuffled=True)
        for seed in range(SEEDS)
        for edition in EDITIONS
    ]
    found, price = timed(shuffled)
    wrong = sum(map(alarms, found))
    print(
        f"  {wrong} false alarms on right servers of {SEEDS} seeds, probes in random order: {price}"
    )
    for one in found:
        if alarms(one):
            told = one.failure or ", ".join(sorted(one.broken | one.blocked))
            print(f"    seed {one.trial.seed} {one.trial.edition}: {told}")
