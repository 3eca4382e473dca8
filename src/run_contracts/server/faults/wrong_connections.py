"""Faults of a server that leaves requests without an answer: it hangs, or it hangs up."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

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
