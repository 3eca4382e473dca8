"""Sending: requests of the contract to a target, each kept as an exchange.

Exchanges hold what was sent and answered as it was, secrets included, for that is what is judged;
they are hidden where anything leaves this process (see `run_contracts.engine.runner`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypedDict, Unpack
from urllib.parse import quote

import httpx2

from run_contracts.client.budget import LONGEST_WAIT, MOST_WAITS, Account, asked_wait, checked_wait
from run_contracts.client.receiving import LONGEST_STREAM, AbandonedStream, Watcher, received
from run_contracts.client.target import Target
from run_contracts.contract.operations import JSON_TYPE, match, operations
from run_contracts.errors import Unreachable
from run_contracts.traffic.exchange import (
    BAD_REQUEST,
    TOO_MANY,
    Exchange,
    Intent,
    Request,
    Response,
)

WRONG_KEY = "sk-run-contracts-wrong-key"
CREATES_RUNS = frozenset({"createRun", "createThreadAndRun"})
RequestHook = Callable[[str, int], object]
"""Is told before each request where it comes from, and how many were sent before."""


def no_hook(_source: str, _sent: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The way to a target and the time that passes on it: the network and ours, unless given.

    `now` and `sleep` count seconds; a target in this process may keep a time of its own.
    """

    transport: httpx2.BaseTransport | None = None
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


NETWORK = Connection()


class Parts(TypedDict, total=False):
    """What a request is made of.

    `json_body` is sent as JSON, `content` as it is. A value of `headers` replaces a standard one,
    None leaves it out. The ids in the path are those of the run `of`, unless they are given.
    """

    json_body: Any
    content: bytes
    query: Mapping[str, str | int]
    headers: Mapping[str, str | None]
    of: Mapping[str, Any]
    thread_id: str
    run_id: str
    step_id: str


def _ids(parts: Parts) -> dict[str, str]:
    """Return the ids of a path by name."""
    run = parts.get("of")
    found = {"thread_id": run["thread_id"], "run_id": run["id"]} if run is not None else {}
    given = {name: parts.get(name) for name in ("thread_id", "run_id", "step_id")}
    return found | {name: str(one) for name, one in given.items() if one is not None}


class Session:
    """Sends requests to a target and keeps every exchange.

    Raises `Unreachable` when no HTTP answer could be had, and `BudgetExceeded` when the target's
    budget is spent. An answer 429 that says when to come again is waited for and kept, too. Use
    it as a context manager. `check_id` names what it is for, `on_request` is told each request.
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

    def headers(self) -> dict[str, str]:
        """Return the headers every request carries."""
        headers = {"OpenAI-Beta": f"assistants={self.target.edition}"}
        if self.target.key:
            headers["Authorization"] = f"Bearer {self.target.key}"
        return headers | dict(self.target.headers)

    def send(
        self, operation: str, *, intent: Intent = Intent.NONE, **parts: Unpack[Parts]
    ) -> Exchange:
        """Send one request of the contract, made of these parts."""
        request, content = self._built(operation, parts)
        return self._sent(request, content, intent)

    @contextmanager
    def meanwhile(self, operation: str, **parts: Unpack[Parts]) -> Iterator[list[Exchange]]:
        """Send a request in the background; what is sent inside is under way at the same time.

        The exchange of the request itself is in the yielded list when the block is left.
        """
        request, content = self._built(operation, parts)
        found: list[Exchange] = []
        with self.together(), ThreadPoolExecutor(1) as background:
            answer = background.submit(self._answer, request)
            try:
                yield found
            finally:
                found.append(self._kept(request, content, Intent.NONE, answer.result()))

    def watch(self, watcher: Watcher, operation: str, **parts: Unpack[Parts]) -> Exchange:
        """Send a request and show its answer to a watcher while it comes.

        What the watcher sends is under way at the same time, and kept before it.
        """
        request, content = self._built(operation, parts)
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

    def _built(self, operation: str, parts: Parts) -> tuple[httpx2.Request, bytes]:
        """Return a request of the contract, and its body."""
        known = operations(self.target.edition)[operation]
        path = known.url(**{name: _quoted(one) for name, one in _ids(parts).items()})
        wanted: dict[str, str | None] = {**self.headers(), **parts.get("headers", {})}
        sent = {name: value for name, value in wanted.items() if value is not None}
        content = parts.get("content")
        if "json_body" in parts:
            content = json.dumps(parts["json_body"]).encode()
            sent.setdefault("Content-Type", JSON_TYPE)
        request = self._client.build_request(
            known.method,
            self.target.url + path,
            params=dict(parts["query"]) if "query" in parts else None,
            headers=sent,
            content=content,
        )
        return request, content or b""

    def send_raw(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes
    ) -> Exchange:
        """Send a request made elsewhere, with the headers every request carries on top."""
        sent = dict(headers) | self.headers()
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
            "DELETE", self.target.url + path, headers=self.headers()
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
                intent=intent if response.status != TOO_MANY else Intent.NONE,
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


def _quoted(one: str) -> str:
    """Return an id as one segment of a path, whatever the server made it of."""
    return quote(one, safe="", errors="surrogatepass")
