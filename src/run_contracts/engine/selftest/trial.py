"""A trial: one check of one reference server, right or faulty, in this process and in no time."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context

from run_contracts.client.asgi import InProcess
from run_contracts.client.connection import Connection
from run_contracts.client.target import Target
from run_contracts.engine.runner import check
from run_contracts.errors import HarnessError
from run_contracts.events import Broken, Decided, Event, Finished
from run_contracts.probes import Probe, planned
from run_contracts.server.app import create_app
from run_contracts.server.clock import PatientClock
from run_contracts.server.options import ServerOptions
from run_contracts.types import Edition

URL = "http://reference.invalid/v1"
EPOCH = 1_800_000_000
SECONDS_A_REQUEST = 1.0
"""Virtual seconds that pass with each request, so that what follows is seen to come later."""
PATIENCE, TIMEOUT = 10.0, 1.0
"""Seconds a check waits for a run, on the virtual clock, and for an answer, on ours."""
NOT_EXERCISED = frozenset({"blocked", "error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is tried: a fault, or the right server, in an edition.

    With `is_shuffled` the probes run in an order that the seed gives. `profile` says which run.
    """

    edition: Edition
    fault: str | None = None
    profile: str = "full"
    seed: int = 0
    is_shuffled: bool = False

    @property
    def name(self) -> str:
        """The fault, or that there is none."""
        return self.fault or "right server"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """What a trial showed: requirements broken, those that could not be exercised or decided.

    `failure` says why the check itself did not come to its end, if it did not.
    """

    trial: Trial
    broken: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()
    undecided: frozenset[str] = frozenset()
    requests: int = 0
    failure: str | None = None


@contextmanager
def reference(options: ServerOptions) -> Iterator[Connection]:
    """Open a line to a reference server in this process whose time passes only for its clients."""
    clock = PatientClock(speed=options.speed, epoch=options.epoch or EPOCH)
    a_request = SECONDS_A_REQUEST / options.speed
    transport = InProcess(create_app(options, clock), arriving=lambda: clock.sleep(a_request))
    try:
        yield Connection(transport=transport, now=clock.seconds, sleep=clock.sleep)
    finally:
        transport.close()


def tried(trial: Trial) -> TrialResult:
    """Check the server of a trial with the probes of its profile, and return what that showed."""
    faults = (trial.fault,) if trial.fault else ()
    options = ServerOptions.for_checking(seed=trial.seed, faults=faults)
    target = _target(options, trial.edition)
    try:
        with reference(options) as connection:
            return _result(trial, list(check(target, probes=_probes(trial), connection=connection)))
    except Exception as error:
        return TrialResult(trial=trial, failure=f"{type(error).__name__}: {error}")


def seen(fault: str, edition: Edition, requirement: str) -> Broken:
    """Return what a check sees of a requirement that a fault breaks.

    Raises `HarnessError` if it does not see it.
    """
    options = ServerOptions.for_checking(faults=(fault,))
    for probes in (None, planned("full")):  # those meant for it are quick; others may show it, too
        with reference(options) as connection:
            events = check(
                _target(options, edition), only=[requirement], probes=probes, connection=connection
            )
            for event in events:
                if isinstance(event, Decided) and event.broken:
                    return event.broken[0]
    raise HarnessError(f"the fault {fault} does not show {requirement} broken in {edition}")


def _target(options: ServerOptions, edition: Edition) -> Target:
    return Target(url=URL, key=options.api_key, edition=edition, patience=PATIENCE, timeout=TIMEOUT)


def _probes(trial: Trial) -> Collection[Probe]:
    probes = planned(trial.profile)
    if not trial.is_shuffled:
        return probes
    return random.Random(trial.seed).sample(probes, len(probes))  # noqa: S311 - an order, no secret


def _result(trial: Trial, seen: list[Event]) -> TrialResult:
    decided = [event for event in seen if isinstance(event, Decided)]
    footer = next(event for event in seen if isinstance(event, Finished))
    return TrialResult(
        trial=trial,
        broken=frozenset(one.requirement for one in decided if one.result == "fail"),
        blocked=frozenset(one.requirement for one in decided if one.result in NOT_EXERCISED),
        undecided=frozenset(
            one.requirement for one in decided if one.result in ("skip", "inconclusive")
        ),
        requests=footer.requests,
        failure=footer.error if not decided else None,
    )


def results(trials: Collection[Trial], *, jobs: int = 1) -> Iterator[TrialResult]:
    """Yield the result of each trial, in their order; with several jobs each is a process."""
    if jobs == 1 or len(trials) == 1:
        yield from map(tried, trials)
        return
    # Not forked: whoever asks may have threads.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(tried, trials, chunksize=CHUNK)


CHUNK = 4
"""Trials a process takes at a time."""
