"""Sending: requests of the contract to a target, each kept as an exchange.

Exchanges hold what was sent and answered as it was, secrets included, for that is what is judged;
they are hidden where anything leaves this process (see `run_contracts.runner`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypedDict, Unpack
from urllib.parse import quote

import httpx2

from run_contracts.body import LARGEST
from run_contracts.errors import Unreachable
from run_contracts.exchange import Exchange, Premise, Request, Response
from run_contracts.operations import JSON_TYPE, operations
from run_contracts.target import Target

WRONG_KEY = "sk-run-contracts-wrong-key"
LONGEST_STREAM = 120.0
"""Seconds a streamed answer is read before its reader gives up."""
Watcher = Callable[[bytes], None]
"""Is shown what has come of an answer so far, each time more has come; it may send, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The way to a target and the time that passes on it: the network and ours, unless given.

    `now` and `sleep` count seconds; a target in this process may keep a time of its own.
    """

    transport: httpx2.BaseTransport | None = None
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


NETWORK = Line()


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

    Raises `Unreachable` when no HTTP answer could be had. Use it as a context manager.
    """

    def __init__(self, target: Target, line: Line = NETWORK) -> None:
        """Open a connection pool; nothing is sent yet."""
        self.target = target
        self.now, self.sleep = line.now, line.sleep
        self._opened_at = time.time() - self.now()
        self.exchanges: list[Exchange] = []
        self.source = ""
        self._races = self._together = 0
        self._keeping = Lock()
        self._client = httpx2.Client(
            timeout=target.timeout, follow_redirects=False, transport=line.transport
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

    def headers(self) -> dict[str, str]:
        """Return the headers every request carries."""
        headers = {"OpenAI-Beta": f"assistants={self.target.edition}"}
        if self.target.key:
            headers["Authorization"] = f"Bearer {self.target.key}"
        return headers | dict(self.target.headers)

    def send(
        self, operation: str, *, premise: Premise = Premise.NONE, **parts: Unpack[Parts]
    ) -> Exchange:
        """Send one request of the contract, made of these parts."""
        request, content = self._built(operation, parts)
        return self._kept(request, content, premise, self._answer(request))

    @contextmanager
    def meanwhile(self, operation: str, **parts: Unpack[Parts]) -> Iterator[list[Exchange]]:
        """Send a request in the background; what is sent inside is under way at the same time.

        The exchange of the request itself is in the yielded list when the block is left.
        """
        request, content = self._built(operation, parts)
        found: list[Exchange] = []
        with self.together(), ThreadPoolExecutor(1) as background:
            answer = background.submit(self._answer, request)
            yield found
            found.append(self._kept(request, content, Premise.NONE, answer.result()))

    def watch(self, watcher: Watcher, operation: str, **parts: Unpack[Parts]) -> Exchange:
        """Send a request and show its answer to a watcher while it comes.

        What the watcher sends is under way at the same time, and kept before it.
        """
        request, content = self._built(operation, parts)
        with self.together():
            return self._kept(request, content, Premise.NONE, self._answer(request, watcher))

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
        premise: Premise = Premise.NONE,
        watcher: Watcher | None = None,
    ) -> Exchange:
        """Send a request with these headers and no others; show its answer to a watcher."""
        request = self._client.build_request(method, url, headers=headers, content=content)
        return self._kept(request, content, premise, self._answer(request, watcher))

    def delete(self, collection: str, one: str) -> int:
        """Delete something that was created here; return the status. Not kept as an exchange."""
        request = self._client.build_request(
            "DELETE", f"{self.target.url}{collection}/{_quoted(one)}", headers=self.headers()
        )
        return self._answer(request).status

    def _kept(
        self, request: httpx2.Request, body: bytes, premise: Premise, response: Response
    ) -> Exchange:
        """Keep what was sent and answered, as it was."""
        sent = Request(
            method=request.method,
            url=str(request.url),
            headers=tuple(request.headers.items()),
            body=body,
        )
        with self._keeping:
            exchange = Exchange(
                number=len(self.exchanges) + 1,
                edition=self.target.edition,
                request=sent,
                response=response,
                source=self.source,
                seen_at=self._opened_at + self.now(),
                premise=premise,
                together=self._together,
            )
            self.exchanges.append(exchange)
        return exchange

    def _answer(self, request: httpx2.Request, watcher: Watcher | None = None) -> Response:
        """Return the answer to a request, its body read up to the limits of this package."""
        started = time.perf_counter()
        try:
            with closing(self._client.send(request, stream=True)) as answer:
                body, is_whole = _read(answer, started, watcher)
        except httpx2.TimeoutException:
            raise Unreachable(
                f"{request.method} {request.url}: no answer within {self.target.timeout:g} seconds"
            ) from None
        except httpx2.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise Unreachable(f"{request.method} {request.url}: {reason}") from None
        return Response(
            status=answer.status_code,
            headers=tuple(answer.headers.items()),
            body=body,
            seconds=time.perf_counter() - started,
            is_whole=is_whole,
        )


def _quoted(one: str) -> str:
    """Return an id as one segment of a path, whatever the server made it of."""
    return quote(one, safe="", errors="surrogatepass")


def _read(answer: httpx2.Response, started: float, watcher: Watcher | None) -> tuple[bytes, bool]:
    """Return the body and whether it was read to its end.

    A server that breaks off half way has ended its answer: what came is what is judged.
    """
    found = bytearray()
    try:
        for chunk in answer.iter_bytes():
            found += chunk
            if watcher is not None:
                watcher(bytes(found))
            if len(found) > LARGEST or time.perf_counter() - started > LONGEST_STREAM:
                return bytes(found), False
    except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.DecodingError):
        return bytes(found), True
    except httpx2.ReadTimeout:
        return bytes(found), False
    return bytes(found), True
