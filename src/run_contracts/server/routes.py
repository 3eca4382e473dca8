"""The routes: what each method on each path does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from run_contracts.server.event_frames import Streaming
from run_contracts.server.records import Run, Wire
from run_contracts.server.refusal import Refusal

Handler = Callable[[Streaming, Request], Awaitable[Response]]
Reading = Callable[[Streaming, Request, Mapping[str, str]], Wire]
Writing = Callable[[Streaming, Mapping[str, str], Wire], Wire]
EVENTS = "text/event-stream; charset=utf-8"


def json_response(service: Streaming, value: Any, status: int = 200) -> Response:
    """Return a value as a JSON answer."""
    return Response(service.written(value), status_code=status, media_type="application/json")


async def bytes_of(service: Streaming, request: Request) -> bytes:
    """Return a request's body; refuse one that is too large, without keeping it."""
    most, size, chunks = service.options.max_body_bytes, 0, []
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


async def _body(service: Streaming, request: Request, kind: str) -> Wire:
    return service.read_body(await bytes_of(service, request), kind)


def _reads(read: Reading) -> Handler:
    """Return the handler of a request without a body."""

    async def handle(service: Streaming, request: Request) -> Response:
        return json_response(service, read(service, request, request.path_params))

    return handle


def _writes(kind: str, write: Writing) -> Handler:
    """Return the handler of a request with a body of a kind."""

    async def handle(service: Streaming, request: Request) -> Response:
        body = await _body(service, request, kind)
        return json_response(service, write(service, request.path_params, body))

    return handle


def _events(service: Streaming, run: Run, *, first: int = 0, before: Any = ()) -> Response:
    """Answer with a run's events as they happen."""
    return StreamingResponse(
        service.stream(run, first=first, before=list(before)), media_type=EVENTS
    )


async def _create_run(service: Streaming, request: Request) -> Response:
    body = await _body(service, request, "create_run_request")
    service.check_include(request.query_params)
    run = service.create_run(service.find_thread(request.path_params["thread_id"]), body)
    return _events(service, run) if body.get("stream") else _created(service, run)


async def _create_thread_and_run(service: Streaming, request: Request) -> Response:
    body = await _body(service, request, "create_thread_and_run_request")
    run = service.create_thread_and_run(body)
    if body.get("stream"):
        return _events(service, run, before=[("thread.created", run.thread.wire)])
    return _created(service, run)


def _created(service: Streaming, run: Run) -> Response:
    return json_response(service, service.created(run))


async def _cancel_run(service: Streaming, request: Request) -> Response:
    data = await bytes_of(service, request)
    service.read_cancel_body(request.headers.get("content-type", ""), data)
    return json_response(service, service.cancel_run(**request.path_params))


async def _submit(service: Streaming, request: Request) -> Response:
    body = await _body(service, request, "submit_tool_outputs_request")
    first = len(service.find_run(**request.path_params).log)
    run = service.submit(**request.path_params, body=body)
    if body.get("stream"):
        return _events(service, run, first=first)
    return json_response(service, service.submitted(run))


def _list_steps(service: Streaming, request: Request, path: Mapping[str, str]) -> Wire:
    service.check_include(request.query_params)
    return service.list_steps(**path, query=request.query_params)


def _find_step(service: Streaming, request: Request, path: Mapping[str, str]) -> Wire:
    service.check_include(request.query_params)
    return service.find_step(**path)


RUNS = "/threads/{thread_id}/runs"
RUN = f"{RUNS}/{{run_id}}"
MESSAGES = "/threads/{thread_id}/messages"
ROUTES: Mapping[str, Mapping[str, Handler]] = {
    "/threads/runs": {"POST": _create_thread_and_run},
    RUNS: {
        "GET": _reads(lambda service, asked, path: service.list_runs(**path, query=_query(asked))),
        "POST": _create_run,
    },
    RUN: {
        "GET": _reads(lambda service, _, path: service.get_run(**path)),
        "POST": _writes(
            "modify_run_request", lambda service, path, body: service.modify_run(**path, body=body)
        ),
    },
    f"{RUN}/cancel": {"POST": _cancel_run},
    f"{RUN}/submit_tool_outputs": {"POST": _submit},
    f"{RUN}/steps": {"GET": _reads(_list_steps)},
    f"{RUN}/steps/{{step_id}}": {"GET": _reads(_find_step)},
    "/assistants": {
        "GET": _reads(lambda service, asked, _: service.list_assistants(_query(asked))),
        "POST": _writes(
            "create_assistant_request", lambda service, _, body: service.create_assistant(body)
        ),
    },
    "/assistants/{assistant_id}": {
        "GET": _reads(lambda service, _, path: service.find_assistant(**path)),
        "POST": _writes(
            "modify_assistant_request",
            lambda service, path, body: service.modify_assistant(**path, body=body),
        ),
        "DELETE": _reads(lambda service, _, path: service.delete_assistant(**path)),
    },
    "/threads": {
        "POST": _writes(
            "create_thread_request", lambda service, _, body: service.create_thread(body).wire
        ),
    },
    "/threads/{thread_id}": {
        "GET": _reads(lambda service, _, path: service.find_thread(**path).wire),
        "POST": _writes(
            "modify_thread_request",
            lambda service, path, body: service.modify_thread(**path, body=body),
        ),
        "DELETE": _reads(lambda service, _, path: service.delete_thread(**path)),
    },
    MESSAGES: {
        "GET": _reads(
            lambda service, asked, path: service.list_messages(**path, query=_query(asked))
        ),
        "POST": _writes(
            "create_message_request",
            lambda service, path, body: service.create_message(**path, body=body),
        ),
    },
    f"{MESSAGES}/{{message_id}}": {
        "GET": _reads(lambda service, _, path: service.find_message(**path)),
    },
}


def _query(request: Request) -> Mapping[str, str]:
    return request.query_params
