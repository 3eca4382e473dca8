"""Endpoints: what a method on a path does, under the id of its operation, and how it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from run_contracts.contract.requirements import EDITIONS
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.records import Wire
from run_contracts.server.requests.refusal import Refusal
from run_contracts.types import Edition

Handler = Callable[[EditionServer, Request], Awaitable[Response]]
Read = Callable[[EditionServer, Request, Mapping[str, str]], Wire]
Write = Callable[[EditionServer, Mapping[str, str], Wire], Wire]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method on one path: the id of its operation, as published, and what answers it.

    The path is without what stands before it, e.g. ``/v1``. One that `needs_edition` is refused if
    nothing in a request names an edition; `editions` are those that have it.
    """

    method: str
    path: str
    operation: str
    answer: Handler
    needs_edition: bool = True
    editions: tuple[Edition, ...] = EDITIONS


def endpoint(
    route: str,
    operation: str,
    answer: Handler,
    *,
    needs_edition: bool = True,
    editions: tuple[Edition, ...] = EDITIONS,
) -> Endpoint:
    """Return the endpoint of a route that is written as in a log, ``GET /threads/{thread_id}``."""
    method, _, path = route.partition(" ")
    return Endpoint(
        method=method,
        path=path,
        operation=operation,
        answer=answer,
        needs_edition=needs_edition,
        editions=editions,
    )


def json_response(server: EditionServer, value: Any, status: int = 200) -> Response:
    """Return a value as a JSON answer."""
    return Response(server.renderer.body(value), status_code=status, media_type="application/json")


async def bytes_of(server: EditionServer, request: Request) -> bytes:
    """Return a request's body; refuse one that is too large, without keeping it."""
    most, size, chunks = server.options.max_body_bytes, 0, []
    async for chunk in request.stream():
        size += len(chunk)
        if size <= most:
            chunks.append(chunk)
    if size > most:
        raise Refusal(
            f"The body of your request is too large: {size} bytes, at most {most} are read.",
            status=413,
            code="request_too_large",
        )
    return b"".join(chunks)


async def body_of(server: EditionServer, request: Request, kind: str) -> Wire:
    """Return a request's body, or refuse what is no body of its kind."""
    return server.gate.read_body(await bytes_of(server, request), kind)


def reads(read: Read) -> Handler:
    """Return the handler of a request without a body."""

    async def handle(server: EditionServer, request: Request) -> Response:
        return json_response(server, read(server, request, request.path_params))

    return handle


def writes(kind: str, write: Write) -> Handler:
    """Return the handler of a request with a body of a kind."""

    async def handle(server: EditionServer, request: Request) -> Response:
        body = await body_of(server, request, kind)
        return json_response(server, write(server, request.path_params, body))

    return handle
