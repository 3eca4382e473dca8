"""The network: one clock for a whole answer, no cookies, and a proxy only where one may be used.

A transport counts the seconds of each read anew, so that a server which sends a byte now and then
would hold it for ever. This one holds every read of an answer to the moment by which all of it has
to be there.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from typing import Any, Protocol, cast

import httpcore2
import httpx2

from run_contracts.client.proxies import proxy_for
from run_contracts.traffic.base_urls import is_plain

UNTIL = "until"
"""The extension of a request with what says until when, by the monotonic clock, its answer may
take: `until`, which may change while it comes."""
WRITTEN_AT_ONCE = 4096
"""Bytes that are written in one go, with a look at the clock between."""


class NoCookies(CookieJar):
    """Keeps no cookie and sends none: what a server sets is for browsers."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Keep nothing."""

    def add_cookie_header(self, request: object) -> None:
        """Add nothing."""


class HasEnd(Protocol):
    """What knows the moment by which an answer has to be there."""

    until: float


class _Never:
    until = math.inf


class _Clock(threading.local):
    """What says until when the answer that a thread is waiting for may take."""

    of: HasEnd = _Never()

    def bounded(self, seconds: float | None, late: type[Exception]) -> float | None:
        """Return how long one call may take; raise what is raised where the time is over."""
        left = self.of.until - time.monotonic()
        if left <= 0:
            raise late("the time for the answer is over")
        return left if seconds is None else min(seconds, left)


class _Stream(httpcore2.NetworkStream):
    """A connection on which nothing takes longer than its clock says."""

    def __init__(self, stream: httpcore2.NetworkStream, clock: _Clock) -> None:
        self._stream, self._clock = stream, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        bounded = self._clock.bounded(timeout, httpcore2.ReadTimeout)
        return self._stream.read(max_bytes, bounded)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for at in range(0, len(buffer), WRITTEN_AT_ONCE):
            bounded = self._clock.bounded(timeout, httpcore2.WriteTimeout)
            self._stream.write(buffer[at : at + WRITTEN_AT_ONCE], bounded)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        bounded = self._clock.bounded(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, bounded), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore2.SyncBackend):
    """Opens connections that obey a clock."""

    def __init__(self, clock: _Clock) -> None:
        self._clock = clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        bounded = self._clock.bounded(timeout, httpcore2.ConnectTimeout)
        opened = super().connect_tcp(host, port, bounded, local_address, socket_options)
        return _Stream(opened, self._clock)


class Network(httpx2.BaseTransport):
    """Sends requests to a base URL over connections that are kept, each within its time.

    Raises `UsageError` for a proxy in the environment that cannot be used.
    """

    def __init__(self, url: str, *, keeps: int, kept_seconds: float) -> None:
        """Open a pool that keeps so many idle connections for so long; nothing is sent yet."""
        self._clock = _Clock()
        proxy = proxy_for(url)
        is_secret = not is_plain(url) or (proxy is not None and proxy.url.scheme == b"https")
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context() if is_secret else None,
            proxy=proxy,
            max_connections=100,
            max_keepalive_connections=keeps,
            keepalive_expiry=kept_seconds,
            network_backend=_Backend(self._clock),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer as soon as it begins."""
        end = request.extensions.get(UNTIL, _Never())
        sent = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        self._clock.of = end
        with _as_of_httpx():
            answer = self._pool.handle_request(sent)
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(cast("Iterable[bytes]", answer.stream), self._clock, end),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    """The body of an answer, which must have come by some moment."""

    def __init__(self, parts: Iterable[bytes], clock: _Clock, end: HasEnd) -> None:
        self._parts, self._clock, self._end = parts, clock, end

    def __iter__(self) -> Iterator[bytes]:
        left = iter(self._parts)
        while True:
            # Whoever reads may have sent something else meanwhile.
            self._clock.of = self._end
            with _as_of_httpx():
                part = next(left, None)
            if part is None:
                return
            yield part

    def close(self) -> None:
        close = getattr(self._parts, "close", None)
        if close is not None:
            close()


@contextmanager
def _as_of_httpx() -> Iterator[None]:
    """Raise the errors of the connections as those of the client, which have the same names."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise _named_alike(error) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise _named_alike(error) from error
    except (httpcore2.ProxyError, httpcore2.UnsupportedProtocol) as error:
        raise _named_alike(error) from error


def _named_alike(error: Exception) -> Exception:
    kind: type[Exception] = getattr(httpx2, type(error).__name__, httpx2.TransportError)
    return kind(str(error))
