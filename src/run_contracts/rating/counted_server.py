"""A reference server on loopback for one run of a checker, which counts what it is asked."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from starlette.types import ASGIApp, Receive, Scope, Send

from run_contracts.server.app import create_app
from run_contracts.server.app.hosting import hosted
from run_contracts.server.options import ServerOptions

SERVER_SPEED = 300.0
"""Seconds of the server in a real one: a run works for 0.15 s, and expires after 2."""


@dataclass(slots=True)
class RequestCount:
    """An application that counts the requests it passes on."""

    application: ASGIApp
    requests: int = field(default=0, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a request, and pass it on."""
        self.requests += scope["type"] == "http"
        await self.application(scope, receive, send)


@contextmanager
def quiet_servers() -> Iterator[None]:
    """Let servers log nothing while the block runs: some faults are errors, and are meant."""
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "asyncio")]
    for logger in loggers:
        logger.addFilter(_drop)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(_drop)


def _drop(_: logging.LogRecord) -> bool:
    return False


@contextmanager
def counted(*, fault: str | None, seed: int, speed: float) -> Iterator[tuple[str, RequestCount]]:
    """Serve with a fault, or right, while the block runs; yield the base URL and the count."""
    faults = () if fault is None else (fault,)
    options = replace(ServerOptions.for_checking(seed=seed, faults=faults), speed=speed)
    counting = RequestCount(create_app(options))
    with hosted(counting) as url:
        yield url, counting
