"""How fast runs are made, beside what people write or use instead; and how many are right."""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from benchmarks import drawn_peers, peers
from benchmarks.startup import milliseconds
from run_contracts import strategies, violations
from run_contracts.factories import make_run, make_runs

ROUNDS = 7
SECONDS = 0.15
EXAMPLES = 300
JUDGED = 1000
MANY = 1000
Peer = Callable[[], Any]
Rates = Mapping[str, list[float]]


def measure() -> None:
    factories()
    drawing()
    cold_start()


def factories() -> None:
    seeds = count()
    made: dict[str, Callable[[], Any]] = {
        "make_run()": make_run,
        'make_run("completed")': lambda: make_run("completed"),
        f"make_runs({MANY})": lambda: make_runs(MANY),
        "make_run(seed=i)": lambda: make_run(seed=next(seeds)),
        LITERAL: peers.literal,
        "faker calls by hand": peers.by_faker,
    }
    offered = {"factory_boy with traits": peers.by_traits, "polyfactory on Run": peers.by_model}
    made |= installed(offered)
    rates: dict[str, list[float]] = {name: [] for name in made}
    gc.freeze()  # what the imports of the peers left is no cost of those who make many
    for _ in range(ROUNDS):
        for name, make in made.items():
            rates[name].append(objects_a_second(make))
    gc.unfreeze()
    right = {name: consistent(judged(make)) for name, make in made.items()}
    print("runs made, per cpu second, as a ratio to the literal; fields fit the status in:")
    table(rates, {LITERAL: f"to {LITERAL}"}, right)
    absent(offered, made)


LITERAL = "dict literal and random"


def objects_a_second(make: Callable[[], Any]) -> float:
    """Return objects a cpu second, over about `SECONDS` of cpu time."""
    made, started = 0, time.process_time()
    while (spent := time.process_time() - started) < SECONDS:
        found = make()
        made += len(found) if isinstance(found, list) else 1
    return made / spent


def judged(make: Callable[[], Any]) -> list[Any]:
    found = make()
    return found if isinstance(found, list) else [found, *(make() for _ in range(JUDGED - 1))]


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
    right: dict[str, str] = {}
    for number in range(ROUNDS):
        for name, strategy in drawn.items():
            spent, found = examples(strategy, number, FEWER.get(name, EXAMPLES))
            rates[name].append(len(found) / spent)
            if number == 0 and "run" in name.lower():
                right[name] = consistent(found)
    ratios = {name: f"to {name}" for name in (BY_HAND, SMALL, INFERRED) if name in drawn}
    print("examples drawn, per cpu second, as a ratio to the peers; fields fit the status in:")
    table(rates, ratios, right)
    absent(offered, drawn)


COMPLETED = 'runs(status="completed")'
STREAMS = "event_streams(), 100 examples"
BY_HAND = "runs by hand"
SMALL = "small runs by hand"
INFERRED = "from_type(Run)"
FEWER = {STREAMS: 100}
"""A stream is ten objects and more; a third of the examples takes as long as those of others."""


def examples(strategy: st.SearchStrategy[Any], number: int, most: int) -> tuple[float, list[Any]]:
    """Return the cpu seconds that drawing takes, and what was drawn."""
    found: list[Any] = []

    @seed(number)
    @settings(
        max_examples=most,
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


def installed(offered: Mapping[str, Peer]) -> dict[str, Any]:
    """Return the peers that can be imported, ready to be measured."""
    found = {}
    for name, peer in offered.items():
        try:
            found[name] = peer()
        except ImportError:
            continue
    return found


def absent(offered: Iterable[str], found: Mapping[str, Any]) -> None:
    for name in offered:
        if name not in found:
            print(f"  {name:<32}  skipped, the peer is not installed")


def consistent(made: Iterable[Any]) -> str:
    """Say how many runs break no MUST about which fields are set in their status."""
    objects = [peers.plain(one) for one in made]
    right = sum(not any(map(speaks_of_status, violations(one))) for one in objects)
    if right in {0, len(objects)}:
        return "all" if right else "none"
    return f"1 in {len(objects) / right:,.0f} ({right} of {len(objects):,})"


def speaks_of_status(violation: Any) -> bool:
    return violation.level == "MUST" and violation.requirement.startswith("RUN-STATUS-")


def table(rates: Rates, ratios: Mapping[str, str], right: Mapping[str, str]) -> None:
    """Print the median rates, their ratios to some of the rows, and how many are right."""
    medians = {name: statistics.median(found) for name, found in rates.items()}
    print(f"  {'':<32}{'a second':>10}" + "".join(f"  {word}" for word in ratios.values()))
    for name, median in medians.items():
        columns = [
            f"{median / medians[peer]:>{len(word) + 1}.3f}x" for peer, word in ratios.items()
        ]
        print(f"  {name:<32}{median:>10,.0f}{''.join(columns)}  {right.get(name, '')}".rstrip())
