"""The programs of `benchmarks.clients` on real sockets: towards a server, or a peer before it."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2

from benchmarks.clients import polling, streaming
from benchmarks.clients.program import URL, Desk
from benchmarks.clients.recorder import Recorder
from run_contracts.client.connection import Connection
from run_contracts.server import ServerOptions
from run_contracts.server.options import DEFAULT_KEY
from run_contracts.traffic.exchange import Exchange

PROGRAMS = (polling.work, streaming.work)
"""What works on sockets: the programs of `passive` that are on the SDK."""
SPEED = ServerOptions.for_checking().speed
"""Seconds of the counted servers that pass in one of ours."""
PAUSE = 0.01
"""Seconds before each request: a client that polls without a pause asks no more than others."""
SECONDS = 5.0
"""Seconds that a client waits for an answer."""
START = 60.0
"""Seconds that a peer may take until it listens."""
STOP = 20.0


class Towards(httpx2.BaseTransport):
    """Sends what a program asks of its server to another base URL."""

    def __init__(self, base: str) -> None:
        self._base, self._inner = httpx2.URL(base), httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer of the other place."""
        time.sleep(PAUSE)
        rest = request.url.raw_path[len(httpx2.URL(URL).raw_path) :]
        url = self._base.copy_with(raw_path=self._base.raw_path.rstrip(b"/") + rest)
        kept = [(k, v) for k, v in request.headers.multi_items() if k.lower() != "host"]
        waits = dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)
        sent = httpx2.Request(
            request.method,
            url,
            headers=kept,
            content=request.read(),
            extensions={"timeout": waits},
        )
        return self._inner.handle_request(sent)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def walked(base: str) -> tuple[list[Exchange], list[str]]:
    """Let programs work at a base URL; return what they exchanged, and what they gave up."""
    with closing(Towards(base)) as transport:
        connection = Connection(
            transport=transport, sleep=lambda seconds: time.sleep(seconds / SPEED)
        )
        recorder = Recorder(connection)
        desk = Desk(recorder=recorder, connection=connection, key=DEFAULT_KEY)
        given_up = [line for work in PROGRAMS for line in work(desk)]
        return recorder.exchanges, given_up


def free_port() -> int:
    """Return a port of loopback that nobody has."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def listening(words: Sequence[str], port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a peer that listens on a port while the block runs."""
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(words, cwd=folder, stdout=said, stderr=said)
    try:
        _await(process, port, folder)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP)
        finally:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    said = (folder / "said.txt").read_text(errors="replace")
    raise RuntimeError(f"it does not listen: {said[-300:]}")
