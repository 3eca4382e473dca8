"""What the search finds alone: faults of the reference server, all probes switched off.

``python -m benchmarks search [N]`` tries each Nth fault, all of them by default.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode

from run_contracts.checks import outcomes
from run_contracts.client.session import Session
from run_contracts.client.target import Target
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
from run_contracts.server import FAULTS, ServerOptions

EDITION = "v2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the search showed of one server, and its price."""

    broken: frozenset[str]
    walked: frozenset[str]
    requests: int
    drawn: int
    seconds: float


def measure(arguments: list[str]) -> None:
    every = int(arguments[0]) if arguments else 1
    right, *faulty = (one for one in trials([EDITION]) if not one.degradations)
    alarms = searched(right).broken  # and what costs once in a process is paid
    tried = {FAULTS[one.faults[0]]: searched(one) for one in faulty[::every]}
    count = len(tried)
    found = [fault for fault, seen in tried.items() if fault.requirement in seen.broken]
    walks = sum(fault.requirement in seen.walked for fault, seen in tried.items())
    requests = sum(one.requests for one in tried.values())
    drawn = sum(one.drawn for one in tried.values())
    seconds = sum(one.seconds for one in tried.values())
    print(f"the search alone, {count} of {len(faulty)} faults, edition {EDITION}:")
    print(f"  found {len(found)} of {count}, by walks {walks}; {len(alarms)} on the right server")
    print(f"  {requests / count:.0f} requests and {seconds / count:.1f} cpu-s a server")
    print(f"  {requests / drawn:.2f} requests a case drawn ({drawn / count:.0f} a server)")
    print("  not found:", ", ".join(one.id for one in tried if one not in found) or "none")


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
        try:
            hunt = Hunt(session, broken_by(target, contract))
            search_statefully(context, hunt)
            walked = broken()
            explore(context, hunt)
        except Exception as error:  # a fault may keep the search from what it needs, as a probe
            print(f"  {trial.name}: {type(error).__name__}: {error}")
        return Found(
            broken=broken(),
            walked=walked,
            requests=len(session.exchanges),
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
