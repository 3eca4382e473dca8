"""What the search finds alone: faults of the reference server, all probes switched off.

``python -m benchmarks search [N]`` tries each Nth fault, all of them by default, and tells by area
of the requirement that a fault is named for how many were found.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode

from run_contracts.checks import outcomes
from run_contracts.client.checked_target import Target
from run_contracts.client.session import Session
from run_contracts.contract.loading import load
from run_contracts.engine.selftest import Trial
from run_contracts.engine.selftest.agreement import trials
from run_contracts.engine.selftest.trial import PATIENCE, TIMEOUT, URL, reference
from run_contracts.engine.verdicts import broken_by, evidence_of
from run_contracts.probes import ProbeContext
from run_contracts.probes.search import schemathesis_bridge as bridge
from run_contracts.probes.search.exploration import explore
from run_contracts.probes.search.hunt import Hunt
from run_contracts.probes.search.stateful import search_statefully
from run_contracts.server import FAULTS, Fault, ServerOptions

EDITION = "v2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the search showed of one server, and its price."""

    broken: frozenset[str]
    walked: frozenset[str]
    walk_requests: int
    requests: int
    drawn: int
    walk_seconds: float
    seconds: float


def measure(arguments: list[str]) -> None:
    every = int(arguments[0]) if arguments else 1
    right, *faulty = (one for one in trials([EDITION]) if not one.degradations)
    alarms = searched(right).broken  # and what costs once in a process is paid
    tried = [(FAULTS[one.faults[0]], searched(one)) for one in faulty[::every]]
    print(f"the search alone, {len(tried)} of {len(faulty)} faults, edition {EDITION}:")
    _print_price([seen for _, seen in tried])
    _print_found(tried)
    missed = [fault.id for fault, seen in tried if fault.requirement not in seen.broken]
    print(f"  on the right server: {', '.join(sorted(alarms)) or 'nothing'}")
    print(f"  not found: {', '.join(missed) or 'none'}")


def _print_price(seen: Collection[Found]) -> None:
    count, drawn = len(seen), sum(one.drawn for one in seen)
    walked = sum(one.walk_requests for one in seen), sum(one.walk_seconds for one in seen)
    whole = sum(one.requests for one in seen), sum(one.seconds for one in seen)
    for name, (requests, seconds) in (("walks", walked), ("walks and exploration", whole)):
        each = f"{requests / count:>5.0f} requests{seconds / count:>6.1f} cpu-s"
        print(f"  {name:<22}{each} a server")
    explored = whole[0] - walked[0]
    print(f"  {explored / drawn:.2f} requests a case drawn ({drawn / count:.0f} a server)")


def _print_found(tried: Collection[tuple[Fault, Found]]) -> None:
    print(f"  {'area':<10}{'faults':>8}{'by walks':>10}{'in all':>8}")
    every: Counter[str] = Counter()
    walked, found = every.copy(), every.copy()
    for fault, seen in tried:
        for area in (fault.requirement.split("-")[1], "all"):
            every[area] += 1
            walked[area] += fault.requirement in seen.walked
            found[area] += fault.requirement in seen.broken
    for area in sorted(every, key=lambda area: (area == "all", area)):
        print(f"  {area:<10}{every[area]:>8}{walked[area]:>10}{found[area]:>8}")


def searched(trial: Trial) -> Found:
    """Search the server of a trial, without any probe."""
    options = ServerOptions.for_checking(faults=trial.faults)
    target = Target(url=URL, key=options.api_key, patience=PATIENCE, timeout=TIMEOUT)
    contract = load(EDITION)

    def broken() -> frozenset[str]:
        seen = outcomes(evidence_of(target, contract, session.exchanges))
        return frozenset(one.requirement for one in seen if one.violation is not None)

    started = time.process_time()
    with reference(options) as line, Session(target, line) as session, counted() as drawn:
        context, walked = ProbeContext(session, contract), frozenset[str]()
        walk_requests, walk_seconds = 0, 0.0
        try:
            hunt = Hunt(session, broken_by(target, contract))
            search_statefully(context, hunt)
            walk_requests = len(session.exchanges)
            walk_seconds = time.process_time() - started
            walked = broken()
            explore(context, hunt)
        except Exception as error:  # a fault may keep the search from what it needs, as a probe
            print(f"  {trial.name}: {type(error).__name__}: {error}")
        return Found(
            broken=broken(),
            walked=walked,
            walk_requests=walk_requests,
            requests=len(session.exchanges),
            walk_seconds=walk_seconds,
            drawn=len(drawn),
            seconds=time.process_time() - started,
        )


@contextmanager
def counted() -> Iterator[list[None]]:
    """Return a list that grows by one with each case that schemathesis draws for an endpoint."""
    drawn: list[None] = []
    original = bridge.drawn_cases

    def counting(endpoint: bridge.Endpoint, mode: GenerationMode) -> SearchStrategy[Case[Any]]:
        def count(case: Case[Any]) -> Case[Any]:
            drawn.append(None)
            return case

        return original(endpoint, mode).map(count)

    bridge.drawn_cases = counting
    try:
        yield drawn
    finally:
        bridge.drawn_cases = original
