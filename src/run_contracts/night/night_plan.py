"""The plan of a night: how long, where its corpus is, and how many search at once."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from run_contracts.client.budget import Budget
from run_contracts.client.checked_target import Target
from run_contracts.errors import UsageError

LANES_IN_PROCESS = 32
"""Rounds that one worker carries out at once in its own application, for runs take their time."""
PATIENT_WITH_LANES = 4
"""By how much longer an answer may take in a process that many rounds share."""
MOST_JOBS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class NightPlan:
    """How a check goes on after its end. Times are in seconds.

    `application` names what is checked in process, looked for in `folder`, too; it is empty for a
    server. So many `jobs` share the rate and the budget of the target.
    """

    target: Target
    seconds: float
    corpus: Path
    jobs: int
    application: str = ""
    folder: Path = Path()

    @property
    def lanes(self) -> int:
        """How many rounds each worker carries out at once."""
        return LANES_IN_PROCESS if self.application and self.target.rate is None else 1

    @property
    def worker_target(self) -> Target:
        """The target as a worker has it: its part of the rate, and no budget but that of rounds."""
        rate = None if self.target.rate is None else self.target.rate / self.jobs
        # Who shares a process with others waits for them, too.
        timeout = self.target.timeout * (PATIENT_WITH_LANES if self.lanes > 1 else 1)
        return replace(self.target, rate=rate, timeout=timeout, budget=Budget())

    @property
    def subject(self) -> str:
        """What is searched, in words: a night of something else does not go on with its log."""
        target = self.target
        # The embedded server has another port each time.
        where = "the embedded server" if target.is_embedded else self.application or target.address
        spoken = f", dialect {target.dialect}" if target.dialect else ""
        return target.hidden(f"{where} ({target.edition}{spoken})")


def usual_jobs(application: str) -> int:
    """Return how many workers search unless it is said: all cores if it is in process, else one."""
    if not application:
        return 1
    can_use = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(can_use or 1, MOST_JOBS))


def check_may_search(target: Target) -> None:
    """Raise `UsageError` if a night cannot search a target, for it creates what it needs."""
    if target.is_read_only:
        raise UsageError(
            "--for searches by creating runs, and this target is only read; give --write to let it"
        )
