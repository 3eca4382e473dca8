"""How fast factories make runs, plain and with wishes, beside what people write or use instead."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from benchmarks import peers
from benchmarks.rates import absent, consistent, installed, judged, rates_of, ratio, table
from run_contracts.factories import factory, make_run, make_runs

MANY = 1000
LITERAL = "dict literal and random"
WISHES: Mapping[str, Any] = {"metadata__team": "x", "model": "m", "usage__total_tokens": 12}
Make = Callable[[], Any]


def measure() -> None:
    beside_others()
    with_wishes()


def beside_others() -> None:
    seeds = count()
    made: dict[str, Make] = {
        "make_run()": make_run,
        'make_run("completed")': lambda: make_run("completed"),
        f"make_runs({MANY})": lambda: make_runs(MANY),
        "make_run(seed=i)": lambda: make_run(seed=next(seeds)),
        LITERAL: peers.literal,
        "dict literal, random.seed(i)": lambda: peers.literal_of(next(seeds)),
        "faker calls by hand": peers.by_faker,
    }
    offered = {
        "mimesis fields by hand": peers.by_mimesis,
        "factory_boy with traits": peers.by_traits,
        "polyfactory on Run": peers.by_model,
    }
    made |= installed(offered)
    rates = rates_of(made)
    right = {name: consistent(judged(make)) for name, make in made.items()}
    print("runs made, per cpu second, as a ratio to the literal; fields fit the status in:")
    table(rates, {LITERAL: f"to {LITERAL}"}, right)
    absent(offered, made)


def with_wishes() -> None:
    """Print how much longer each takes with some fields fixed than without."""
    made, models = factory(), count()
    pairs: dict[str, tuple[Make, Make]] = {
        'run("completed", metadata__team="x")': (
            lambda: made.run("completed"),
            lambda: made.run("completed", metadata__team="x"),
        ),
        'run("completed", three wishes)': (
            lambda: made.run("completed"),
            lambda: made.run("completed", **WISHES),
        ),
        'run("completed", model=another each)': (
            lambda: made.run("completed"),
            lambda: made.run("completed", model=f"m-{next(models)}"),
        ),
        'run(metadata__team="x")': (made.run, lambda: made.run(metadata__team="x")),
        'runs(100, "completed", model="m")': (
            lambda: made.runs(100, "completed"),
            lambda: made.runs(100, "completed", model="m"),
        ),
        'run_list(20, metadata__team="x")': (
            lambda: made.run_list(20),
            lambda: made.run_list(20, metadata__team="x"),
        ),
    }
    both = {(name, at): make for name, pair in pairs.items() for at, make in enumerate(pair)}
    rates = rates_of(both)
    print("runs with wishes, per cpu second, and how many times as long as without:")
    print(f"  {'':<38}{'a second':>10}{'without':>10}  times as long")
    for name in pairs:
        without, wished = rates[name, 0], rates[name, 1]
        median, before = statistics.median(wished), statistics.median(without)
        print(f"  {name:<38}{median:>10,.0f}{before:>10,.0f}{ratio(without, wished):>14.2f}x")
