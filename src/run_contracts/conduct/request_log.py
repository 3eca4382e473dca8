"""A log before a server: what clients ask of it and are answered, as exchanges."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from run_contracts.contract.requirements import EDITIONS
from run_contracts.server.options import LARGEST_BODY
from run_contracts.traffic.exchange import NO_ANSWER, Exchange, Headers, Request, Response
from run_contracts.types import Edition

MOST_LOGGED = 10_000
"""Exchanges that are kept, the newest."""


@dataclass(kw_only=True, slots=True)
class _Passing:
    """A request that is under way, and what was answered so far."""

    scope: Scope
    number: int
    sent_at: float
    began: float
    together: int = 0
    asked: bytearray = field(default_factory=bytearray)
    status: int = NO_ANSWER
    headers: Headers = ()
    body: bytearray = field(default_factory=bytearray)
    is_whole: bool = False
    is_left: bool = False
    broken_off: str = ""


class RequestLog:
    """An ASGI application that hands requests on, and keeps each with its answer.

    Exchanges are numbered in the order their requests came; those that were under way at the same
    time are marked so. Of a client that hung up before the end of an answer this is known, too.
    """

    def __init__(self, application: ASGIApp) -> None:
        """Log nothing yet."""
        self._application = application
        self._open: list[_Passing] = []
        self._ended: deque[Exchange] = deque(maxlen=MOST_LOGGED)
        self._count = self._groups = 0
        self._lock = Lock()

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was asked and answered, in the order of the requests; also what is under way."""
        with self._lock:
            running = [_exchange(passing) for passing in self._open]
            return tuple(sorted([*self._ended, *running], key=lambda each: each.number))

    @property
    def ended(self) -> tuple[Exchange, ...]:
        """What has ended, in the order in which it did."""
        with self._lock:
            return tuple(self._ended)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and keep what passes."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        passing = self._opened(scope)
        ears = _Ears(passing, receive)

        async def sent(message: Message) -> None:
            _keep_answer(passing, message)
            await send(message)

        try:
            await ears.read_ahead()
            await self._application(scope, ears.receive, sent)
        finally:
            passing.broken_off = ears.broken_off
            self._close(passing)

    def _opened(self, scope: Scope) -> _Passing:
        with self._lock:
            self._count += 1
            passing = _Passing(
                scope=scope, number=self._count, sent_at=time.time(), began=time.monotonic()
            )
            if self._open and not any(other.together for other in self._open):
                self._groups += 1
            self._open.append(passing)
            if len(self._open) > 1:
                for other in self._open:
                    other.together = self._groups
            return passing

    def _close(self, passing: _Passing) -> None:
        with self._lock:
            self._open.remove(passing)
            self._ended.append(_exchange(passing))


class _Ears:
    """What a request says, overheard; who looks for its connection finds it here, too.

    Who breaks it off says so by `broken_off`.
    """

    def __init__(self, passing: _Passing, receive: Receive) -> None:
        self._passing, self._receive = passing, receive
        self._ahead: deque[Message] = deque()
        self.broken_off = ""

    @property
    def transport(self) -> Any:
        """The connection, None where there is none."""
        return getattr(getattr(self._receive, "__self__", None), "transport", None)

    async def receive(self) -> Message:
        """Return what the client says next."""
        if self._ahead:
            return self._ahead.popleft()
        message = await self._receive()
        is_gone = message["type"] == "http.disconnect" and not self.broken_off
        self._passing.is_left |= is_gone and not self._passing.is_whole
        return message

    async def read_ahead(self) -> None:
        """Hear a request to its end, as far as it is not too large, also if nobody reads it."""
        heard: list[Message] = []
        more = True
        while more and len(self._passing.asked) < LARGEST_BODY:
            heard.append(await self.receive())
            self._passing.asked += heard[-1].get("body", b"")
            more = heard[-1].get("more_body", False)
        self._ahead.extend(heard)


def _keep_answer(passing: _Passing, message: Message) -> None:
    if message["type"] == "http.response.start":
        passing.status = message["status"]
        passing.headers = _decoded(message.get("headers", ()))
    elif message["type"] == "http.response.body":
        passing.body += message.get("body", b"")
        passing.is_whole = not message.get("more_body", False)


def _exchange(passing: _Passing) -> Exchange:
    """Return what passed so far as an exchange."""
    seconds = time.monotonic() - passing.began
    response = Response(
        status=passing.status,
        headers=passing.headers,
        body=bytes(passing.body),
        seconds=seconds,
        is_whole=passing.is_whole,
        is_left=passing.is_left,
        broken_off=passing.broken_off,
    )
    return Exchange(
        number=passing.number,
        edition=_edition(passing.scope),
        request=_request(passing),
        response=response,
        seen_at=passing.sent_at + seconds,
        together=passing.together,
    )


def _request(passing: _Passing) -> Request:
    """Return a request as it was sent, its URL as the client wrote it."""
    scope, headers = passing.scope, _decoded(passing.scope["headers"])
    host = next((value for name, value in headers if name == "host"), "server.invalid")
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    query = scope.get("query_string", b"").decode("latin-1")
    return Request(
        method=scope["method"],
        url=f"{scope.get('scheme', 'http')}://{host}{path}{'?' if query else ''}{query}",
        headers=headers,
        body=bytes(passing.asked),
    )


def _decoded(headers: Any) -> Headers:
    pairs = ((bytes(name), bytes(value)) for name, value in headers)
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)


def _edition(scope: Scope) -> Edition:
    """Return the edition that a request names, else the newest."""
    named = b"".join(value for name, value in scope["headers"] if name == b"openai-beta")
    founding = f"assistants={EDITIONS[0]}".encode()
    return EDITIONS[0] if founding in named else EDITIONS[-1]
