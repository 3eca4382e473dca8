"""What only a connection shows of a degradation, where a server in this process has none."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Collection
from typing import Self

import httpx2

from run_contracts.contract.operations import match
from run_contracts.contract.requirements import EDITIONS
from run_contracts.server.degradations import Degradation


class UnsteadyTransport(httpx2.BaseTransport):
    """A transport that fails as a connection to a degraded server does.

    A kept connection that the server closed after an error fails with the next request, before a
    byte of its answer, unless whoever had the error hung up, too. What hangs is given up in no
    time, and `sleep` is told how long it would have taken.
    """

    def __init__(
        self,
        inner: httpx2.BaseTransport,
        degradations: Collection[Degradation],
        sleep: Callable[[float], None],
    ) -> None:
        """Nothing is sent yet."""
        self._inner, self._sleep = inner, sleep
        self._hanging = frozenset[str]().union(*(one.hangs for one in degradations))
        self._closes = any(one.closes_after_errors for one in degradations)
        self._closed: ClosedConnection | None = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer, or fail as a connection does."""
        closed, self._closed = self._closed, None
        if closed is not None and not closed.is_left:
            closed.fail(request)
        matched = match(EDITIONS[-1], request.method, request.url.path)
        if matched is not None and matched[0].id in self._hanging:
            self._sleep((request.extensions.get("timeout") or {}).get("read") or 0.0)
            raise httpx2.ReadTimeout("no answer in time", request=request)
        response = self._inner.handle_request(request)
        if self._closes and response.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
            self._closed = ClosedConnection()
            response.extensions["network_stream"] = self._closed
        return response

    def close(self) -> None:
        """Close the transport that sends."""
        self._inner.close()


class ClosedConnection:
    """A kept connection that a server has closed; as the stream of an answer, its own socket."""

    is_left = False

    def get_extra_info(self, name: str) -> Self | None:
        """Return the socket."""
        return self if name == "socket" else None

    def shutdown(self, _how: int) -> None:
        """Hang up: no request goes over it any more."""
        self.is_left = True

    def fail(self, request: httpx2.Request) -> None:
        """Raise what a request on it meets: that the other side had closed before it came."""
        trace = request.extensions.get("trace") or (lambda *_: None)
        trace("http11.send_request_headers.started", {})
        reset = ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        raise httpx2.ReadError(str(reset), request=request) from reset
