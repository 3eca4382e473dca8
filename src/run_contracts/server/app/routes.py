"""The routes: what each method on each path does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.records import RunRecord, Wire
from run_contracts.server.requests.refusal import Refusal

Handler = Callable[[EditionServer, Request], Awaitable[Response]]
Read = Callable[[EditionServer, Request, Mapping[str, str]], Wire]
Write = Callable[[EditionServer, Mapping[str, str], Wire], Wire]
EVENTS = "text/event-stream; charset=utf-8"


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


async def _body(server: EditionServer, request: Request, kind: str) -> Wire:
    return server.gate.read_body(await bytes_of(server, request), kind)


def _reads(read: Read) -> Handler:
    """Return the handler of a request without a body."""

    async def handle(server: EditionServer, request: Request) -> Response:
        return json_response(server, read(server, request, request.path_params))

    return handle


def _writes(kind: str, write: Write) -> Handler:
    """Return the handler of a request with a body of a kind."""

    async def handle(server: EditionServer, request: Request) -> Response:
        body = await _body(server, request, kind)
        return json_response(server, write(server, request.path_params, body))

    return handle


def _events(server: EditionServer, run: RunRecord, *, first: int = 0, before: Any = ()) -> Response:
    """Answer with a run's events as they happen."""
    return StreamingResponse(
        server.stream.frames(run, first=first, before=list(before)), media_type=EVENTS
    )


async def _create_run(server: EditionServer, request: Request) -> Response:
    body = await _body(server, request, "create_run_request")
    server.gate.check_include(request.query_params)
    run = server.service.create_run(
        server.service.find_thread(request.path_params["thread_id"]), body
    )
    return _events(server, run) if body.get("stream") else _created(server, run)


async def _create_thread_and_run(server: EditionServer, request: Request) -> Response:
    body = await _body(server, request, "create_thread_and_run_request")
    run = server.service.create_thread_and_run(body)
    if body.get("stream"):
        return _events(server, run, before=[("thread.created", run.thread.wire)])
    return _created(server, run)


def _created(server: EditionServer, run: RunRecord) -> Response:
    return json_response(server, server.service.created(run))


async def _cancel_run(server: EditionServer, request: Request) -> Response:
    data = await bytes_of(server, request)
    server.gate.read_cancel_body(request.headers.get("content-type", ""), data)
    return json_response(server, server.service.cancel_run(**request.path_params))


async def _submit(server: EditionServer, request: Request) -> Response:
    body = await _body(server, request, "submit_tool_outputs_request")
    first = len(server.service.find_run(**request.path_params).events)
    run = server.service.submit(**request.path_params, body=body)
    if body.get("stream"):
        return _events(server, run, first=first)
    return json_response(server, server.service.submitted(run))


def _list_steps(server: EditionServer, request: Request, path: Mapping[str, str]) -> Wire:
    server.gate.check_include(request.query_params)
    return server.lists.steps(**path, query=request.query_params)


def _find_step(server: EditionServer, request: Request, path: Mapping[str, str]) -> Wire:
    server.gate.check_include(request.query_params)
    return server.service.get_step(**path)


RUNS = "/threads/{thread_id}/runs"
RUN = f"{RUNS}/{{run_id}}"
MESSAGES = "/threads/{thread_id}/messages"
ROUTES: Mapping[str, Mapping[str, Handler]] = {
    "/threads/runs": {"POST": _create_thread_and_run},
    RUNS: {
        "GET": _reads(
            lambda server, request, path: server.lists.runs(**path, query=_query(request))
        ),
        "POST": _create_run,
    },
    RUN: {
        "GET": _reads(lambda server, _, path: server.service.get_run(**path)),
        "POST": _writes(
            "modify_run_request",
            lambda server, path, body: server.service.modify_run(**path, body=body),
        ),
    },
    f"{RUN}/cancel": {"POST": _cancel_run},
    f"{RUN}/submit_tool_outputs": {"POST": _submit},
    f"{RUN}/steps": {"GET": _reads(_list_steps)},
    f"{RUN}/steps/{{step_id}}": {"GET": _reads(_find_step)},
    "/assistants": {
        "GET": _reads(lambda server, request, _: server.lists.assistants(_query(request))),
        "POST": _writes(
            "create_assistant_request", lambda server, _, body: server.store.create_assistant(body)
        ),
    },
    "/assistants/{assistant_id}": {
        "GET": _reads(lambda server, _, path: server.store.find_assistant(**path)),
        "POST": _writes(
            "modify_assistant_request",
            lambda server, path, body: server.store.modify_assistant(**path, body=body),
        ),
        "DELETE": _reads(lambda server, _, path: server.store.delete_assistant(**path)),
    },
    "/threads": {
        "POST": _writes(
            "create_thread_request", lambda server, _, body: server.store.create_thread(body).wire
        ),
    },
    "/threads/{thread_id}": {
        "GET": _reads(lambda server, _, path: server.store.find_thread(**path).wire),
        "POST": _writes(
            "modify_thread_request",
            lambda server, path, body: server.store.modify_thread(**path, body=body),
        ),
        "DELETE": _reads(lambda server, _, path: server.store.delete_thread(**path)),
    },
    MESSAGES: {
        "GET": _reads(
            lambda server, request, path: server.lists.messages(**path, query=_query(request))
        ),
        "POST": _writes(
            "create_message_request",
            lambda server, path, body: server.service.create_message(**path, body=body),
        ),
    },
    f"{MESSAGES}/{{message_id}}": {
        "GET": _reads(lambda server, _, path: server.service.find_message(**path)),
    },
}


def _query(request: Request) -> Mapping[str, str]:
    return request.query_params
