"""What it costs to judge traffic as it comes: of each exchange the same, however many there are.

``python -m benchmarks judging [--most 1000000] [--jobs 2] [--program chatting]``: each process
judges the traffic of its own clients, as one session, and is asked what was found after each
`--asked-every` exchanges, as by who watches; 0 is only at the end. Beside the cost stands that of
`json.loads` for the same answers; what it takes to make the exchanges is measured apart, and taken
off.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import takewhile
from multiprocessing import get_context
from pathlib import Path

from benchmarks.many_exchanges import Days, many_exchanges
from run_contracts.contract.loading import load
from run_contracts.incremental.judge import IncrementalJudge
from run_contracts.incremental.rare_collections import collect_rarely

SIZES = (1_000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one process spent on so many exchanges; seconds of processor, bytes of memory."""

    exchanges: int
    size: int
    making: float
    reading: float
    judging: float
    first_half: float
    memory: int
    broken: int
    own_errors: int
    exercised: int


def judged(number: int, days: Days, asked_every: int) -> Cost:
    """Judge so many exchanges in this process, and say what it cost."""
    making, size = _made(number, days)
    reading = _read(number, days) - making
    judge = IncrementalJudge(load("v2"))
    collect_rarely()
    started, half = time.process_time(), 0.0
    for at, exchange in enumerate(many_exchanges(number, days)):
        judge.add(exchange)
        if asked_every and at % asked_every == 0:
            list(judge.judged())
        if at == number // 2:
            half = time.process_time() - started
    list(judge.close())
    return Cost(
        exchanges=number,
        size=size,
        making=making,
        reading=reading,
        judging=time.process_time() - started - making,
        first_half=half - making / 2,
        memory=_peak(),
        broken=judge.broken.total(),
        own_errors=judge.own_errors.total(),
        exercised=len(judge.exercised),
    )


def _peak() -> int:
    """Return the most memory of this process; what `getrusage` says begins with its parent's."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def _made(number: int, days: Days) -> tuple[float, int]:
    started, size = time.process_time(), 0
    for exchange in many_exchanges(number, days):
        size += len(exchange.response.body)
    return time.process_time() - started, size


def _read(number: int, days: Days) -> float:
    started = time.process_time()
    for exchange in many_exchanges(number, days):
        if exchange.response.body[:1] == b"{":
            json.loads(exchange.response.body)
    return time.process_time() - started


def measure(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks judging")
    parser.add_argument("--most", type=int, default=SIZES[-1], help="exchanges")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    from benchmarks.recorded_days import PROGRAMS, recorded_days  # noqa: PLC0415 - not to be judged by

    parser.add_argument("--program", choices=sorted(PROGRAMS), default="chatting")
    parser.add_argument("--asked-every", type=int, default=50, help="exchanges")
    asked = parser.parse_args(arguments)
    print(f"{asked.program}, {asked.jobs} processes, each with a session of its own")
    print(f"{'exchanges':>10} {'seconds':>8} {'each, us of cpu':>16} {'x json.loads':>13}", end="")
    print(f" {'2nd half':>9} {'peak MiB':>9} {'a second':>9}")
    days = recorded_days(asked.program)
    for number in takewhile(lambda one: one <= asked.most, SIZES):
        _print(number, asked.jobs, days, asked.asked_every)


def _print(number: int, jobs: int, days: Days, asked_every: int) -> None:
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        costs = list(pool.map(judged, [number // jobs] * jobs, [days] * jobs, [asked_every] * jobs))
    judging = sum(one.judging for one in costs)
    seconds = max(one.judging for one in costs)
    second_half = sum(one.judging - one.first_half for one in costs) / judging
    print(
        f"{number:>10,} {seconds:>8.1f} {judging / number * 1e6:>16.0f}"
        f" {judging / sum(one.reading for one in costs):>13.1f} {second_half:>9.0%}"
        f" {' + '.join(str(one.memory // 2**20) for one in costs):>9} {number / seconds:>9,.0f}"
    )
    wrong = sum(one.broken + one.own_errors for one in costs)
    if wrong or not all(one.exercised for one in costs):
        raise SystemExit(f"{wrong} violations on a right server, or nothing was judged")
