"""Transports around those of httpx2 and httpx: what a client exchanges is judged as it passes."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from functools import cache
from types import TracebackType
from typing import Any, Self

from run_contracts.events import Event
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.watching.live_watch import LiveWatch
from run_contracts.watching.passing import Passing, decoded
from run_contracts.watching.written_reports import Named, report_paths, write_reports

NOT_READ = ("ResponseNotRead", "RequestNotRead", "StreamConsumed", "StreamClosed")
"""What both libraries raise where a body was not read, or is not there any more."""
BROKEN_BY_SERVER = "RemoteProtocolError"


class Watched:
    """A transport for ``httpx2.Client``, ``httpx.Client``, and the async ones of both.

    `inner` is the transport that sends. What passes is judged by `watch`, or by one of its own that
    ends with the client and writes `report`; that is told by `alone` that nobody else changes the
    runs, threads and assistants meanwhile. Streams are seen as they are read, and never read
    ahead; an error of the network is raised as it was.

    >>> import httpx2
    >>> inner = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"object": "list"}))
    >>> with httpx2.Client(transport=Watched(inner)) as client:
    ...     client.get("http://runs.example/v1/models").status_code
    200
    """

    def __init__(
        self,
        inner: Any,
        watch: LiveWatch | None = None,
        *,
        report: Named | Iterable[Named] | None = None,
        alone: bool = False,
    ) -> None:
        """Begin nothing before a request is sent."""
        self._inner = inner
        self._is_own = watch is None
        self._paths = report_paths(report)
        self.watch = watch if watch is not None else LiveWatch("", AskedFor(is_alone=alone))

    def handle_request(self, request: Any) -> Any:
        """Return the answer of the inner transport as soon as it begins."""
        passing = self._begin(request)
        try:
            response = self._inner.handle_request(request)
        except BaseException as error:
            _break(passing, error)
            raise
        return _watched(response, passing, is_async=False)

    async def handle_async_request(self, request: Any) -> Any:
        """Return the answer of the inner transport as soon as it begins."""
        passing = self._begin(request)
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as error:
            _break(passing, error)
            raise
        return _watched(response, passing, is_async=True)

    def finish(self) -> tuple[Event, ...]:
        """Judge what is left, write the report, and return the events."""
        events = self.watch.close()
        write_reports(events, self._paths)
        return events

    def close(self) -> None:
        """Close the inner transport, and the watch if it is its own."""
        self._inner.close()
        if self._is_own:
            self.finish()

    async def aclose(self) -> None:
        """Close the inner transport, and the watch if it is its own."""
        await self._inner.aclose()
        await self._finish_beside()

    def __enter__(self) -> Self:
        self._inner.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self._inner.__exit__(kind, error, traceback)
        if self._is_own:
            self.finish()

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._inner.__aexit__(kind, error, traceback)
        await self._finish_beside()

    async def _finish_beside(self) -> None:
        """Finish in a thread, for other tasks must not wait; whoever is cancelled ends it, too."""
        from anyio import CancelScope, to_thread  # noqa: PLC0415 - only where something is async

        if self._is_own:
            with CancelScope(shield=True):
                await to_thread.run_sync(self.finish)

    def _begin(self, request: Any) -> Passing | None:
        url = str(request.url)
        if not self.watch.target:
            self.watch.target = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
        passing = self.watch.tap.begin(request.method, url, decoded(request.headers.raw))
        if passing is None:
            return None
        sent = _content(request)
        if sent is not None:
            passing.asks(sent)
        else:
            is_async = hasattr(request.stream, "__aiter__")
            kind = _Streams.of(request).heard(is_async=is_async)
            request.stream = kind(request.stream, passing)
        return passing


def _watched(response: Any, passing: Passing | None, *, is_async: bool) -> Any:
    """Return an answer whose body is seen as it is read; one that was read is seen at once."""
    if passing is None:
        return response
    passing.answers(response.status_code, response.headers.raw)
    content = _content(response)
    if content is None:
        response.stream = _Streams.of(response).answered(is_async=is_async)(
            response.stream, passing
        )
    else:
        passing.comes(content)
        passing.ends()
    return response


def _content(message: Any) -> bytes | None:
    """Return a body that was read; None for one that will be, part by part."""
    try:
        content: bytes = message.content
    except Exception as error:
        if type(error).__name__ in NOT_READ:
            return None
        raise
    return content


def _break(passing: Passing | None, error: BaseException) -> None:
    """Say that there is no answer, or not all of it."""
    if passing is not None:
        name = type(error).__name__
        is_by_server = name == BROKEN_BY_SERVER
        words = " ".join(f"{name}: {error}".split())
        # No silence: the server may have closed a connection that was kept, as it may.
        passing.breaks(words, is_by_server=is_by_server)


class _Streams:
    """The streams of one library, which takes none that are not its own."""

    def __init__(self, library: Any) -> None:
        self._library = library

    @classmethod
    def of(cls, message: Any) -> _Streams:
        name = next(
            kind.__module__.partition(".")[0]
            for kind in type(message).__mro__
            if kind.__module__.partition(".")[0] in ("httpx2", "httpx")
        )
        return _streams(name)

    @cache  # noqa: B019 - there are two of these, for ever
    def answered(self, *, is_async: bool) -> Any:
        """Return the class of bodies of answers."""
        base = self._library.AsyncByteStream if is_async else self._library.SyncByteStream
        return type("Answered", (_AsyncAnswer if is_async else _SyncAnswer, base), {})

    @cache  # noqa: B019 - there are two of these, for ever
    def heard(self, *, is_async: bool) -> Any:
        """Return the class of bodies of requests."""
        base = self._library.AsyncByteStream if is_async else self._library.SyncByteStream
        return type("Heard", (_AsyncRequest if is_async else _SyncRequest, base), {})


@cache
def _streams(name: str) -> _Streams:
    return _Streams(sys.modules[name])


class _Beside:
    """A stream, and what keeps its parts."""

    def __init__(self, stream: Any, passing: Passing) -> None:
        self._stream, self._passing = stream, passing


class _SyncAnswer(_Beside):
    def __iter__(self) -> Iterator[bytes]:
        try:
            for part in self._stream:
                self._passing.comes(part)
                yield part
        except Exception as error:
            _break(self._passing, error)
            raise
        self._passing.ends()

    def close(self) -> None:
        self._passing.is_left()
        self._stream.close()


class _AsyncAnswer(_Beside):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._stream:
                self._passing.comes(part)
                yield part
        except Exception as error:
            _break(self._passing, error)
            raise
        self._passing.ends()

    async def aclose(self) -> None:
        self._passing.is_left()
        await self._stream.aclose()


class _SyncRequest(_Beside):
    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            self._passing.asks(part)
            yield part

    def close(self) -> None:
        self._stream.close()


class _AsyncRequest(_Beside):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            self._passing.asks(part)
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
