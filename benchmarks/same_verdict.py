"""Whether exchanges judged as they come show what they show together, for every fault.

``python -m benchmarks same_verdict [--sample N] [--jobs N]``: the traffic of the programs of
`benchmarks.clients` with each faulty and each degraded server, and with right ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.both_verdicts import NARROW, as_they_come, together
from benchmarks.passive import ALL, Server, faulty, recorded
from run_contracts.contract.loading import load
from run_contracts.contract.requirements import EDITIONS
from run_contracts.server.degradations import DEGRADATIONS

EVERY = 7
"""Exchanges after each of which what was found so far is asked for."""


def compared(server: Server) -> tuple[Server, int, list[str]]:
    """Return how many exchanges there were with a server, and in what the verdicts differ."""
    exchanges, contract = recorded(server)[0][ALL], load(server.edition)
    whole = together(exchanges, contract)
    differences = []
    for name, every in (("at the end", None), ("all the time", EVERY)):
        seen = as_they_come(exchanges, contract, every=every)
        if seen != whole:
            other = {
                one[0] for one in seen.broken ^ whole.broken
            } | seen.exercised ^ whole.exercised
            differences.append(f"{name}: {', '.join(sorted(other))}")
    narrow = as_they_come(exchanges, contract, limits=NARROW, every=EVERY)
    if beyond := narrow.broken - whole.broken:
        differences.append(f"narrow: {sorted(beyond)}")
    if lost := whole.broken - narrow.broken:
        differences.append(f"narrow limits miss {len(lost)} of {len(whole.broken)}")
    return server, len(exchanges), differences


def servers(sample: int) -> Iterator[Server]:
    """Yield right, faulty and degraded servers, each so manieth."""
    yield from (Server(edition=edition, seed=seed) for edition in EDITIONS for seed in range(2))
    yield from faulty(sample)
    degraded = list(DEGRADATIONS)[::sample]
    yield from (Server(degradations=(one,), edition=e) for one in degraded for e in EDITIONS)


def measure(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks same_verdict")
    parser.add_argument("--sample", type=int, default=1, help="only each so manieth server")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    asked = parser.parse_args(arguments)
    number = same = total = 0
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        for server, exchanges, differences in pool.map(compared, servers(asked.sample)):
            number, total = number + 1, total + exchanges
            same += not any(not one.startswith("narrow limits") for one in differences)
            for one in differences:
                print(f"  {' '.join((*server.faults, *server.degradations))}: {one}")
    print(f"  {same} of {number} the same, {total:,} exchanges")
    if same < number or not total:
        raise SystemExit(f"{number - same} verdicts differ, or nothing was judged")
