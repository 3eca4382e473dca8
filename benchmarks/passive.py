"""What traffic shows alone: programs do a day's work, and what passed is judged without a probe.

``python -m benchmarks passive [--sample N] [--jobs N]`` runs the programs of `benchmarks.clients`
on each fault of the reference server, and on right and degraded ones.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

from benchmarks.clients import plain_http, polling, streaming
from benchmarks.clients.archive import broken_in_file
from benchmarks.clients.program import Desk
from benchmarks.clients.recorder import Recorder
from run_contracts.checks import outcomes
from run_contracts.contract.loading import load
from run_contracts.contract.requirements import EDITIONS, register
from run_contracts.engine.selftest.matrix import read_matrix
from run_contracts.engine.selftest.trial import reference
from run_contracts.server import FAULTS, ServerOptions
from run_contracts.server.degradations import DEGRADATIONS
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.types import Edition

PROGRAMS = {"polling": polling.work, "streaming": streaming.work, "plain": plain_http.work}
ALL = "all of them"
OF_EDITION: Mapping[Edition, tuple[str, ...]] = {"v2": tuple(PROGRAMS), "v1": ("plain",)}
"""The programs that speak each edition; the SDK has only the newest."""
SEEDS = 20
FILES = 8
"""Each so manieth faulty server's traffic is judged as a file, too."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that the programs meet: what is wrong with it, and its seed.

    With `as_file` the traffic is written to a file, too, and that is judged.
    """

    faults: tuple[str, ...] = ()
    degradations: tuple[str, ...] = ()
    edition: Edition = "v2"
    seed: int = 0
    as_file: bool = False


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the traffic with a server shows, by program and of all together.

    It is judged as that of people who know nothing of others, and as of those who are alone.
    """

    server: Server
    broken: Mapping[str, frozenset[str]]
    broken_alone: Mapping[str, frozenset[str]]
    exercised: Mapping[str, frozenset[str]]
    exchanges: Mapping[str, int]
    given_up: tuple[str, ...]
    seconds: float
    in_file: frozenset[str] | None = None


def recorded(
    server: Server, programs: Collection[str] = ()
) -> tuple[dict[str, list[Exchange]], list[str]]:
    """Let programs do their day's work, one after another on one server; all of its edition.

    Returns what was recorded of each, and what they gave up.
    """
    options = ServerOptions(
        seed=server.seed,
        faults=server.faults,
        degradations=server.degradations,
        queue_seconds=2.5,
        work_seconds=4.0,
        cancel_seconds=1.0,
    )
    traffic: dict[str, list[Exchange]] = {}
    given_up: list[str] = []
    with reference(options) as connection:
        recorder = Recorder(connection, server.edition)
        desk = Desk(recorder=recorder, connection=connection, key=options.api_key)
        for name in programs or OF_EDITION[server.edition]:
            before = len(recorder.exchanges)
            given_up += PROGRAMS[name](desk)
            traffic[name] = recorder.exchanges[before:]
        traffic[ALL] = recorder.exchanges
    return traffic, given_up


def judged(server: Server, programs: Collection[str] = ()) -> Judged:
    """Return what the traffic of the programs shows of a server; nothing is known but it."""
    started = time.process_time()
    traffic, given_up = recorded(server, programs)
    contract = load(server.edition)
    broken, alone, exercised = {}, {}, {}
    for name, exchanges in traffic.items():
        evidence = Evidence(contract=contract, exchanges=tuple(exchanges))
        seen, seen_alone = list(outcomes(evidence)), outcomes(replace(evidence, is_alone=True))
        broken[name] = frozenset(one.requirement for one in seen if one.violation is not None)
        alone[name] = frozenset(one.requirement for one in seen_alone if one.violation is not None)
        exercised[name] = frozenset(one.requirement for one in seen)
    return Judged(
        server=server,
        broken=broken,
        broken_alone=alone,
        exercised=exercised,
        exchanges={name: len(exchanges) for name, exchanges in traffic.items()},
        given_up=tuple(given_up),
        in_file=broken_in_file(traffic[ALL]) if server.as_file else None,
        seconds=time.process_time() - started,
    )


def all_judged(servers: Collection[Server], jobs: int) -> list[Judged]:
    """Return what is seen of each server, with so many processes."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(pool.map(judged, servers, chunksize=4))


def faulty(sample: int = 1) -> list[Server]:
    """Return a server with each fault, or each of so many, in the newest edition that knows it."""
    return [
        Server(faults=(fault.id,), edition=_edition(fault.requirement), as_file=not at % FILES)
        for at, fault in enumerate(list(FAULTS.values())[::sample])
    ]


def _edition(requirement: str) -> Edition:
    return next(one for one in reversed(EDITIONS) if requirement in register(one).by_id)


def measure(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks passive")
    parser.add_argument("--sample", type=int, default=1, help="only each so manieth server")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    asked = parser.parse_args(arguments)
    seeds = range(0, SEEDS, asked.sample)
    unbroken = [Server(edition=e, seed=s, as_file=not s) for e in EDITIONS for s in seeds]
    right = all_judged(unbroken, asked.jobs)
    poor = [Server(degradations=(one,), edition=e) for one in DEGRADATIONS for e in EDITIONS]
    degraded = all_judged(poor[:: asked.sample], asked.jobs)
    found = all_judged(faulty(asked.sample), asked.jobs)
    _print_programs(right, found)
    _print_areas(found)
    _print_alarms(right)
    _print_degraded(degraded)
    _print_files((*right, *found))
    spent = sum(one.seconds for one in (*right, *degraded, *found))
    print(f"  {spent:.0f} cpu-s, {spent / len([*right, *degraded, *found]):.2f} a server")


def is_caught(seen: Judged, name: str, *, is_alone: bool = False) -> bool:
    """Say whether a program's traffic shows the requirement broken that a fault is named for."""
    broken = seen.broken_alone if is_alone else seen.broken
    return FAULTS[seen.server.faults[0]].requirement in broken.get(name, ())


def _print_programs(right: Iterable[Judged], found: Collection[Judged]) -> None:
    print(f"traffic judged without a probe, {len(found)} faults of {len(FAULTS)}:")
    head = f"  {'program':<14}{'exchanges':>10}{'requirements':>14}"
    print(f"{head}{'caught':>8}{'alone':>8}{'alarms':>8}")
    newest = [one for one in right if one.server.edition == EDITIONS[-1]]
    for name in (*PROGRAMS, ALL):
        caught = sum(is_caught(one, name) for one in found)
        alone = sum(is_caught(one, name, is_alone=True) for one in found)
        wrong = (said.get(name, ()) for one in right for said in (one.broken, one.broken_alone))
        alarms = len(frozenset[str]().union(*wrong))
        exercised = len(frozenset[str]().union(*(one.exercised[name] for one in newest)))
        most = max(one.exchanges[name] for one in newest)
        print(f"  {name:<14}{most:>10}{exercised:>14}{caught:>8}{alone:>8}{alarms:>8}")
    union = sum(any(is_caught(one, name) for name in one.broken) for one in found)
    print(f"  by any {union} of {len(found)}, {100 * union / len(found):.0f} %")


def _print_areas(found: Iterable[Judged]) -> None:
    missed: dict[str, list[str]] = {}
    for one in found:
        if not any(is_caught(one, name) for name in one.broken):
            fault = one.server.faults[0]
            others = sorted(frozenset[str]().union(*one.broken.values()))
            note = f" ({', '.join(others[:3])})" if others else ""
            if any(is_caught(one, name, is_alone=True) for name in one.broken):
                note = " (caught alone)"
            missed.setdefault(fault.split("-")[1], []).append(fault + note)
    for area, faults in sorted(missed.items()):
        print(f"  missed {area}: {'; '.join(faults)}")


def _print_alarms(right: Iterable[Judged]) -> None:
    alarms: Counter[str] = Counter()
    given_up: Counter[str] = Counter()
    for one in right:
        for name, broken in (*one.broken.items(), *one.broken_alone.items()):
            alarms.update(f"{requirement} by {name}" for requirement in broken)
        given_up.update(one.given_up)
    print(f"  right servers: {dict(alarms) or 'no alarm'}, given up: {dict(given_up) or 'nothing'}")


def _print_degraded(degraded: Iterable[Judged]) -> None:
    matrix = read_matrix()
    for one in degraded:
        planted, edition = one.server.degradations[0], one.server.edition
        declared = matrix.declared(edition, planted).broken
        beyond = frozenset[str]().union(*one.broken.values()) - declared
        if beyond:
            print(f"  {planted} {edition}: beyond the matrix {', '.join(sorted(beyond))}")


def _print_files(seen: Iterable[Judged]) -> None:
    files = [one for one in seen if one.in_file is not None]
    print(f"  {len(files)} of them as a HAR, by `run-contracts validate`: ", end="")
    others = [one for one in files if one.in_file != one.broken[ALL]]
    print(f"{len(files) - len(others)} the same")
    for one in others:
        in_file = one.in_file or frozenset()
        beyond, less = sorted(in_file - one.broken[ALL]), sorted(one.broken[ALL] - in_file)
        print(f"    {' '.join(one.server.faults)}: in the file also {beyond}, not {less}")
