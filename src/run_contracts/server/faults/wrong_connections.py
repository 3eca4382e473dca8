"""Faults of a server that leaves requests without an answer, or answers without their end."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from run_contracts.server.faults.fault import around
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.gate import Gate


class _Hanging(Response):
    """An answer that never comes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Wait until the client goes away."""
        while (await receive())["type"] != "http.disconnect":
            pass


class _HangingUp(Response):
    """An answer instead of which the connection is closed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Close it; where there is none, nothing is sent."""
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()


class _Cut(Response):
    """An answer that is sent but for its end: it claims a byte more, or never says its last."""

    def __init__(self, whole: Response, *, claims: int = 0) -> None:
        self._whole, self._claims = whole, claims
        self.status_code, self.raw_headers = whole.status_code, whole.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all of it, and do not end."""

        async def cut(message: Message) -> None:
            if message["type"] == "http.response.start" and self._claims:
                named = MutableHeaders(scope=message)
                named["content-length"] = str(int(named.get("content-length", 0)) + self._claims)
            is_end = message["type"] == "http.response.body" and not self._claims
            await send({**message, "more_body": True} if is_end else message)

        await self._whole(scope, receive, cut)


@around(Gate.leaving)
def hangs(
    server: EditionServer,
    inner: Callable[[Request, Response], Response],
    request: Request,
    response: Response,
) -> Response:
    """RUN-HTTP-004: a request for a run that does not exist is never answered."""
    run_id = request.url.path.rpartition("/runs/")[2]
    is_run = request.method == "GET" and run_id.startswith("run_") and "/" not in run_id
    known = {run.id for thread in server.store.threads.values() for run in thread.runs}
    is_meant = is_run and run_id not in known
    return inner(request, _Hanging() if is_meant else response)


@around(Gate.leaving)
def hangs_up(
    server: EditionServer,
    inner: Callable[[Request, Response], Response],
    request: Request,
    response: Response,
) -> Response:
    """RUN-HTTP-004-b: the connection is closed when a list is asked for with a limit of 0."""
    is_meant = request.query_params.get("limit") == "0"
    return inner(request, _HangingUp() if is_meant else response)


@around(Gate.leaving)
def claims_more(
    server: EditionServer,
    inner: Callable[[Request, Response], Response],
    request: Request,
    response: Response,
) -> Response:
    """RUN-HTTP-005: the body of a list is a byte shorter than its Content-Length says."""
    is_list = request.method == "GET" and request.url.path.endswith("/runs")
    return inner(request, _Cut(response, claims=1) if is_list else response)


@around(Gate.leaving)
def lacks_last_chunk(
    server: EditionServer,
    inner: Callable[[Request, Response], Response],
    request: Request,
    response: Response,
) -> Response:
    """RUN-HTTP-005-b: streams are closed without their last chunk."""
    is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
    return inner(request, _Cut(response) if is_stream else response)
