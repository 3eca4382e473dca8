"""How many requests a night sends and judges in a second, and which faults it finds.

``python -m benchmarks night [--seconds S] [--jobs N] [--faults N] [--each S]`` lets a night search
the reference server, an application in process, for so many seconds; then each of N faults that a
smoke check does not show, evenly spread, until it shows it or S seconds are over.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.night_server import FAULT
from run_contracts.contract.requirements import register
from run_contracts.engine.selftest import Trial
from run_contracts.engine.selftest.trial import results
from run_contracts.events import Event, FirstSeen, NightEnded
from run_contracts.report import jsonlines
from run_contracts.server import FAULTS
from run_contracts.server.options import DEFAULT_KEY

EDITION = "v2"


@dataclass(frozen=True, kw_only=True)
class Searched:
    """A night: its report, its exit code, and the seconds of processors that all of it took."""

    events: tuple[Event, ...]
    code: int
    cpu: float

    @property
    def night(self) -> NightEnded:
        return next(one for one in self.events if isinstance(one, NightEnded))


def searched(seconds: float, jobs: int, fault: str = "", *options: str) -> Searched:
    """Let a night search the reference server with a fault, or none."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.jsonl")
        environment = os.environ | {
            FAULT: fault,
            "OPENAI_API_KEY": DEFAULT_KEY,
            "RUN_CONTRACTS_STATE": str(Path(folder, "state")),
        }
        own = [
            "--for",
            f"{seconds:g}s",
            "--jobs",
            str(jobs),
            "--corpus",
            str(Path(folder, "corpus")),
        ]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "run_contracts", "check", "benchmarks.night_server:app"),
                *("--profile", "smoke", "--quiet", "--report", str(report)),
                *own,
                *options,
            ],
            env=environment,
            check=False,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Searched(events=jsonlines.read(report), code=done.returncode, cpu=cpu)


def measure(options: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks night")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--faults", type=int, default=12)
    parser.add_argument("--each", type=float, default=45.0)
    chosen = parser.parse_args(options)
    if chosen.seconds:
        _measure_rate(chosen.seconds, chosen.jobs)
    if chosen.faults:
        _measure_faults(chosen.faults, chosen.each, chosen.jobs)


def _measure_rate(seconds: float, jobs: int) -> None:
    done = searched(seconds, jobs)
    night = done.night
    load = os.getloadavg()[0]
    print(f"a night of {seconds:g} s, {jobs} workers, the right reference server in process:")
    print(
        f"  {night.requests} requests in {night.rounds} rounds, all judged, exit code {done.code}"
    )
    rate = night.requests / night.seconds
    print(f"  {rate:.0f} a second in {night.seconds:.0f} s (load {load:.1f})")
    print(
        f"  {done.cpu:.1f} cpu-s in all, start and smoke check included: "
        f"{1000 * done.cpu / max(1, night.requests):.2f} cpu-ms a request"
    )
    each = 1_000_000 / max(1, night.requests)
    for what, spent in (("sending, server included", night.sending), ("judging", night.judging)):
        print(f"  {spent:.1f} of them {what}: {each * spent:.0f} us a request")
    print(f"  {night.entries} walks in the corpus, {len(night.findings)} found")


def _measure_faults(number: int, seconds: float, jobs: int) -> None:
    trials = [
        Trial(edition=EDITION, faults=(fault.id,), profile="smoke")
        for fault in FAULTS.values()
        if fault.requirement in register(EDITION)
    ]
    missed = [one.trial.faults[0] for one in results(trials, jobs=jobs) if not one.broken]
    every = max(1, len(missed) // number)
    sample = missed[::every][:number]
    print(f"{len(missed)} of {len(trials)} faults that smoke does not show; {len(sample)} of them:")
    found = []
    for fault in sample:
        started = time.perf_counter()
        done = searched(seconds, jobs, fault, "--strict", "--fail-fast")
        first = next(
            (one for one in done.events if isinstance(one, FirstSeen) and one.is_red), None
        )
        took = time.perf_counter() - started
        what = f"{first.requirement} after {done.night.seconds:.1f} s" if first else "not found"
        found += [done.night.seconds] if first else []
        print(
            f"  {fault:<20} {what} ({done.night.requests} requests, {took:.0f} s in all)",
            flush=True,
        )
    middle = sorted(found)[len(found) // 2] if found else 0.0
    print(f"  found {len(found)} of {len(sample)}, the middle one after {middle:.1f} s")
