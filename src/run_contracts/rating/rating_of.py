"""A checker rated: run against right servers, then against servers with one fault each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from run_contracts.contract.requirements import register
from run_contracts.engine.interrupts import Interrupts
from run_contracts.rating.checker import Checker
from run_contracts.rating.checker_runs import CheckerRun, Conditions, checker_run
from run_contracts.rating.counted_server import quiet_servers
from run_contracts.rating.fault_kinds import kind_of
from run_contracts.rating.fault_samples import faults_of
from run_contracts.rating.rated_checker import (
    RatedFault,
    Rating,
    alarms_of,
    cannot_tell,
    rated_fault,
)
from run_contracts.server.faults import Fault

DEFAULT_RIGHT_RUNS = 3
"""Runs against right servers, each with another seed: a checker may be flaky."""
Heard = Callable[[CheckerRun | RatedFault], None]
"""Is called with each run of a right server, and each fault, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingPlan:
    """What a rating does: which checker, on which servers, how many at once."""

    checker: Checker
    conditions: Conditions
    faults: tuple[Fault, ...]
    seed: int = 0
    right_runs: int = DEFAULT_RIGHT_RUNS
    jobs: int = 1
    at_least: int = 0


def rating_of(plan: RatingPlan, heard: Heard) -> Rating:
    """Rate a checker; what it began ends with this, also when somebody interrupts.

    Right servers come first, one at a time; where they show that the checker can tell nothing, no
    other is tried. Raises `UsageError` if the command cannot be started.
    """
    stop = threading.Event()
    with (
        quiet_servers(),
        Interrupts() as interrupts,
        ThreadPoolExecutor(plan.jobs, "rated") as pool,
    ):
        trying = _Trying(plan=plan, heard=heard, interrupts=interrupts, pool=pool, stop=stop)
        try:
            trying.right_servers()
            if not cannot_tell(plan.checker, trying.right):
                trying.faults()
        except KeyboardInterrupt:
            if not interrupts.is_asked:
                raise
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
    return Rating(
        checker=plan.checker,
        conditions=plan.conditions,
        seed=plan.seed,
        right=tuple(trying.right),
        tried=tuple(trying.tried),
        wanted=len(plan.faults),
        of=len(faults_of(plan.conditions.edition)),
        at_least=plan.at_least,
        interrupted=interrupts.exit_code,
    )


@dataclass(kw_only=True)
class _Trying:
    """A rating under way."""

    plan: RatingPlan
    heard: Heard
    interrupts: Interrupts
    pool: ThreadPoolExecutor
    stop: threading.Event
    right: list[CheckerRun] = field(default_factory=list)
    tried: list[RatedFault] = field(default_factory=list)

    def right_servers(self) -> None:
        """Try right servers, one after the other."""
        for seed in range(self.plan.right_runs):
            run = self._ended(self._begun(None, seed))
            self.right.append(run)
            self.heard(run)

    def faults(self) -> None:
        """Try each fault, several at once."""
        known, alarms = register(self.plan.conditions.edition), alarms_of(self.right)
        runs = [self._begun(fault, 0) for fault in self.plan.faults]
        for fault, begun in zip(self.plan.faults, runs, strict=True):
            kind = kind_of(known[fault.requirement])
            rated = rated_fault(fault, kind, self._ended(begun), alarms)
            self.tried.append(rated)
            self.heard(rated)

    def _begun(self, fault: Fault | None, seed: int) -> Future[CheckerRun]:
        """Return a run of the checker that a thread carries out."""
        return self.pool.submit(
            checker_run,
            self.plan.checker,
            self.plan.conditions,
            fault=fault.id if fault else None,
            seed=seed,
            is_over=self.stop.is_set,
        )

    def _ended(self, begun: Future[CheckerRun]) -> CheckerRun:
        """Return how a run ended, unless somebody interrupts before."""
        with self.interrupts.interruptible():
            return begun.result()
