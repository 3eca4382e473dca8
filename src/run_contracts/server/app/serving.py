"""Serving the reference server: in a thread for a while, or until it is told to stop."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from run_contracts.server.app.dispatcher import create_app
from run_contracts.server.app.hosting import host_until_stopped, hosted
from run_contracts.server.lives.planned_lives import Lives
from run_contracts.server.options import ServerOptions


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
    with hosted(create_app(options, lives=lives), host=host, port=port) as url:
        yield url


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
    planted = (*chosen.faults, *chosen.degradations)
    broken = f", broken on purpose: {', '.join(planted)}" if planted else ""

    def tell(url: str) -> None:
        announce(f"reference server at {url}, key {chosen.api_key}{broken}")

    host_until_stopped(create_app(chosen), host=host, port=port, announce=tell)
