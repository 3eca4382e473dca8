"""Connections to one server that are used again, the one that was used last first.

A pool of httpcore2 asks every idle connection before each request whether it is still open, which
costs traffic more than all else that a proxy does. Here one is asked.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import httpcore2

from run_contracts.client.proxies import proxy_for
from run_contracts.traffic.base_urls import is_plain
from run_contracts.watching.forwarding import Upstream

IDLE_SECONDS = 4.0
"""Seconds an idle connection is kept: less than servers keep theirs."""
FRESH_SECONDS = 1.0
"""Seconds for which an idle connection takes what is never sent twice: no server closes it before.

Later a server may be just about to, and nobody knows whether it read what is sent then.
"""
MOST_IDLE = 100
HUNG_UP = "without sending a response"
SENT_AGAIN = (b"GET", b"HEAD")
"""Methods that are sent once more if the server closed a connection that was kept (RFC 9110)."""


class HungUp(httpcore2.RemoteProtocolError):
    """A server closed a connection of its own accord, and did not answer."""


class UpstreamConnections:
    """Sends requests to one server; the environment may name a proxy for it."""

    def __init__(self, upstream: Upstream, now: Callable[[], float] = time.monotonic) -> None:
        """Open none; raise `UsageError` for a proxy in the environment that cannot be used.

        `now` counts seconds.
        """
        self._origin = httpcore2.Origin(upstream.scheme, upstream.host, upstream.port)
        self._tls: Any = None if is_plain(upstream.url) else _tls()
        self._idle: deque[_Idle] = deque()
        self._now = now
        proxy = proxy_for(upstream.url)
        self._pool = (
            httpcore2.AsyncConnectionPool(
                ssl_context=self._tls,
                proxy=proxy,
                max_connections=None,
                max_keepalive_connections=MOST_IDLE,
                keepalive_expiry=FRESH_SECONDS,  # whatever is sent: a pool does not ask
            )
            if proxy is not None
            else None
        )

    async def send(self, request: httpcore2.Request, *, is_small: bool) -> Sent:
        """Return the answer when it begins; raise what httpcore2 does, and `HungUp`.

        What `is_small` has no body that would have to be read twice.
        """
        if self._pool is not None:
            return Sent(await self._pool.handle_async_request(request), None, self)
        is_again = is_small and request.method in SENT_AGAIN
        connection = await self._kept(IDLE_SECONDS if is_again else FRESH_SECONDS)
        if connection is not None:
            try:
                return Sent(await connection.handle_async_request(request), connection, self)
            except httpcore2.RemoteProtocolError as error:
                if not (is_again and HUNG_UP in str(error)):
                    raise
        connection = httpcore2.AsyncHTTPConnection(
            self._origin, ssl_context=self._tls, keepalive_expiry=IDLE_SECONDS
        )
        try:
            return Sent(await connection.handle_async_request(request), connection, self)
        except httpcore2.RemoteProtocolError as error:
            raise (HungUp(str(error)) if HUNG_UP in str(error) else error) from None

    def keep(self, connection: httpcore2.AsyncHTTPConnection) -> bool:
        """Keep a connection for the next request, if it can have one."""
        if not connection.is_idle() or len(self._idle) >= MOST_IDLE:
            return False
        self._idle.append(_Idle(self._now(), connection))
        return True

    async def aclose(self) -> None:
        """Close what is idle."""
        for idle in self._idle:
            await _close(idle.connection)
        self._idle.clear()
        if self._pool is not None:
            await self._pool.aclose()

    async def _kept(self, longest: float) -> httpcore2.AsyncHTTPConnection | None:
        """Return the connection that was used last, if it is open and not idle for longer."""
        if self._idle and self._idle[0].connection.has_expired():
            await _close(self._idle.popleft().connection)
        while self._idle and self._now() - self._idle[-1].since <= longest:
            connection = self._idle.pop().connection
            if not connection.has_expired():
                return connection
            await _close(connection)
        return None


class _Idle(NamedTuple):
    """A connection that waits for a request, and since when."""

    since: float
    connection: httpcore2.AsyncHTTPConnection


class Sent:
    """An answer that has begun, and the connection that it comes on."""

    def __init__(
        self,
        answer: httpcore2.Response,
        connection: httpcore2.AsyncHTTPConnection | None,
        connections: UpstreamConnections,
    ) -> None:
        """Nothing of its body was read."""
        self.answer = answer
        self._connection, self._connections = connection, connections

    async def aclose(self) -> None:
        """End the answer; its connection is used again if it was read to its end."""
        with contextlib.suppress(httpcore2.NetworkError, httpcore2.ProtocolError):
            await self.answer.aclose()
        connection = self._connection
        if connection is not None and not self._connections.keep(connection):
            await _close(connection)


async def _close(connection: httpcore2.AsyncHTTPConnection) -> None:
    with contextlib.suppress(httpcore2.NetworkError, httpcore2.ProtocolError, OSError):
        await connection.aclose()


def _tls() -> Any:
    import httpx2  # noqa: PLC0415 - only for https

    return httpx2.create_ssl_context()
