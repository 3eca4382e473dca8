"""What only a connection shows of a degradation, where a server in this process has none."""

from __future__ import annotations

import errno
from collections.abc import Callable, Collection
from typing import Any

import httpx2

from run_contracts.contract.operations import match
from run_contracts.contract.requirements import EDITIONS
from run_contracts.server.degradations import Degradation


class UnsteadyTransport(httpx2.BaseTransport):
    """A transport that fails as a connection to a degraded server does.

    A kept connection that was closed after an error fails with the next request, before a byte of
    its answer; what hangs is given up in no time, and `sleep` is told how long it would have taken.
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
        self._is_closed = False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer, or fail as a connection does."""
        if self._is_closed:
            self._is_closed = False
            # What is told of a request that goes over a connection that was kept.
            request.extensions.get("trace", _unheard)("http11.send_request_headers.started", {})
            reset = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
            raise httpx2.ReadError(str(reset), request=request) from reset
        matched = match(EDITIONS[-1], request.method, request.url.path)
        if matched is not None and matched[0].id in self._hanging:
            self._sleep((request.extensions.get("timeout") or {}).get("read") or 0.0)
            raise httpx2.ReadTimeout("no answer in time", request=request)
        response = self._inner.handle_request(request)
        self._is_closed = (
            self._closes and response.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR
        )
        return response

    def close(self) -> None:
        """Close the transport that sends."""
        self._inner.close()


def _unheard(_event: str, _info: dict[str, Any]) -> None:
    """Tell nobody what becomes of a request."""
