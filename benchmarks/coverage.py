"""How much of the contract a check sees: of the right server, and of its faults by smoke alone.

``python -m benchmarks coverage``
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from run_contracts.client.checked_target import PROFILES, Target
from run_contracts.contract.requirements import EDITIONS
from run_contracts.engine.runner import check
from run_contracts.engine.selftest import Trial
from run_contracts.engine.selftest.agreement import trials
from run_contracts.engine.selftest.trial import PATIENCE, TIMEOUT, URL, reference
from run_contracts.events import Covered, Decided, Event, Finished
from run_contracts.report.coverage_table import share
from run_contracts.server import FAULTS, ServerOptions
from run_contracts.types import Edition


def measure(_: list[str]) -> None:
    print("coverage of the right reference server:")
    for edition in EDITIONS:
        for profile in PROFILES:
            covered, requests = seen(edition, profile)
            print(f"  {edition} {profile}, {requests} requests: {share(covered)}")
            for part in covered.parts:
                beyond = sum(not one.is_due for one in part.items)
                unseen = ", ".join(part.unseen) or "nothing"
                print(f"    {part.name}: {beyond} out of reach; not seen: {unseen}")
    wanted = [one for one in trials(EDITIONS) if one.faults]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        found = list(pool.map(by_smoke, wanted, chunksize=4))
    missed = [f"{one.name} {one.edition}" for one, named, _ in found if not named]
    most = max(requests for _, _, requests in found)
    print(
        f"smoke alone names {len(found) - len(missed)} of {len(found)} faults, both editions, in "
        f"{most} requests at most; not: {', '.join(missed) or 'none'}"
    )


def by_smoke(trial: Trial) -> tuple[Trial, bool, int]:
    """Return whether smoke names what a fault breaks, and how many requests it sends."""
    events = checked(ServerOptions.for_checking(faults=trial.faults), trial.edition, "smoke")
    broken = {one.requirement for one in events if isinstance(one, Decided) and one.broken}
    requests = next(one.requests for one in events if isinstance(one, Finished))
    return trial, FAULTS[trial.faults[0]].requirement in broken, requests


def seen(edition: Edition, profile: str) -> tuple[Covered, int]:
    """Return what a check sees of the right server, and how many requests it sends."""
    events = checked(ServerOptions.for_checking(), edition, profile)
    covered = next(one for one in events if isinstance(one, Covered))
    return covered, next(one.requests for one in events if isinstance(one, Finished))


def checked(options: ServerOptions, edition: Edition, profile: str) -> list[Event]:
    """Check a server in this process."""
    target = Target(
        url=URL,
        key=options.api_key,
        edition=edition,
        profile=profile,
        patience=PATIENCE,
        timeout=TIMEOUT,
    )
    with reference(options) as connection:
        return list(check(target, connection=connection))
