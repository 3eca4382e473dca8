"""Clusters of dask as people start them: a scheduler and a worker, each a process on loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, kw_only=True)
class StartedCluster:
    """A cluster: where its scheduler is, and the processes of scheduler and worker."""

    address: str
    scheduler: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes]

    def judging(self) -> list[int]:
        """Return the processes that judge, which a worker's nanny starts and starts again."""
        return [pid for pid in children_of(self.worker.pid) if b"spawn_main" in command(pid)]


@contextmanager
def cluster(*options: str, processes: int = 2, **environment: str) -> Iterator[StartedCluster]:
    """Start a cluster of so many processes, and end it whatever happens."""
    address = f"tcp://127.0.0.1:{_free_port()}"
    started = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **environment}
    host, port = address.removeprefix("tcp://").split(":")
    with ExitStack() as stack:
        scheduler = stack.enter_context(
            _process(started, "scheduler", "--host", host, "--port", port, "--no-dashboard")
        )
        number = ("--nworkers", str(processes), "--nthreads", "1")
        worker = stack.enter_context(
            _process(started, "worker", address, *number, "--no-dashboard", *options)
        )
        found = StartedCluster(address=address, scheduler=scheduler, worker=worker)
        wait_until(lambda: len(found.judging()) == processes)
        yield found


@contextmanager
def _process(environment: dict[str, str], *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of dask in a session of its own, which is ended with all that is in it."""
    with subprocess.Popen(
        [sys.executable, "-m", "dask", *command],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it did not come to be"
        time.sleep(0.02)


def children_of(pid: int) -> list[int]:
    """Return the processes that the threads of a process started."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, thread.read_text().split())
    return found


def command(pid: int) -> bytes:
    """Return how a process was started; nothing of one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
