"""What is asked of runs and of their steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from run_contracts.server.app.routes.endpoints import (
    body_of,
    bytes_of,
    endpoint,
    json_response,
    reads,
    writes,
)
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.records import RunRecord, Wire

EVENTS = "text/event-stream; charset=utf-8"


def _events(server: EditionServer, run: RunRecord, *, first: int = 0, before: Any = ()) -> Response:
    """Answer with a run's events as they happen."""
    return StreamingResponse(
        server.stream.frames(run, first=first, before=list(before)), media_type=EVENTS
    )


async def _create_run(server: EditionServer, request: Request) -> Response:
    body = await body_of(server, request, "create_run_request")
    server.gate.check_include(request.query_params)
    run = server.service.create_run(
        server.service.find_thread(request.path_params["thread_id"]), body
    )
    return _events(server, run) if body.get("stream") else _created(server, run)


async def _create_thread_and_run(server: EditionServer, request: Request) -> Response:
    body = await body_of(server, request, "create_thread_and_run_request")
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
    body = await body_of(server, request, "submit_tool_outputs_request")
    first = len(server.service.find_run(**request.path_params).events)
    run = server.service.submit(**request.path_params, body=body)
    if body.get("stream"):
        return _events(server, run, first=first)
    return json_response(server, server.service.submitted(run))


def _list_runs(server: EditionServer, request: Request, path: Mapping[str, str]) -> Wire:
    return server.lists.runs(**path, query=request.query_params)


def _get_run(server: EditionServer, _: Request, path: Mapping[str, str]) -> Wire:
    return server.service.get_run(**path)


def _modify_run(server: EditionServer, path: Mapping[str, str], body: Wire) -> Wire:
    return server.service.modify_run(**path, body=body)


def _list_steps(server: EditionServer, request: Request, path: Mapping[str, str]) -> Wire:
    server.gate.check_include(request.query_params)
    return server.lists.steps(**path, query=request.query_params)


def _get_step(server: EditionServer, request: Request, path: Mapping[str, str]) -> Wire:
    server.gate.check_include(request.query_params)
    return server.service.get_step(**path)


RUNS_PATH = "/threads/{thread_id}/runs"
RUN_PATH = f"{RUNS_PATH}/{{run_id}}"
STEPS_PATH = f"{RUN_PATH}/steps"


RUN_ENDPOINTS = (
    endpoint("POST /threads/runs", "createThreadAndRun", _create_thread_and_run),
    endpoint(f"GET {RUNS_PATH}", "listRuns", reads(_list_runs)),
    endpoint(f"POST {RUNS_PATH}", "createRun", _create_run),
    endpoint(f"GET {RUN_PATH}", "getRun", reads(_get_run)),
    endpoint(f"POST {RUN_PATH}", "modifyRun", writes("modify_run_request", _modify_run)),
    endpoint(f"POST {RUN_PATH}/cancel", "cancelRun", _cancel_run),
    endpoint(f"POST {RUN_PATH}/submit_tool_outputs", "submitToolOutputs", _submit),
    endpoint(f"GET {STEPS_PATH}", "listRunSteps", reads(_list_steps)),
    endpoint(f"GET {STEPS_PATH}/{{step_id}}", "getRunStep", reads(_get_step)),
)
"""The endpoints of runs; the one without an id stands before those with one."""
