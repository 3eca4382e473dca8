"""Locust in a process of its own: it patches what it runs in, so no test imports it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

KEY = "sk-load-Qm7xP2vR9tLw"
"""A key that stands nowhere by chance."""
LONGEST = 90.0
"""Seconds after which a load is killed."""
LOCUSTFILE = """
import gevent
from locust import events
from locust.runners import WorkerRunner
from run_contracts.load import RunUser


class Mine(RunUser):
    {body}


@events.init.add_listener
def _end_early(environment, runner, **_):
    def watch():
        while not any(one.method == "CONTRACT" for one in environment.stats.errors.values()):
            gevent.sleep(0.1)
        runner.quit()

    if not isinstance(runner, WorkerRunner):
        gevent.spawn(watch)
"""
"""A load that ends as soon as a finding is in the statistics of the master."""


class Verbatim(str):
    """What is written into a locustfile as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, kw_only=True)
class Done:
    """A load that is over: its exit code and all that it printed."""

    code: int
    text: str


@contextmanager
def begun(
    folder: Path, url: str, *options: str, users: int = 6, seconds: int = 20, **fields: object
) -> Iterator[subprocess.Popen[str]]:
    """Begin a load, and see that nothing of it is left when the block is."""
    body = "\n    ".join(f"{name} = {value!r}" for name, value in {"host": url, **fields}.items())
    place = folder / "locustfile.py"
    place.write_text(LOCUSTFILE.format(body=body or "pass"))
    command = [sys.executable, "-m", "locust", "-f", str(place), "--headless", "--only-summary"]
    command += ["-u", str(users), "-r", str(users), "-t", f"{seconds}s", *options]
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={**os.environ, "OPENAI_API_KEY": KEY, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def ended(process: subprocess.Popen[str]) -> Done:
    """Return what a load came to."""
    text, _ = process.communicate(timeout=LONGEST)
    return Done(code=process.returncode, text=text)


def driven(folder: Path, url: str, *options: str, **asked: object) -> Done:
    """Drive a load to its end."""
    with begun(folder, url, *options, **asked) as process:  # type: ignore[arg-type]
        return ended(process)


def workers(number: int) -> tuple[str, ...]:
    """Return the options for a master and so many workers, at a port of their own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    return ("--processes", str(number), "--master-bind-port", port, "--master-port", port)
