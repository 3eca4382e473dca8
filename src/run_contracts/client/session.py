"""Sending: requests of the contract to a target, each kept as an exchange.

Exchanges hold what was sent and answered as it was, secrets included, for that is what is judged;
they are hidden where anything leaves this process (see `run_contracts.engine.runner`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from types import TracebackType
from typing import Self, Unpack

import httpx2

from run_contracts.client.budget import LONGEST_WAIT, MOST_WAITS, Account, asked_wait, checked_wait
from run_contracts.client.connection import NETWORK, Connection, RequestHook, no_hook
from run_contracts.client.receiving import LONGEST_STREAM, AbandonedStream, Watcher, received
from run_contracts.client.request_parts import RequestParts, built_request, standard_headers
from run_contracts.client.target import Target
from run_contracts.contract.operations import match
from run_contracts.errors import Unreachable
from run_contracts.traffic.exchange import (
    BAD_REQUEST,
    TOO_MANY_REQUESTS,
    Exchange,
    Intent,
    Request,
    Response,
)

WRONG_KEY = "sk-run-contracts-wrong-key"
CREATES_RUNS = frozenset({"createRun", "createThreadAndRun"})


class Session:
    """Sends requests to a target and keeps every exchange.

    Raises `Unreachable` when no HTTP answer could be had, and `BudgetExceeded` when the target's
    budget is spent. An answer 429 that says when to come again is waited for and kept, too. Use
    it as a context manager. `check_id` names what it is for, `on_request` hears of each request.
    """

    def __init__(
        self,
        target: Target,
        connection: Connection = NETWORK,
        *,
        check_id: str = "unnamed",
        on_request: RequestHook = no_hook,
    ) -> None:
        """Open a connection pool; nothing is sent yet."""
        self.target, self.check_id = target, check_id
        self.now, self._sleep = connection.now, connection.sleep
        self._account = Account(target.budget, self.now)
        self._on_request = on_request
        self._opened_at = time.time() - self.now()
        self.exchanges: list[Exchange] = []
        self.deletions: list[Exchange] = []
        self.source = ""
        self._races = self._together = 0
        self._keeping = Lock()
        self._client = httpx2.Client(
            timeout=target.timeout, follow_redirects=False, transport=connection.transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def sleep(self, seconds: float) -> None:
        """Let time pass, not more than the budget has."""
        self._sleep(min(seconds, self._account.seconds_left))

    def send(
        self, operation: str, *, intent: Intent = Intent.NONE, **parts: Unpack[RequestParts]
    ) -> Exchange:
        """Send one request of the contract, made of these parts."""
        request, content = built_request(self._client, self.target, operation, parts)
        return self._sent(request, content, intent)

    @contextmanager
    def meanwhile(self, operation: str, **parts: Unpack[RequestParts]) -> Iterator[list[Exchange]]:
        """Send a request in the background; what is sent inside is under way at the same time.

        The exchange of the request itself is in the yielded list when the block is left.
        """
        request, content = built_request(self._client, self.target, operation, parts)
        exchanges: list[Exchange] = []
        with self.together(), ThreadPoolExecutor(1) as background:
            answer = background.submit(self._answer, request)
            try:
                yield exchanges
            finally:
                exchanges.append(self._kept(request, content, Intent.NONE, answer.result()))

    def watch(self, watcher: Watcher, operation: str, **parts: Unpack[RequestParts]) -> Exchange:
        """Send a request and show its answer to a watcher while it comes.

        What the watcher sends is under way at the same time, and kept before it.
        """
        request, content = built_request(self._client, self.target, operation, parts)
        with self.together():
            return self._sent(request, content, Intent.NONE, watcher)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Mark what is sent inside as under way at the same time."""
        self._races += 1
        self._together = self._races
        try:
            yield
        finally:
            self._together = 0

    def send_raw(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes
    ) -> Exchange:
        """Send a request made elsewhere, with the headers every request carries on top."""
        sent = dict(headers) | standard_headers(self.target)
        return self.send_as_is(method, url, headers=sent, content=content)

    def send_as_is(  # noqa: PLR0913 - the parts of a request
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        content: bytes,
        intent: Intent = Intent.NONE,
        watcher: Watcher | None = None,
    ) -> Exchange:
        """Send a request with these headers and no others; show its answer to a watcher."""
        request = self._client.build_request(method, url, headers=headers, content=content)
        return self._sent(request, content, intent, watcher)

    def delete(self, path: str) -> Exchange:
        """Delete what lies at a path below the base URL; no evidence, and free of any budget."""
        request = self._client.build_request(
            "DELETE", self.target.url + path, headers=standard_headers(self.target)
        )
        for _ in range(1 + MOST_WAITS):
            response = received(self._client, request, timeout=self.target.timeout)
            exchange = self._kept(request, b"", Intent.NONE, response, self.deletions)
            wait = asked_wait(response.header("retry-after")) if exchange.is_put_off else None
            if wait is None or wait > LONGEST_WAIT:
                break
            self._sleep(wait)
        return exchange

    def _sent(
        self,
        request: httpx2.Request,
        content: bytes,
        intent: Intent,
        watcher: Watcher | None = None,
    ) -> Exchange:
        """Send a request, again if the server says when, and keep each exchange."""
        waits = 0
        while True:
            try:
                response = self._answer(request, watcher)
            except AbandonedStream as left:
                self._kept(request, content, intent, left.response)
                raise left.cause from None
            exchange = self._kept(request, content, intent, response)
            wait = asked_wait(response.header("retry-after")) if exchange.is_put_off else None
            if wait is None:
                return exchange
            where = f"{request.method} {request.url}"
            self._sleep(checked_wait(wait, waits, self._account, where))
            waits += 1

    def _kept(
        self,
        request: httpx2.Request,
        body: bytes,
        intent: Intent,
        response: Response,
        kept: list[Exchange] | None = None,
    ) -> Exchange:
        """Keep what was sent and answered, as it was, among the exchanges or elsewhere.

        Where the server asks to come again later, something spoke against it after all.
        """
        sent = Request(
            method=request.method,
            url=str(request.url),
            headers=tuple(request.headers.items()),
            body=body,
        )
        with self._keeping:
            exchange = Exchange(
                number=len(self.exchanges) + len(self.deletions) + 1,
                edition=self.target.edition,
                request=sent,
                response=response,
                source=self.source,
                seen_at=self._opened_at + self.now(),
                intent=intent if response.status != TOO_MANY_REQUESTS else Intent.NONE,
                together=self._together,
            )
            (self.exchanges if kept is None else kept).append(exchange)
        return exchange

    def _answer(self, request: httpx2.Request, watcher: Watcher | None = None) -> Response:
        """Return the answer to a request that the budget has room for."""
        known = match(self.target.edition, request.method, str(request.url))
        is_run = known is not None and known[0].id in CREATES_RUNS
        self._account.spend(is_run=is_run)
        self._on_request(self.source, len(self.exchanges))
        left = self._account.seconds_left
        try:
            response = received(
                self._client,
                request,
                timeout=min(self.target.timeout, left),
                longest=min(LONGEST_STREAM, left),
                watcher=watcher,
            )
        except Unreachable:
            if left < self.target.timeout:
                raise self._account.spent("seconds") from None
            raise
        if not (response.is_whole or response.is_stream or self._account.seconds_left):
            raise self._account.spent("seconds")
        if is_run and response.status >= BAD_REQUEST:
            self._account.give_back_run()
        return response
