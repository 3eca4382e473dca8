"""What a watch adds to traffic: seconds, and bytes of memory; and that it changes no byte."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

PROXIES = ("bare", "idle", "judged")
"""What a proxy does beside forwarding: nothing; all but the work of the judge; all of it."""
PARTS = [sys.executable, "-m", "benchmarks.watch_parts"]


def measure(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks watch")
    parser.add_argument("--rate", type=float, default=200.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each part of a round")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--soak", type=float, default=0.0, metavar="MINUTES")
    chosen = parser.parse_args(arguments)
    print(f"load of this machine before: {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    with _part("server", "0") as (server, _):
        if chosen.soak:
            _soak(server, chosen.rate, chosen.soak)
        else:
            _compare(server, chosen.rate, chosen.seconds, chosen.rounds)


def _compare(server: str, rate: float, seconds: float, rounds: int) -> None:
    """Print the latency of the direct path, through the proxy alone, and with the judge."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in ("direct", *PROXIES)}
    exchanges = streams = equal = 0
    with ExitStack() as parts:
        proxies = {name: parts.enter_context(_part("proxy", "0", server, name)) for name in PROXIES}
        urls = {"direct": server} | {name: url for name, (url, _) in proxies.items()}
        processes = {name: process.pid for name, (_, process) in proxies.items()}
        spent: dict[str, list[float]] = {name: [] for name in PROXIES}
        for url in urls.values():
            _load(url, rate, 3, "warm")
        _digests(server)
        for number in range(rounds):
            for name, url in urls.items():
                before = _cpu(processes[name]) if name in processes else 0.0
                said = _load(url, rate, seconds, f"{name}-{number}")
                if name in processes:
                    cpu = _cpu(processes[name]) - before
                    spent[name].append(1000 * cpu / len(said["latencies"]))
                seen[name].append(_percentiles(said["latencies"]))
                p50, p99 = seen[name][-1]
                print(f"  {name:<7} p50 {p50:6.2f} ms, p99 {p99:6.2f} ms, {said['failed']} failed")
                sent = _digests(server)
                if name != "direct":
                    exchanges += len(said["digests"])
                    streams += said["streams"]
                    equal += sum(sent.get(one) == digest for one, digest in said["digests"].items())
        numbers = _ended(proxies["judged"][1])
    for name, times in spent.items():
        print(f"the process that forwards, {name}: {median(times):.2f} ms of cpu a request")
    for other_name, name in pairwise(("direct", *PROXIES)):
        added = [
            tuple(a - b for a, b in zip(one, other, strict=True))
            for one, other in zip(seen[name], seen[other_name], strict=True)
        ]
        p50, p99 = (median(one[at] for one in added) for at in (0, 1))
        print(
            f"{name} over {other_name}: p50 {p50:+.2f} ms, p99 {p99:+.2f} ms (median of {rounds})"
        )
    print(f"{equal} of {exchanges} bodies are equal to what was sent, {streams} of them streams")
    _tell(numbers)


def _soak(server: str, rate: float, minutes: float) -> None:
    """Print a line a minute: memory of both processes, what is judged, latency."""
    with _part("proxy", "0", server, "judged") as (url, process):
        for minute in range(1, int(minutes) + 1):
            said = _load(url, rate, 60, f"soak-{minute}")
            _digests(server)
            numbers = json.load(urllib.request.urlopen(f"{url}/__run_contracts.json"))
            judge = _children(process.pid)
            p50, p99 = _percentiles(said["latencies"])
            print(
                f"minute {minute}: proxy {_megabytes(process.pid)} MB, "
                f"judge {sum(map(_megabytes, judge))} MB, {numbers['judged']} judged, "
                f"{numbers['waiting_or_lost']} waiting or lost, {said['failed']} failed, "
                f"p50 {p50:.2f} ms, p99 {p99:.2f} ms",
                flush=True,
            )
        _tell(_ended(process))


def _tell(numbers: dict[str, Any]) -> None:
    p50, p99 = (1000 * numbers["on_the_way"][at] for at in (49, 98))
    print(f"a request waits while it is kept for the judge: p50 {p50:.3f} ms, p99 {p99:.3f} ms")
    print(
        f"judged {numbers['judged']}, not judged {sum(numbers['unjudged'].values())}, "
        f"lost {numbers['waiting_or_lost']}, broken {numbers['broken']}, "
        f"{sum(numbers['exercised'].values())} outcomes of {len(numbers['exercised'])} rules"
    )


@contextmanager
def _part(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run a part while the block does; yield the URL that it prints."""
    process = subprocess.Popen([*PARTS, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process
    finally:
        process.terminate()
        process.wait(60)


def _ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    """End a proxy, and return the numbers of its watch."""
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    numbers: dict[str, Any] = json.loads(process.stdout.read().strip().splitlines()[-1])
    return numbers


def _load(url: str, rate: float, seconds: float, tag: str) -> dict[str, Any]:
    command = [*PARTS, "load", url, str(rate), str(seconds), tag]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, timeout=seconds + 60
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _digests(server: str) -> dict[str, str]:
    time.sleep(0.2)
    sent: dict[str, str] = json.load(urllib.request.urlopen(f"{server}/digests"))
    return sent


def _percentiles(latencies: list[float]) -> tuple[float, float]:
    cuts = quantiles(latencies, n=100)
    return cuts[49] * 1000, cuts[98] * 1000


def _cpu(pid: int) -> float:
    """Return the seconds of cpu that a process has taken, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _megabytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(resident.split()[1]) // 1024


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    every = [int(one) for one in text.split()]
    tasks = Path(f"/proc/{pid}/task")
    for task in tasks.iterdir():
        every += [int(one) for one in (task / "children").read_text().split()]
    return sorted(set(every))
