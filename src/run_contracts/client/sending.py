"""Sending: a request over a kept connection or a new one, once more where that is safe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2

from run_contracts.client.body_reader import ACCEPTED, Allowance, Limits
from run_contracts.client.network import Network, NoCookies
from run_contracts.client.receiving import NoAnswer, Watcher, received
from run_contracts.contract.azure import with_version, without_version
from run_contracts.traffic.exchange import NO_ANSWER, Response

KEPT_SECONDS = 1.0
"""Seconds an idle connection is used again; servers close theirs after 2 (gunicorn) or 5."""
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
"""Methods that do the same once or twice."""
SILENT_TWICE = 2
"""Times that a server leaves a request unanswered after which it is not by chance."""


class VersionedClient(httpx2.Client):
    """A client that names a version of Azure's API in every request, if there is one."""

    def __init__(self, version: str | None, **options: Any) -> None:
        """Open it with the options of any client."""
        super().__init__(**options)
        self._version = version

    def build_request(self, *parts: Any, **more: Any) -> httpx2.Request:
        """Return a request, with the version in its query."""
        request = super().build_request(*parts, **more)
        if self._version is not None:
            request.url = httpx2.URL(with_version(str(request.url), self._version))
        return request


class Connections:
    """The connections to a target, kept as long as the server keeps to them.

    A request on a kept connection that dies before any answer says nothing of the request: the
    server may have closed what was idle. It is sent once more on a new one if its method is
    idempotent. A POST only is if the server cannot have read the whole of it: the system tells of a
    reset or a broken pipe, which it does when the other side closed before everything was read; a
    server that had read it all, and then died, ends the connection in order. After that no
    connection is kept any more.

    What the server leaves unanswered on a new connection is its own doing. An idempotent request
    is sent a second time all the same, for once may be the network's.
    """

    def __init__(self, url: str, transport: httpx2.BaseTransport | None, timeout: float) -> None:
        """Open a pool to a base URL, of our own unless a transport is given; nothing is sent yet.

        The version in its query, if it has one, is named in every request that its client makes.
        Raises `UsageError` for a proxy in the environment that cannot be used.
        """
        self._transport, self._timeout = transport, timeout
        self._url, self._version = without_version(url)
        self.client = self._opened(keeps=20)
        self._once: httpx2.Client | None = None
        self._allowance = Allowance()
        self._are_kept = True

    def _opened(self, *, keeps: int) -> httpx2.Client:
        return VersionedClient(
            self._version,
            timeout=self._timeout,
            follow_redirects=False,
            trust_env=False,
            cookies=NoCookies(),
            headers={"Accept-Encoding": ACCEPTED},
            transport=self._transport or Network(self._url, keeps=keeps, kept_seconds=KEPT_SECONDS),
        )

    def close(self) -> None:
        """Close all of them."""
        self.client.close()
        if self._once is not None:
            self._once.close()

    def response(
        self,
        request: httpx2.Request,
        *,
        timeout: float,
        longest: float,
        watcher: Watcher | None = None,
        again: Callable[[], object] = lambda: None,
    ) -> Response:
        """Return the answer to a request, or a response that says why there is none.

        `again` is called before it is sent again.
        """
        silences, seconds = 0, 0.0
        limits = Limits(timeout=timeout, longest=longest, allowance=self._allowance)
        is_idempotent = request.method in IDEMPOTENT
        for is_last in (False, False, True):
            client = self.client if self._are_kept else self._for_one_request()
            try:
                return received(client, request, limits, watcher=watcher)
            except NoAnswer as missing:
                seconds += missing.seconds
                silences += self._is_silence(missing, timeout)
                self._are_kept &= not missing.is_stale
                is_safe = is_idempotent or (missing.is_stale and missing.is_unread)
                is_done = is_last or missing.is_late or not missing.has_arrived
                if is_done or not is_safe or silences >= SILENT_TWICE:
                    return _unanswered(missing, seconds, silences)
            again()
        raise AssertionError("the last time always returns")

    def _is_silence(self, missing: NoAnswer, timeout: float) -> bool:
        """Say whether it is the server that left a request without an answer, for long enough."""
        is_short = missing.is_late and timeout < self._timeout
        return missing.has_arrived and not missing.is_stale and not is_short

    def _for_one_request(self) -> httpx2.Client:
        """Return a client that keeps no connection; a given transport has its own ways."""
        if self._transport is not None:
            return self.client
        if self._once is None:
            self._once = self._opened(keeps=0)
        return self._once


def _unanswered(missing: NoAnswer, seconds: float, silences: int) -> Response:
    return Response(
        status=NO_ANSWER,
        seconds=seconds,
        is_whole=False,
        failure=missing.reason,
        is_late=missing.is_late,
        silences=silences,
        traceback=missing.traceback,
    )
