"""Troubles in place of an answer: a status, silence, a connection that is reset."""

from __future__ import annotations

import asyncio
import random
import re
import socket
import struct
from collections.abc import Mapping
from functools import partial
from typing import Any, Literal, cast, get_args

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from run_contracts.errors import UsageError
from run_contracts.server.degradations.degradation import Layer
from run_contracts.server.given_values import as_given, whole_text
from run_contracts.server.lookup import check_known
from run_contracts.server.troubles.amounts import duration

Failing = Literal["timeout", "reset-before", "reset-during", "reset-after"]
"""Ways to fail: no answer; or the connection is reset before, during or after what was asked."""
FAILURE_MESSAGES: Mapping[int, str] = {
    429: "Rate limit reached for requests. Please try again later.",
    500: "The server had an error while processing your request. Sorry about that!",
    503: "The engine is currently overloaded, please try again later.",
}
BROKEN_OFF = "the connection was closed, as was planned"
CODES: Mapping[int, str] = {429: "rate_limit_exceeded"}
CLIENT_ERROR, SERVER_ERROR, NO_STATUS = 400, 500, 600
_NAME_OF_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")


def failing(how: Any, **answer: Any) -> Layer:
    """Return the layer that fails so: by a status, or without an answer.

    What is given of an answer, as `answers` takes it, goes with a status alone.
    """
    if not isinstance(how, str):
        return answers(how, **answer)
    check_known("way to fail", how, failing_kinds())
    for name, given in answer.items():
        if given is not None:
            raise UsageError(f"{name} is of an answer, and fail({how!r}) gives none; leave it out")
    return breaks(cast("Failing", how))


def answers(
    status: Any,
    *,
    retry_after: Any = None,
    message: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Layer:
    """Return the layer that answers this status, with the error envelope of the protocol."""
    is_status = isinstance(status, int) and not isinstance(status, bool)
    if not (is_status and CLIENT_ERROR <= status < NO_STATUS):
        raise UsageError(f"status {as_given(status)} is no failure; give one from 400 to 599")
    usual = FAILURE_MESSAGES.get(status, f"Answered {status} on purpose.")
    given = usual if message is None else message
    is_ours = status >= SERVER_ERROR
    error = {
        "message": whole_text("message", given, may_be_empty=True),
        "type": "server_error" if is_ours else "invalid_request_error",
        "param": None,
        "code": CODES.get(status) if code is None else whole_text("code", code),
    }
    response = JSONResponse({"error": error}, status, _headers(retry_after, headers))

    async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
        await _read(receive)
        await response(scope, receive, send)

    return lambda _application: refusing


def _headers(retry_after: Any, headers: Any) -> dict[str, str]:
    """Return the headers of a failure; raise `UsageError` for what no header can say."""
    given = {} if headers is None else headers
    if not isinstance(given, Mapping):
        raise UsageError(f"headers is {as_given(headers)}; give values by their names")
    for name, value in given.items():
        if not (isinstance(name, str) and _NAME_OF_HEADER.fullmatch(name)):
            raise UsageError(f"headers has {as_given(name)}, which is no name of a header")
        _header_value(f"header {name}", value)
    if retry_after is None:
        return dict(given)
    if not isinstance(retry_after, str):
        retry_after = f"{duration('retry_after', retry_after):.6f}".rstrip("0").rstrip(".")
    return {**given, "Retry-After": _header_value("retry_after", retry_after)}


def _header_value(name: str, given: Any) -> str:
    """Return a value that a header can have: one line of printable ASCII."""
    is_line = isinstance(given, str) and given.isascii() and given.isprintable()
    if not (is_line and given.strip()):
        raise UsageError(f"{name} is {as_given(given)}; give one line of printable ASCII")
    return str(given)


def failing_kinds() -> tuple[str, ...]:
    """Return the kinds of failing without an answer."""
    return get_args(Failing)


def breaks(how: Failing) -> Layer:
    """Return the layer that gives no answer, in one of the kinds of `Failing`."""
    answer = {
        "timeout": _silent,
        "reset-before": _reset_before,
        "reset-during": _reset_during,
        "reset-after": _reset_after,
    }[how]
    return lambda application: partial(answer, application)


def slow(seconds: Any, up_to: Any, seed: int) -> Layer:
    """Return the layer that waits before it answers: so long, or from so long up to so long."""
    least = duration("seconds", seconds)
    most = least if up_to is None else duration("up_to", up_to)
    if most < least:
        raise UsageError(f"up_to {as_given(up_to)} is less than seconds {as_given(seconds)}")
    drawn = random.Random(seed)  # noqa: S311 - not a secret

    def layer(application: ASGIApp) -> ASGIApp:
        async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
            await asyncio.sleep(drawn.uniform(least, most))
            await application(scope, receive, send)

        return waiting

    return layer


async def _read(receive: Receive) -> None:
    """Read a request to its end, as a server does that answers it."""
    while (message := await receive())["type"] == "http.request":
        if not message.get("more_body"):
            return


async def _silent(_: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    """Say nothing until the client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _reset_before(_: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    """Read a request and reset its connection."""
    await _read(receive)
    await end_connection(receive, is_reset=True)


async def _reset_after(application: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    """Do what is asked, and reset the connection instead of answering."""

    async def nowhere(_message: Message) -> None:
        pass

    await application(scope, receive, nowhere)
    await end_connection(receive, is_reset=True)


async def _reset_during(application: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer, and close the connection in the middle of the body."""
    is_cut = False

    async def half(message: Message) -> None:
        nonlocal is_cut
        body = message.get("body", b"")
        if is_cut or len(body) < 2:  # noqa: PLR2004 - halves
            await send(message)
            return
        is_cut = True
        await send({**message, "body": body[: len(body) // 2], "more_body": True})
        await end_connection(receive)

    await application(scope, receive, half)


async def end_connection(receive: Receive, *, is_reset: bool = False) -> None:
    """Close the connection of a request; with `is_reset` its client is told that it was reset.

    Where there is none, in one process, raise `ConnectionResetError`, or `ConnectionAbortedError`.
    """
    ears: Any = getattr(receive, "__self__", None)
    transport = getattr(ears, "transport", None)
    if hasattr(ears, "broken_off"):
        ears.broken_off = BROKEN_OFF
    if transport is None:
        raise (ConnectionResetError if is_reset else ConnectionAbortedError)(BROKEN_OFF)
    opened = transport.get_extra_info("socket") if is_reset else None
    if opened is not None:
        # To linger for no time at all is what makes a close a reset.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
