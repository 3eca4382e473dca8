"""Hosting: an application on a socket, in a thread for a while, or until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from run_contracts.errors import HarnessError, UsageError

START_PATIENCE = 10.0
"""Real seconds a start or a stop may take."""


@contextlib.contextmanager
def hosted(
    application: ASGIApp, *, host: str = "127.0.0.1", port: int = 0, adds_headers: bool = True
) -> Iterator[str]:
    """Serve an application in a thread while the block runs; yield its base URL, with ``/v1``.

    Port 0 takes a free one. What hosts it adds the headers Date and Server, unless told not to. At
    the end connections are closed, whatever is under way. Raises `UsageError` if the port is taken.
    """
    server = _AbruptServer(application, adds_headers=adds_headers)
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


def host_until_stopped(  # noqa: PLR0913 - how it is served
    application: ASGIApp,
    *,
    host: str,
    port: int,
    announce: Callable[[str], object],
    adds_headers: bool = True,
    drains: int = 1,
    keeps: int = 5,
) -> None:
    """Serve an application until a signal stops it; `announce` is told the base URL.

    Whoever is announced to can connect at once. What is under way at the end gets `drains` seconds,
    an idle connection stays for `keeps`. Raises `UsageError` if the port is taken.
    """
    config = _config(application, adds_headers=adds_headers)
    config.timeout_graceful_shutdown, config.timeout_keep_alive = drains, keeps
    config.lifespan = "auto"
    server = _Server(config)
    listening = _listening(host, port)
    announce(_url(listening))
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


class _AbruptServer(uvicorn.Server):
    """A server in a thread, which waits for nobody when it is to stop."""

    def __init__(self, application: ASGIApp, *, adds_headers: bool) -> None:
        """Serve an application; if it is cancelled at the end, without a word."""

        async def ending(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await application(scope, receive, send)
            except asyncio.CancelledError:
                if not self.should_exit:
                    raise

        super().__init__(_config(ending, adds_headers=adds_headers))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Abort what is open, then stop; what still works is cancelled with the loop."""
        self.force_exit = True
        for connection in list(self.server_state.connections):
            if (transport := getattr(connection, "transport", None)) is not None:
                transport.abort()
        # So that each request knows that its client is gone before anybody answers it.
        await asyncio.sleep(0)
        await super().shutdown(sockets)


def _config(application: ASGIApp, *, adds_headers: bool) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        # Its own configuration switches the access log of every server of the process on for a
        # moment, at each start.
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
        server_header=adds_headers,
        date_header=adds_headers,
    )


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
        raise UsageError(f"cannot listen on {host}:{port}: {reason}; choose another port") from None
    return listening


def _url(listening: socket.socket) -> str:
    host, port, *_ = listening.getsockname()
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/v1"


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_PATIENCE
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.005)
