"""What a load costs and finds: requests a second, the part that is judging, and three faults.

``python -m benchmarks load --seconds 30 --users 16`` drives the reference server, which runs in a
process of its own, by one process and by two workers. The right server must show nothing, and each
fault that only concurrency shows must be found.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from run_contracts.server.faults import CONCURRENT_FAULTS
from run_contracts.server.options import DEFAULT_KEY

LOCUSTFILE = """
from run_contracts.load import RunUser


class Mine(RunUser):
    shared = {shared}
"""
JUDGED = re.compile(r"(\d+) li(?:fe|ves) driven and judged, which took (\d+) %")
SENT = re.compile(r"([\d,]+) requests? in ([\d.]+) s")
BROKEN = re.compile(r"^  (RUN-\S+) MUST broken in (\d+)", re.MULTILINE)
SPEED = "8"
"""Server seconds in a real one: a run takes an eighth of what it usually does."""


def measure(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks load")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--users", type=int, default=16)
    asked = parser.parse_args(arguments)
    print(f"{asked.users} users for {asked.seconds} s each")
    print(f"  {'server':<22}{'processes':<12}{'requests':>9}{'a second':>10}{'lives':>7}", end="")
    print(f"{'judging':>9}  broken, in so many lives")
    for fault in ("", *CONCURRENT_FAULTS):
        for workers in (0, 2):
            print(line(fault, workers, users=asked.users, seconds=asked.seconds), flush=True)


def line(fault: str, workers: int, *, users: int, seconds: int) -> str:
    """Return what one load came to."""
    with served(fault) as url:
        text = driven(url, workers, users=users, seconds=seconds, shared=0.4)
    judged, sent = JUDGED.search(text), SENT.search(text)
    if judged is None or sent is None:
        raise RuntimeError(f"the load did not come to its end:\n{text[-2000:]}")
    requests = int(sent[1].replace(",", ""))
    broken = ", ".join(f"{one} {lives}" for one, lives in BROKEN.findall(text)) or "nothing"
    processes = f"{workers} workers" if workers else "1"
    return (
        f"  {fault or 'right':<22}{processes:<12}{requests:>9,}{requests / float(sent[2]):>10.0f}"
        f"{judged[1]:>7}{judged[2] + ' %':>9}  {broken}"
    )


@contextmanager
def served(fault: str) -> Iterator[str]:
    """Serve the reference server in a process of its own."""
    command = [sys.executable, "-m", "run_contracts", "serve", "--port", "0", "--speed", SPEED]
    command += ["--fault", fault] if fault else []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        greeting = process.stdout.readline()
        yield re.findall(r"http://\S+/v1", greeting)[0]
    finally:
        process.kill()
        process.wait()


def driven(url: str, workers: int, *, users: int, seconds: int, shared: float) -> str:
    """Return what a load printed."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "locustfile.py"
        place.write_text(LOCUSTFILE.format(shared=shared))
        command = [sys.executable, "-m", "locust", "-f", str(place), "--host", url, "--headless"]
        command += ["-u", str(users), "-r", str(users), "-t", f"{seconds}s", "--only-summary"]
        if workers:
            port = free_port()
            command += ["--processes", str(workers), "--master-bind-port", port]
            command += ["--master-port", port]
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=seconds + 120,
            env={**os.environ, "OPENAI_API_KEY": DEFAULT_KEY},
        )
    return done.stdout


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])
