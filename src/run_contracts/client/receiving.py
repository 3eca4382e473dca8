"""Receiving: an answer, read up to limits, and shown to a watcher while it comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from functools import partial

import httpx2

from run_contracts.errors import BudgetExceeded, Unreachable
from run_contracts.traffic.exchange import Response
from run_contracts.traffic.payload import Payload
from run_contracts.validation.json_text import BODY_LIMIT

LONGEST_STREAM = 120.0
"""Seconds a streamed answer is read before its reader gives up."""
Watcher = Callable[[Payload], None]
"""Is shown what has come of an answer so far, each time more has come; it may send, too."""


class AbandonedStream(Exception):
    """A stream was left before its end: what had come of it, and what its reader was left by."""

    def __init__(self, response: Response, cause: BaseException) -> None:
        """Keep both."""
        super().__init__(str(cause))
        self.response, self.cause = response, cause


def received(
    client: httpx2.Client,
    request: httpx2.Request,
    *,
    timeout: float,
    longest: float = LONGEST_STREAM,
    watcher: Watcher | None = None,
) -> Response:
    """Send a request and return its answer, its body read up to the limits of this package.

    Each piece may take `timeout` seconds, all of them `longest`. Raises `Unreachable` if no answer
    begins, and `AbandonedStream` if the budget or a person ends a stream.
    """
    started, body, begun = time.perf_counter(), bytearray(), Payload(b"")
    request.extensions["timeout"] = httpx2.Timeout(timeout).as_dict()

    def response(*, is_whole: bool) -> Response:
        made = Response(
            status=answer.status_code,
            headers=tuple(answer.headers.items()),
            body=bytes(body),
            seconds=time.perf_counter() - started,
            is_whole=is_whole,
        )
        made.payload.continues(begun)
        return made

    def show(watcher: Watcher) -> None:
        nonlocal begun
        more = Payload(bytes(body), is_stream=True, is_whole=False)
        more.continues(begun)
        begun = more
        watcher(more)

    where = f"{request.method} {request.url}"
    try:
        with closing(client.send(request, stream=True)) as answer:
            shown = partial(show, watcher) if watcher else None
            is_whole = _read(answer, body, started + longest, shown)
    except (BudgetExceeded, KeyboardInterrupt) as cause:
        if body and (left := response(is_whole=False)).is_stream:
            raise AbandonedStream(left, cause) from None
        raise
    except httpx2.TimeoutException:
        raise Unreachable(f"{where}: no answer within {timeout:g} seconds") from None
    except httpx2.HTTPError as error:
        raise Unreachable(f"{where}: {str(error) or type(error).__name__}") from None
    return response(is_whole=is_whole)


def _read(
    answer: httpx2.Response, body: bytearray, until: float, show: Callable[[], None] | None
) -> bool:
    """Read a body, shown as it grows; return whether it was read to its end, or until some time.

    A server that breaks off half way has ended its answer: what came is what is judged.
    """
    try:
        for chunk in answer.iter_bytes():
            body += chunk
            if show is not None:
                show()
            if len(body) > BODY_LIMIT or time.perf_counter() > until:
                return False
    except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.DecodingError):
        return True
    except httpx2.ReadTimeout:
        return False
    return True
