"""Many files of sessions judged on one core, on all of this machine, and by clusters of dask.

``python -m benchmarks scheduler [--mib N]`` records the programs of `benchmarks.clients` on right
and faulty reference servers, writes archives of that, and judges them each way: the output must be
the same to the byte, even if a worker is killed midway.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.recordings.judging.clusters import StartedCluster, children_of, cluster

from benchmarks.clients.archive import archive
from benchmarks.passive import ALL, Server, recorded
from run_contracts.server import FAULTS

MIB = 1024**2
SERVERS = 8
"""Servers whose traffic is recorded; it is written again and again, of another host each time."""
FAULTY = 4
"""Each so manieth of them has a fault."""
TICKS = os.sysconf("SC_CLK_TCK")
HOST = "reference.invalid"


def measure(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks scheduler")
    parser.add_argument("--mib", type=int, default=200, help="size of all files together")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        files, size = _write(Path(folder), asked.mib * MIB)
        print(f"{files:,} archives of sessions, {size / MIB:,.0f} MiB")
        print("| judged by | seconds | cpu s | MiB/s | most memory, MiB: command, all | equal |")
        print("| --- | ---: | ---: | ---: | ---: | --- |")
        first: _Judged | None = None
        different: list[str] = []
        for name, judging in WAYS.items():
            judged = judging(Path(folder))
            first = first or judged
            is_equal = judged.said == first.said
            different += [] if is_equal else [name]
            print(judged.row(name, size, is_equal=is_equal), flush=True)
    if different:
        raise SystemExit(f"other output than on one core: {', '.join(different)}")


def _write(folder: Path, size: int) -> tuple[int, int]:
    """Write archives until they are as large as that, and return how many and how large."""
    faults = list(FAULTS)
    texts = []
    for seed in range(SERVERS):
        server = Server(seed=seed, faults=(faults[seed * 7],) if seed % FAULTY == 1 else ())
        texts.append(json.dumps(archive(recorded(server)[0][ALL])))
    number = written = 0
    while written < size:
        text = texts[number % len(texts)].replace(HOST, f"host-{number}.invalid")
        written += (folder / f"{number:05}.har").write_text(text)
        number += 1
    return number, written


@dataclass(kw_only=True)
class _Judged:
    """How a command went: what it said, how long it took, what it and its processes used."""

    said: tuple[bytes, bytes, int] = (b"", b"", 0)
    seconds: float = 0.0
    own: int = 0
    all: int = 0
    cpu: dict[int, float] = field(default_factory=dict)

    def row(self, name: str, size: int, *, is_equal: bool) -> str:
        speed = size / MIB / self.seconds
        cells = [name, f"{self.seconds:.1f}", f"{sum(self.cpu.values()):.1f}", f"{speed:.1f}"]
        cells += [f"{self.own:,}, {self.all:,}", "yes" if is_equal else "NO"]
        return f"| {' | '.join(cells)} |"


def _judge(
    folder: Path,
    *options: str,
    cores: Sequence[int] = (),
    beside: Callable[[], list[int]] = list,
    at_half: Callable[[], None] | None = None,
    half: float = 0.0,
) -> _Judged:
    """Judge a folder by the command, and watch it and the processes beside it.

    `at_half` is called after so many seconds.
    """
    command = [sys.executable, "-m", "run_contracts", "validate", *options, "."]
    judged, before = _Judged(), {pid: _cpu(pid) for pid in beside()}
    began = time.monotonic()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        with subprocess.Popen(command, cwd=folder, stdout=output, stderr=errors) as process:
            if cores:
                os.sched_setaffinity(process.pid, cores)
            while process.poll() is None:
                _watch(judged, process.pid, beside(), before)
                if at_half is not None and time.monotonic() - began > half:
                    at_half()
                    at_half = None
                time.sleep(0.1)
        judged.seconds = time.monotonic() - began
        assert at_half is None, "it ended before anything was killed"
        judged.said = _all_of(output), _all_of(errors), process.returncode
    return judged


def _all_of(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _watch(judged: _Judged, pid: int, beside: list[int], before: dict[int, float]) -> None:
    """Keep the largest memory so far, and the cpu time of each process so far."""
    every = [pid, *children_of(pid), *beside]
    for one in every:
        judged.cpu[one] = max(judged.cpu.get(one, 0.0), _cpu(one) - before.get(one, 0.0))
    held = [_memory(one) for one in every]
    judged.own, judged.all = max(judged.own, held[0]), max(judged.all, sum(held))


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in text.splitlines() if "VmRSS" in line), 0)


def _on_one_core(folder: Path) -> _Judged:
    return _judge(folder, cores=sorted(os.sched_getaffinity(0))[:1])


def _by_cluster(folder: Path, workers: int, *, is_killed: bool = False) -> _Judged:
    with cluster(processes=workers) as started:
        at_half = (lambda: os.kill(started.judging()[0], signal.SIGKILL)) if is_killed else None
        usual = _judge(folder, "--scheduler", started.address).seconds if is_killed else 0.0
        return _judge(
            folder,
            "--scheduler",
            started.address,
            beside=lambda: _processes(started),
            at_half=at_half,
            half=usual / 2,
        )


def _processes(started: StartedCluster) -> list[int]:
    """Return all processes of a cluster: the scheduler, the nanny, and those that judge."""
    return [started.scheduler.pid, started.worker.pid, *started.judging()]


WAYS: dict[str, Callable[[Path], _Judged]] = {
    "this machine, one core": _on_one_core,
    "this machine": _judge,
    "dask, 1 worker": lambda folder: _by_cluster(folder, 1),
    "dask, 2 workers": lambda folder: _by_cluster(folder, 2),
    "dask, 2 workers, one killed midway": lambda folder: _by_cluster(folder, 2, is_killed=True),
}
