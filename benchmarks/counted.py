"""A reference server in a process of its own that counts what it is asked.

`python -m benchmarks.counted [FAULT ...]` serves at the pace of a check and prints its base URL;
told to stop, it prints how many requests came.
"""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from run_contracts.server import ServerOptions, create_app
from run_contracts.server.options import DEFAULT_KEY

PATIENCE = 15.0


class Counting:
    """An ASGI application that counts the requests it passes on."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self.requests = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.requests += scope["type"] == "http"
        await self._application(scope, receive, send)


def main(faults: tuple[str, ...]) -> None:
    counting = Counting(create_app(ServerOptions.for_checking(faults=faults)))

    def told(*_: Any) -> None:
        print(counting.requests, flush=True)
        sys.exit()

    # Clients that go away in the middle of a stream are no news.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    # uvicorn stops at a signal and hands it on to whoever listened before.
    signal.signal(signal.SIGTERM, told)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/v1", flush=True)
    config = uvicorn.Config(
        counting,
        log_level="critical",  # what a fault raises on purpose is no news, either
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[listening])


@dataclass(kw_only=True)
class Counted:
    """A server that runs; how many requests came is there when it has stopped."""

    url: str
    key: str = DEFAULT_KEY
    requests: int = 0


@contextmanager
def counted(*faults: str) -> Iterator[Counted]:
    """Serve with these faults while the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.counted", *faults], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        server = Counted(url=process.stdout.readline().strip())
        if not server.url:
            raise RuntimeError(f"the server with {faults or 'no fault'} did not start")
        yield server
        process.terminate()
        out, _ = process.communicate(timeout=PATIENCE)
        server.requests = int(out)
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
