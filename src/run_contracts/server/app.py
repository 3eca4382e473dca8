"""The ASGI application: routes, keys, the edition header, answers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from run_contracts.server.clock import Clock, Ids
from run_contracts.server.faults import composed
from run_contracts.server.options import ServerOptions
from run_contracts.server.records import Run, Wire
from run_contracts.server.refusal import Refusal
from run_contracts.server.requests import parsed
from run_contracts.server.streams import Streaming

Handler = Callable[[Streaming, Request], Awaitable[Response]]
BETA = "assistants="


def create_app(options: ServerOptions | None = None) -> Starlette:
    """Return a reference server with nothing in it, as an ASGI application under ``/v1``."""
    chosen = options or ServerOptions()
    service = composed(Streaming, chosen.faults)
    clock = Clock(speed=chosen.speed, epoch=chosen.epoch)
    services = {edition: service(chosen, clock, edition) for edition in ("v1", "v2")}
    requests = Ids(chosen.seed)

    async def answer(request: Request, handlers: dict[str, Handler]) -> Response:
        answering = services["v2"]
        try:
            _check_key(request, chosen.api_key)
            answering = services[_edition(request)]
            response = await handlers[request.method](answering, request)
        except Refusal as refusal:
            response = _json(answering.refusal_body(refusal), refusal.status)
        response.headers["openai-version"] = "2020-10-01"
        response.headers["x-request-id"] = requests.new("req_")
        return response

    routes = [
        Route(f"/v1{path}", partial(answer, handlers=handlers), methods=list(handlers))
        for path, handlers in HANDLERS.items()
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: _no_route})


async def _no_route(request: Request, error: Exception) -> Response:
    """Answer an unknown path or method with the error envelope."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = f"Invalid URL ({request.method} {request.url.path})"
    if status == 405:  # noqa: PLR2004 - method not allowed
        message = f"Not allowed to {request.method} on {request.url.path}"
    return _json(Refusal(message).body(), status)


def _check_key(request: Request, key: str) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if not given:
        raise Refusal("You didn't provide an API key.", status=401, code="invalid_api_key")
    if scheme.lower() != "bearer" or given != key:
        raise Refusal("Incorrect API key provided.", status=401, code="invalid_api_key")


def _edition(request: Request) -> str:
    """Return the edition that the beta header asks for."""
    edition = request.headers.get("openai-beta", "").partition(BETA)[2].strip()
    if edition not in ("v1", "v2"):
        raise Refusal(
            "You must provide the 'OpenAI-Beta' header to access the Assistants API. "
            "Please try again by setting the header 'OpenAI-Beta: assistants=v2'.",
            code="invalid_beta",
        )
    return edition


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status_code=status, media_type="application/json")


async def _body(service: Streaming, request: Request, kind: str, *, required: bool = True) -> Wire:
    return parsed(await request.body(), kind, service.contract, required=required)


def _answer(service: Streaming, run: Run, body: Wire, *, first: int, before: Any = ()) -> Response:
    """Answer with the run, or with its events if the request asked for a stream."""
    if body.get("stream"):
        frames = service.stream(run, first=first, before=list(before))
        return StreamingResponse(frames, media_type="text/event-stream; charset=utf-8")
    return _json(service.created(run))


async def _create_run(service: Streaming, request: Request) -> Response:
    body = await _body(service, request, "create_run_request")
    thread = service.find_thread(request.path_params["thread_id"])
    return _answer(service, service.create_run(thread, body), body, first=0)


async def _create_thread_and_run(service: Streaming, request: Request) -> Response:
    body = await _body(service, request, "create_thread_and_run_request")
    service.find_assistant(body["assistant_id"])
    thread = service.create_thread(body.get("thread") or {})
    run = service.create_run(thread, body)
    return _answer(service, run, body, first=0, before=[("thread.created", thread.wire)])


async def _list_runs(service: Streaming, request: Request) -> Response:
    return _json(service.list_runs(request.path_params["thread_id"], request.query_params))


async def _get_run(service: Streaming, request: Request) -> Response:
    return _json(service.get_run(**request.path_params))


async def _modify_run(service: Streaming, request: Request) -> Response:
    body = await _body(service, request, "modify_run_request")
    return _json(service.modify_run(**request.path_params, body=body))


async def _cancel_run(service: Streaming, request: Request) -> Response:
    service.read_cancel_body(request.headers.get("content-type", ""), await request.body())
    return _json(service.cancel_run(**request.path_params))


async def _submit(service: Streaming, request: Request) -> Response:
    body = await _body(service, request, "submit_tool_outputs_request")
    run = service.find_run(**request.path_params)
    first = len(run.log)
    run = service.submit(**request.path_params, body=body)
    if body.get("stream"):
        return _answer(service, run, body, first=first)
    return _json(service.render_run(run))


async def _list_steps(service: Streaming, request: Request) -> Response:
    return _json(service.list_steps(**request.path_params, query=request.query_params))


async def _get_step(service: Streaming, request: Request) -> Response:
    return _json(service.find_step(**request.path_params))


async def _create_assistant(service: Streaming, request: Request) -> Response:
    return _json(
        service.create_assistant(await _body(service, request, "create_assistant_request"))
    )


async def _get_assistant(service: Streaming, request: Request) -> Response:
    return _json(service.find_assistant(request.path_params["assistant_id"]))


async def _delete_assistant(service: Streaming, request: Request) -> Response:
    assistant_id = request.path_params["assistant_id"]
    service.find_assistant(assistant_id)
    del service.assistants[assistant_id]
    return _json({"id": assistant_id, "object": "assistant.deleted", "deleted": True})


async def _create_thread(service: Streaming, request: Request) -> Response:
    body = await _body(service, request, "create_thread_request", required=False)
    return _json(service.create_thread(body).wire)


async def _get_thread(service: Streaming, request: Request) -> Response:
    return _json(service.find_thread(request.path_params["thread_id"]).wire)


async def _delete_thread(service: Streaming, request: Request) -> Response:
    thread_id = request.path_params["thread_id"]
    service.find_thread(thread_id)
    del service.threads[thread_id]
    return _json({"id": thread_id, "object": "thread.deleted", "deleted": True})


async def _list_messages(service: Streaming, request: Request) -> Response:
    return _json(service.list_messages(request.path_params["thread_id"], request.query_params))


async def _create_message(service: Streaming, request: Request) -> Response:
    body = await _body(service, request, "create_message_request")
    return _json(service.create_message(request.path_params["thread_id"], body))


RUNS = "/threads/{thread_id}/runs"
HANDLERS: dict[str, dict[str, Handler]] = {
    "/threads/runs": {"POST": _create_thread_and_run},
    RUNS: {"GET": _list_runs, "POST": _create_run},
    f"{RUNS}/{{run_id}}": {"GET": _get_run, "POST": _modify_run},
    f"{RUNS}/{{run_id}}/cancel": {"POST": _cancel_run},
    f"{RUNS}/{{run_id}}/submit_tool_outputs": {"POST": _submit},
    f"{RUNS}/{{run_id}}/steps": {"GET": _list_steps},
    f"{RUNS}/{{run_id}}/steps/{{step_id}}": {"GET": _get_step},
    "/assistants": {"POST": _create_assistant},
    "/assistants/{assistant_id}": {"GET": _get_assistant, "DELETE": _delete_assistant},
    "/threads": {"POST": _create_thread},
    "/threads/{thread_id}": {"GET": _get_thread, "DELETE": _delete_thread},
    "/threads/{thread_id}/messages": {"GET": _list_messages, "POST": _create_message},
}
