"""How many runs a second get their full verdict, beside the shape alone by two libraries."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from tests import samples

from run_contracts import load, violations

ROUNDS = 7
SECONDS = 0.3
Judge = Callable[[dict[str, Any]], Any]


def rate(judge: Judge, runs: list[dict[str, Any]]) -> float:
    """Return runs a cpu second, over about `SECONDS` of cpu time."""
    judged, started = 0, time.process_time()
    while (spent := time.process_time() - started) < SECONDS:
        for run in runs:
            judge(run)
        judged += len(runs)
    return judged / spent


def measure() -> None:
    contract = load("v2")
    runs = [samples.run(status) for edition, status in samples.STATUSES if edition == "v2"] * 20
    broken = [{**run, "created_at": "now"} for run in runs]
    assert not any(map(violations, runs))
    judges: dict[str, tuple[Judge, list[dict[str, Any]]]] = {
        "jsonschema-rs, shape alone": (contract.validator("run").is_valid, runs),
        "violations, full verdict": (violations, runs),
        "jsonschema, shape alone": (contract.explainer("run").is_valid, runs),
        "violations, explaining broken runs": (violations, broken),
    }
    found: dict[str, list[float]] = {name: [] for name in judges}
    for _ in range(ROUNDS):
        for name, (judge, values) in judges.items():
            found[name].append(rate(judge, values))
    peer = statistics.median(found["jsonschema-rs, shape alone"])
    print("verdicts on a run, per cpu second, and as a ratio to jsonschema-rs:")
    for name, rates in found.items():
        median = statistics.median(rates)
        print(f"  {name:<36}{median:>12,.0f}{median / peer:>9.3f}x")
