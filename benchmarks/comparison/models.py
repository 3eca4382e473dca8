"""polyfactory on the run model of the openai SDK, and `make_run`: how many runs are legal."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import peers
from benchmarks.comparison.planted import EDITION
from benchmarks.rates import JUDGED, consistent, rates_of
from run_contracts import violations
from run_contracts.factories import make_run

SHOWN = 5


def measure(_place: Path, _faults: int) -> None:
    """Print the rates of both, and what the runs of each break."""
    made: dict[str, Any] = {"polyfactory": peers.by_model(), "make_run": make_run}
    rates = rates_of(made)
    for name, make in made.items():
        runs = [peers.plain(make()) for _ in range(JUDGED)]
        broken = [_musts(run) for run in runs]
        legal = sum(not one for one in broken)
        print(f"  {name}: {median(rates[name]):,.0f} a cpu second; {legal} of {JUDGED} are legal")
        print(f"    the fields that are set fit the status in {consistent(runs)}")
        for requirement, count in Counter(r for one in broken for r in one).most_common(SHOWN):
            print(f"    {requirement} in {count}")


def _musts(run: Any) -> set[str]:
    found = violations(run, edition=EDITION)
    return {one.requirement for one in found if one.level == "MUST"}
