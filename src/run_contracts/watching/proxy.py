"""A reverse proxy beside whose traffic a watch listens: each chunk goes on when it comes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any, cast

import httpcore2
from starlette.types import Message, Receive, Scope, Send

from run_contracts.watching.forwarding import Upstream, forwarded, has_body, request_headers
from run_contracts.watching.live_watch import LiveWatch
from run_contracts.watching.own_pages import OwnPages
from run_contracts.watching.passing import Passing, decoded
from run_contracts.watching.upstream_connections import HungUp, Sent, UpstreamConnections

CONNECT_PATIENCE = 10.0
"""Seconds in which a connection must come about; an answer may take as long as its client waits."""
BAD_GATEWAY = 502
SENDABLE = range(200, 600)
"""Statuses of last answers that a server can send."""


class ReverseProxy:
    """An ASGI application that forwards every request to one server.

    Answers and uploads are streamed, bytes are as they were, no redirect is followed and no cookie
    kept. A client that leaves ends its request upstream; a server that breaks off an answer breaks
    it off for the client, too. Without a watch nobody listens.
    """

    def __init__(self, upstream: Upstream, watch: LiveWatch | None) -> None:
        """Nothing is sent yet; raise `UsageError` for a proxy in the environment that cannot be."""
        self.upstream = upstream
        self._watch = watch
        self._pages = OwnPages(watch) if watch is not None else None
        self.connections = UpstreamConnections(upstream)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward a request; what is asked of the watch itself never is."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            if self._pages is not None and self._pages.is_asked(scope):
                await self._pages(scope, receive, send)
            else:
                await _Forwarding(self, scope, receive, send).run()

    def passing(self, scope: Scope, target: bytes) -> Passing | None:
        """Return what keeps a request for the judge, if anything does."""
        if self._watch is None:
            return None
        url = self.upstream.origin + target.decode("latin-1")
        return self._watch.tap.begin(scope["method"], url, decoded(scope["headers"]))

    def count(self, error: Exception) -> None:
        """Count an error of ours that cost no exchange its verdict."""
        if self._watch is not None:
            self._watch.tap.own_errors[type(error).__name__] += 1

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self.connections.aclose()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return


class BrokenOffUpstream(Exception):
    """The server broke its answer off; raised so that whoever serves us breaks it off, too."""


def is_worth_logging(record: logging.LogRecord) -> bool:
    """Say whether what a server logs is an error of its own.

    None is that an upstream breaks off, or that a stream under way is ended with the proxy.
    """
    raised = record.exc_info[1] if record.exc_info else None
    return not isinstance(raised, BrokenOffUpstream | asyncio.CancelledError)


class _Forwarding:
    """One request on its journey, and its answer."""

    def __init__(self, proxy: ReverseProxy, scope: Scope, receive: Receive, send: Send) -> None:
        self._proxy, self._scope, self._receive, self._send = proxy, scope, receive, send
        upstream = proxy.upstream
        path = scope.get("raw_path") or scope["path"].encode()
        self._target = upstream.target(path, scope.get("query_string", b""))
        self._passing = proxy.passing(scope, self._target)
        self._has_left = self._has_begun = False
        self._listener: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Forward the request, and its answer, until one of both sides ends it."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a server runs each request in one
        try:
            content: AsyncIterator[bytes] | None = None
            if has_body(self._scope["headers"]):
                content = self._body(task)
            else:
                await self._receive()
                self._listen(task)
            sent = await self._answer(content)
            if sent is not None:
                await self._hand_on(sent)
        except BrokenOffUpstream:
            raise
        except Exception as error:
            await self._fail(error)
        except asyncio.CancelledError:
            self._end_early()
            if not self._has_left:
                raise
            task.uncancel()
        finally:
            if self._listener is not None:
                self._listener.cancel()

    def _listen(self, task: asyncio.Task[Any]) -> None:
        """Listen for the client's leaving from now on, which ends all."""

        async def listening() -> None:
            while (await self._receive())["type"] != "http.disconnect":
                pass
            self._has_left = True
            task.cancel()

        self._listener = asyncio.create_task(listening())

    async def _body(self, task: asyncio.Task[Any]) -> AsyncIterator[bytes]:
        """Yield the parts of a request's body as they come, then listen for the leaving."""
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._has_left = True
                raise asyncio.CancelledError
            part, more = message.get("body", b""), message.get("more_body", False)
            if self._passing is not None:
                self._passing.asks(part)
            if part:
                yield part
        self._listen(task)

    async def _answer(self, content: AsyncIterator[bytes] | None) -> Sent | None:
        """Return the answer when it begins; None if there is none, which the client is told."""
        upstream = self._proxy.upstream
        request = httpcore2.Request(
            method=self._scope["method"],
            url=httpcore2.URL(
                scheme=upstream.scheme,
                host=upstream.host,
                port=upstream.port,
                target=self._target,
            ),
            headers=request_headers(self._scope["headers"], upstream.authority),
            content=content if content is not None else b"",
            extensions={"timeout": {"connect": CONNECT_PATIENCE}},
        )
        try:
            return await self._proxy.connections.send(request, is_small=content is None)
        except _ERRORS as error:
            await self._refuse(error)
            return None

    async def _refuse(self, error: Exception) -> None:
        """Tell the client in one line that there is no answer."""
        words = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
        if self._passing is not None:
            self._passing.breaks(words, silences=isinstance(error, HungUp))
        await self._send_line(f"no answer from {self._proxy.upstream.url}: {words}")

    async def _fail(self, error: Exception) -> None:
        """Let an error of ours cost the exchange its verdict, and the client its answer."""
        if self._passing is not None:
            self._passing.give_up(error)
        else:
            self._proxy.count(error)
        name = type(error).__name__
        if self._has_begun:
            raise BrokenOffUpstream(name) from None
        try:
            await self._send_line(f"an error of run-contracts: {name}")
        except Exception:  # whoever serves us cannot send it any more
            raise BrokenOffUpstream(name) from None

    async def _send_line(self, words: str) -> None:
        line = f"run-contracts watch: {words}"
        body = f"{line[:400]}\n".encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
        ]
        await self._send(_start(BAD_GATEWAY, headers))
        await self._send({"type": "http.response.body", "body": body})

    async def _hand_on(self, sent: Sent) -> None:
        """Hand each part of an answer on when it comes."""
        passing, send, answer = self._passing, self._send, sent.answer
        if passing is not None:
            passing.answers(answer.status, answer.headers)
        if answer.status not in SENDABLE:
            await sent.aclose()
            if passing is not None:
                passing.breaks("its status cannot be handed on")
            await self._send_line(f"a status that cannot be handed on: {answer.status}")
            return
        try:
            await send(_start(answer.status, forwarded(answer.headers)))
            self._has_begun = True
            async for part in cast("AsyncIterator[bytes]", answer.stream):
                if passing is not None:
                    passing.comes(part)
                await send({"type": "http.response.body", "body": part, "more_body": True})
        except _ERRORS as error:
            if passing is not None:
                is_by_server = isinstance(error, httpcore2.RemoteProtocolError)
                passing.breaks(str(error), is_by_server=is_by_server)
            raise BrokenOffUpstream(str(error)) from None
        finally:
            await sent.aclose()
        if passing is not None:
            passing.ends()
        await send({"type": "http.response.body", "body": b""})

    def _end_early(self) -> None:
        """Say who ended it: the client, or the end of the proxy."""
        if self._passing is not None and self._has_left:
            self._passing.is_left()
        elif self._passing is not None:
            self._passing.breaks("the proxy ended")


_ERRORS = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
)
"""What an upstream, or the network to it, can do."""


def _start(status: int, headers: list[tuple[bytes, bytes]]) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}
