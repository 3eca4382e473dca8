"""Receiving: an answer, read up to limits, and shown to a watcher while it comes."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx2

from run_contracts.client.body_reader import (
    REASON_LENGTH,
    AnswerClock,
    BodyReader,
    Limits,
    Unended,
)
from run_contracts.client.network import UNTIL
from run_contracts.errors import TargetError
from run_contracts.traffic.exchange import SERVER_ERROR, Response
from run_contracts.traffic.payload import Payload

RAISED = "raised"
"""The extension of a response that returns what an application in this process raised at it."""
CLOSED_BEFORE = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED})
"""How the system tells that the other side had closed before it had read everything."""
Watcher = Callable[[Payload], None]
"""Is shown what has come of an answer so far, each time more has come; it may send, too."""


class AbandonedStream(Exception):
    """A stream was left before its end: what had come of it, and what its reader was left by."""

    def __init__(self, response: Response, cause: BaseException) -> None:
        """Keep both."""
        super().__init__(str(cause))
        self.response, self.cause = response, cause


@dataclass(kw_only=True, eq=False)
class NoAnswer(Exception):
    """No answer began.

    `is_late` says that the time was over. `has_arrived` says that the server was reached at all,
    `was_kept` that the connection had carried another request before. `is_unread` says that the
    server cannot have read the whole request.
    """

    reason: str
    seconds: float
    is_late: bool = False
    has_arrived: bool = True
    was_kept: bool = False
    is_unread: bool = False
    traceback: str = ""

    @property
    def is_stale(self) -> bool:
        """Whether a connection that was kept has died: that says nothing of the request."""
        return self.was_kept and not self.is_late


class _Trace:
    """What the transport tells of one request: on which connection, and whether it was written.

    A request for which it tells nothing went over no connection that could have been kept.
    """

    def __init__(self) -> None:
        self.is_new = self.is_begun = self.is_cut = False

    def __call__(self, event: str, _: Any) -> None:
        if event.startswith("connection."):
            self.is_new = True
        elif event.startswith("http11.send_request"):
            self.is_begun = True
            self.is_cut |= event.endswith(".failed")


def received(
    client: httpx2.Client,
    request: httpx2.Request,
    limits: Limits,
    *,
    watcher: Watcher | None = None,
) -> Response:
    """Send a request and return its answer, its body read up to some limits.

    Raises `NoAnswer` if none comes in time, and `AbandonedStream` if the budget, the server or a
    person ends a stream.
    """
    timeout, room = limits.timeout, limits.allowance
    started, trace, clock = time.perf_counter(), _Trace(), AnswerClock(timeout, limits.longest)
    request.extensions |= {
        "timeout": httpx2.Timeout(timeout).as_dict(),
        "trace": trace,
        UNTIL: clock,
    }
    try:
        with closing(client.send(request, stream=True)) as answer:
            response = _Arriving(answer, BodyReader(clock, room.limit), started).response(watcher)
            room.keep(response.body)
            return response
    except httpx2.HTTPError as error:
        raise _no_answer(error, trace, timeout, time.perf_counter() - started) from None


class _Arriving:
    """An answer whose head has come."""

    def __init__(self, answer: httpx2.Response, reader: BodyReader, started: float) -> None:
        self._answer, self._reader, self._started = answer, reader, started
        self._begun = Payload(b"")

    def response(self, watcher: Watcher | None) -> Response:
        """Read the rest of the answer, shown to a watcher, and return it."""
        try:
            shown = partial(self._show, watcher) if watcher else None
            is_whole = self._reader.read(self._answer, shown)
        except (TargetError, KeyboardInterrupt) as cause:
            if self._reader.body and (left := self._read(is_whole=False)).is_stream:
                raise AbandonedStream(left, cause) from None
            raise
        if self._answer.status_code >= SERVER_ERROR:
            _hang_up(self._answer)
        return self._read(is_whole=is_whole)

    def _show(self, watcher: Watcher) -> None:
        more = Payload(bytes(self._reader.body), is_stream=True, is_whole=False)
        more.continues(self._begun)
        self._begun = more
        watcher(more)

    def _read(self, *, is_whole: bool) -> Response:
        made = Response(
            status=self._answer.status_code,
            headers=tuple(self._answer.headers.items()),
            body=bytes(self._reader.body),
            seconds=time.perf_counter() - self._started,
            is_whole=is_whole,
            is_late=self._reader.is_late,
            broken_off=self._reader.broken_off,
            traceback=self._answer.extensions.get(RAISED, str)(),
        )
        made.payload.continues(self._begun)
        return made


def _hang_up(answer: httpx2.Response) -> None:
    """Let nobody use the connection of an answer again.

    After an error that it did not handle a server may close it without having said so, and the
    next request would meet its end. The socket stays open, but for its pool, which then drops it.
    """
    stream = answer.extensions.get("network_stream")
    connection = stream.get_extra_info("socket") if stream is not None else None
    if connection is not None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


def _no_answer(error: httpx2.HTTPError, trace: _Trace, timeout: float, seconds: float) -> NoAnswer:
    """Return what an error of the transport says of a request that had no answer.

    A system tells of a reset, or of a broken pipe, when it hears that the other side closed with
    something unread: either it did before our request came, or in the middle of it.
    """
    is_late = isinstance(error, httpx2.TimeoutException)
    numbers = {getattr(one, "errno", None) for one in _causes(error)}
    return NoAnswer(
        reason=f"no {'whole ' * isinstance(error, Unended)}answer within {timeout:g} seconds"
        if is_late
        else str(error)[:REASON_LENGTH] or type(error).__name__,
        seconds=seconds,
        is_late=is_late,
        has_arrived=not isinstance(error, NOT_ARRIVED),
        was_kept=trace.is_begun and not trace.is_new,
        is_unread=not is_late and (trace.is_cut or not numbers.isdisjoint(CLOSED_BEFORE)),
        traceback=getattr(error, "traceback", ""),
    )


NOT_ARRIVED = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)
"""Errors of a request that never got to a server."""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
