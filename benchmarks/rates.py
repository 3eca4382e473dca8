"""Rates of what makes objects, and the table they are printed in, beside those of others."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from benchmarks import peers
from run_contracts import violations

ROUNDS = 35
SECONDS = 0.03
"""A machine that is quick and slow by turns is so for longer than a round takes."""
JUDGED = 1000
Peer = Callable[[], Any]
Rates = Mapping[str, list[float]]


def rates_of(made: Mapping[Any, Peer]) -> dict[Any, list[float]]:
    """Return the rates of each, measured in turn, in several rounds."""
    for make in made.values():
        make()
    rates: dict[Any, list[float]] = {name: [] for name in made}
    gc.freeze()  # what the imports of the peers left is no cost of those who make many
    for _ in range(ROUNDS):
        for name, make in made.items():
            rates[name].append(objects_a_second(make))
    gc.unfreeze()
    return rates


def objects_a_second(make: Peer) -> float:
    """Return objects a cpu second, over about `SECONDS` of cpu time."""
    made, started = 0, time.process_time()
    while (spent := time.process_time() - started) < SECONDS:
        made += len(objects(make()))
    return made / spent


def objects(found: Any) -> list[Any]:
    """Return what was made at once: the objects of a list or of a page, or the only one."""
    if isinstance(found, dict) and found.get("object") == "list":
        return list(found["data"])
    return found if isinstance(found, list) else [found]


def judged(make: Peer) -> list[Any]:
    found = make()
    return found if isinstance(found, list) else [found, *(make() for _ in range(JUDGED - 1))]


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
    print(f"  {'':<32}{'a second':>10}" + "".join(f"  {word}" for word in ratios.values()))
    for name, found in rates.items():
        columns = [
            f"{ratio(found, rates[peer]):>{len(word) + 1}.3f}x" for peer, word in ratios.items()
        ]
        median = statistics.median(found)
        print(f"  {name:<32}{median:>10,.0f}{''.join(columns)}  {right.get(name, '')}".rstrip())


def ratio(rates: list[float], others: list[float]) -> float:
    """Return the median of the ratios that were measured in one round."""
    return statistics.median(one / other for one, other in zip(rates, others, strict=True))
