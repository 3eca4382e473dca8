"""How fast runs are made, beside what people write or use instead; and how many are right."""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from benchmarks import drawn_peers, factories
from benchmarks.rates import absent, consistent, installed, table
from benchmarks.startup import milliseconds
from run_contracts import strategies

ROUNDS = 7
SEEDS, EXAMPLES = 25, 100
"""A hundred examples are what a test draws, and cost by luck of the seed: many seeds tell more."""


def measure() -> None:
    factories.measure()
    drawing()
    cold_start()


def drawing() -> None:
    drawn: dict[str, st.SearchStrategy[Any]] = {
        "runs()": strategies.runs(),
        COMPLETED: strategies.runs(status="completed"),
        "histories()": strategies.histories(),
        STREAMS: strategies.event_streams(),
        BY_HAND: drawn_peers.completed_runs(drawn_peers.WIDE),
        SMALL: drawn_peers.completed_runs(drawn_peers.SMALL),
    }
    offered = {INFERRED: drawn_peers.inferred_runs}
    drawn |= installed(offered)
    rates: dict[str, list[float]] = {name: [] for name in drawn}
    seen: dict[str, list[Any]] = {name: [] for name in drawn}
    for number in range(SEEDS):
        for name, strategy in drawn.items():
            spent, found = examples(strategy, number)
            rates[name].append(len(found) / spent)
            seen[name] += found if "run" in name.lower() and number < JUDGED_SEEDS else []
    right = {name: consistent(found) for name, found in seen.items() if found}
    ratios = {name: f"to {name}" for name in (BY_HAND, SMALL, INFERRED) if name in drawn}
    print("examples drawn, per cpu second, as a ratio to the peers; fields fit the status in:")
    table(rates, ratios, right)
    absent(offered, drawn)


COMPLETED = 'runs(status="completed")'
STREAMS = "event_streams()"
BY_HAND = "runs by hand"
SMALL = "small runs by hand"
INFERRED = "from_type(Run)"
JUDGED_SEEDS = 3
"""Of how many seeds the runs are judged, too."""


def examples(strategy: st.SearchStrategy[Any], number: int) -> tuple[float, list[Any]]:
    """Return the cpu seconds that drawing with a seed takes, and what was drawn."""
    found: list[Any] = []

    @seed(number)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(example: Any) -> None:
        found.append(example)

    started = time.process_time()
    draw()
    return time.process_time() - started, found


def cold_start() -> None:
    """Print what the first example of `runs()` costs a process that uses hypothesis anyway."""
    bare = [sys.executable, "-c", FIRST.format(imports="", strategy="st.integers()")]
    imports = "from run_contracts.strategies import runs"
    ours = [sys.executable, "-c", FIRST.format(imports=imports, strategy="runs()")]
    pairs = [(milliseconds(bare, "."), milliseconds(ours, ".")) for _ in range(ROUNDS)]
    without, with_us = (statistics.median(column) for column in zip(*pairs, strict=True))
    print("first example in a new process, milliseconds of cpu time: integers(), runs(), more:")
    print(f"  {'runs()':<32}{without:>10.0f}{with_us:>10.0f}{with_us - without:>10.0f}")


FIRST = """
from hypothesis import given, settings, strategies as st
{imports}

@settings(max_examples=1, database=None, deadline=None)
@given({strategy})
def draw(example):
    pass

draw()
"""
