"""A trial: one check of one reference server, right or faulty, in this process and in no time."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TypeGuard

from run_contracts.client.asgi_transport import InProcess
from run_contracts.client.checked_target import Target
from run_contracts.client.connection import Connection
from run_contracts.engine.runner import check
from run_contracts.engine.selftest.unsteady import UnsteadyTransport
from run_contracts.errors import HarnessError
from run_contracts.events import Broken, Decided, Event, Finished, ProbeEnded
from run_contracts.probes import Probe, planned
from run_contracts.server.app import create_app
from run_contracts.server.clock import PatientClock
from run_contracts.server.degradations import DEGRADATIONS
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
    """What is tried: faults and degradations at once, or the right server, in an edition.

    With `is_shuffled` the probes run in an order that the seed gives. `profile` says which run.
    """

    edition: Edition
    faults: tuple[str, ...] = ()
    degradations: tuple[str, ...] = ()
    profile: str = "full"
    seed: int = 0
    is_shuffled: bool = False

    @property
    def fault(self) -> str | None:
        """The only fault, or the first."""
        return next(iter(self.faults), None)

    @property
    def planted(self) -> str | None:
        """What is wrong where it is one thing, or the first of it; None on a right server."""
        return next(iter((*self.faults, *self.degradations)), None)

    @property
    def name(self) -> str:
        """What is wrong, or that nothing is."""
        return " ".join((*self.faults, *self.degradations)) or "right server"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """What a trial showed: requirements broken, those that held, could not be exercised or decided.

    `probes` says of each that did not come to its end why, `seconds` what it took in this process.
    `failure` says why the check itself did not come to its end, or which error of ours it had.
    """

    trial: Trial
    broken: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()
    undecided: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    probes: Mapping[str, str] = field(default_factory=dict)
    requests: int = 0
    seconds: float = field(default=0.0, compare=False)
    failure: str | None = None

    @property
    def exercised(self) -> frozenset[str]:
        """The requirements of which something was seen that decides them."""
        return self.broken | self.held


@contextmanager
def reference(options: ServerOptions) -> Iterator[Connection]:
    """Open a line to a reference server in this process whose time passes only for its clients."""
    clock = PatientClock(speed=options.speed, epoch=options.epoch or EPOCH)
    a_request = SECONDS_A_REQUEST / options.speed
    application = InProcess(create_app(options, clock), arriving=lambda: clock.sleep(a_request))
    degradations = [DEGRADATIONS[one] for one in options.degradations]
    transport = UnsteadyTransport(application, degradations, clock.sleep)
    try:
        yield Connection(transport=transport, now=clock.seconds, sleep=clock.sleep)
    finally:
        transport.close()


def tried(trial: Trial) -> TrialResult:
    """Check the server of a trial with the probes of its profile, and return what that showed."""
    options = ServerOptions.for_checking(
        seed=trial.seed, faults=trial.faults, degradations=trial.degradations
    )
    target = _target(options, trial.edition)
    try:
        with reference(options) as connection:
            events = check(target, probes=_probes(trial), connection=connection, tells_early=False)
            return _result(trial, list(events))
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
        held=frozenset(one.requirement for one in decided if one.result == "pass"),
        probes={one.probe: one.reason for one in seen if _is_cut(one)},
        blocked=frozenset(one.requirement for one in decided if one.result in NOT_EXERCISED),
        undecided=frozenset(
            one.requirement for one in decided if one.result in ("skip", "inconclusive")
        ),
        requests=footer.requests,
        seconds=footer.seconds,
        failure=next(iter(footer.own_errors), None) or (None if decided else footer.error),
    )


def _is_cut(event: Event) -> TypeGuard[ProbeEnded]:
    return isinstance(event, ProbeEnded) and bool(event.reason)


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
