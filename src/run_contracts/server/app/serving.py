"""Serving the reference server: in a thread for a while, or until it is told to stop."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn

from run_contracts.errors import HarnessError, UsageError
from run_contracts.server.app.dispatcher import create_app
from run_contracts.server.options import ServerOptions
from run_contracts.server.planned_lives import Lives

START_PATIENCE = 10.0
"""Real seconds a start or a stop may take."""


@contextlib.contextmanager
def running(
    options: ServerOptions | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    lives: Lives | None = None,
) -> Iterator[str]:
    """Serve in a thread while the block runs; yield the base URL, ``http://127.0.0.1:PORT/v1``.

    Port 0 takes a free one. `lives` say how the next runs go. Raises `UsageError` if the port is
    taken.
    """
    server = _server(options, lives)
    listening = _listening(host, port)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listening]}, name="reference-server", daemon=True
    )
    thread.start()
    try:
        _wait_until(lambda: server.started or not thread.is_alive())
        if not server.started:
            raise HarnessError("the reference server did not start")
        yield _url(listening)
    finally:
        server.should_exit = True
        thread.join(START_PATIENCE)
        listening.close()


def serve(
    options: ServerOptions | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    announce: Callable[[str], object] = print,
) -> None:
    """Serve until a signal stops it; `announce` is told the base URL and the key.

    Whoever is announced to can connect at once. Raises `UsageError` if the port is taken.
    """
    chosen = options or ServerOptions()
    server = _server(chosen)
    listening = _listening(host, port)
    planted = (*chosen.faults, *chosen.degradations)
    broken = f", broken on purpose: {', '.join(planted)}" if planted else ""
    announce(f"reference server at {_url(listening)}, key {chosen.api_key}{broken}")
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()


class _Server(uvicorn.Server):
    """A server for which a signal is a wish to stop, not the way to die."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the first signal, at once at the second; only the main thread gets any."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {sig: signal.signal(sig, self._stop) for sig in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def _server(options: ServerOptions | None, lives: Lives | None = None) -> uvicorn.Server:
    config = uvicorn.Config(
        create_app(options, lives=lives),
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    return _Server(config)


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raise `UsageError` if it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, for only then does asyncio switch off the delay that costs 40 ms an answer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        reason = str(getattr(error, "strerror", None) or error).lower()
        raise UsageError(
            f"cannot listen on {host}:{port}: {reason}; choose another --port"
        ) from None
    return listening


def _url(listening: socket.socket) -> str:
    host, port, *_ = listening.getsockname()
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_PATIENCE
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.005)
