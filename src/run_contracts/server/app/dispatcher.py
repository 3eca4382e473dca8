"""The ASGI application: keys, the edition header, answers and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Scope

from run_contracts.contract.operations import POLL_AFTER
from run_contracts.contract.requirements import EDITIONS
from run_contracts.server.app.routes import ROUTES
from run_contracts.server.app.routes.endpoints import Endpoint, json_response
from run_contracts.server.app.surfaces import NEWEST, SURFACES, Surface, no_route, surface_of
from run_contracts.server.app.unrouted import (
    listed_routes,
    no_route_message,
    wrong_method_message,
)
from run_contracts.server.clock import Clock, Ids
from run_contracts.server.degradations import DEGRADATIONS
from run_contracts.server.faults import SERVED_FAULTS, put_on
from run_contracts.server.faults.concurrent_faults import ConcurrentFault, answering
from run_contracts.server.lives.planned_lives import Lives
from run_contracts.server.lookup import chosen
from run_contracts.server.options import ServerOptions
from run_contracts.server.parts.edition_server import EditionServer, assembled
from run_contracts.server.parts.file_store import FileStore
from run_contracts.server.requests.refusal import Refusal
from run_contracts.types import Edition

BASES = ("/", *(surface.prefix for surface in SURFACES))
"""The paths that answer with the list of all routes."""


def create_app(
    options: ServerOptions | None = None, clock: Clock | None = None, lives: Lives | None = None
) -> ASGIApp:
    """Return a reference server with nothing in it, as an ASGI application.

    Its operations lie under ``/v1``, and as Azure has them under ``/openai`` and ``/openai/v1``.

    Without a clock its time is the real one, as fast as the options say. `lives` say how the next
    runs go. Raises `UsageError` for a fault or a degradation that does not exist.
    """
    given = options or ServerOptions()
    time = clock or Clock(speed=given.speed, epoch=given.epoch)
    dispatcher = Dispatcher(given, time, lives or Lives())
    routes = [
        PathRoute(
            surface.prefix + path,
            partial(dispatcher.answer, surface=surface, endpoints=methods),
            methods=list(methods),
        )
        for surface in SURFACES
        for path, methods in ROUTES.items()
    ]
    routes += [PathRoute(base, dispatcher.list_routes) for base in BASES]
    app = Starlette(routes=routes, exception_handlers={HTTPException: dispatcher.no_route})
    app.router.redirect_slashes = False
    application: ASGIApp = app
    for degradation in chosen("degradation", DEGRADATIONS, given.degradations):
        application = degradation.before(application)
    return application


class PathRoute(Route):
    """A route that is found by its path alone, and refuses the methods it has not by 405.

    Otherwise ``DELETE /threads/runs`` would be asked of the thread whose id is ``runs``.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say whether the path is this one's, whatever the method."""
        match, child = super().matches(scope)
        return (Match.NONE if match is Match.NONE else Match.FULL), child


class Dispatcher:
    """Takes requests, lets the server of their edition answer, and says no where it must."""

    def __init__(self, options: ServerOptions, clock: Clock, lives: Lives) -> None:
        """Open with nothing done yet."""
        faults = chosen("fault", SERVED_FAULTS, options.faults)
        degradations = chosen("degradation", DEGRADATIONS, options.degradations)
        ids = Ids(options.seed)
        self._key = options.api_key
        files = FileStore(clock=clock, ids=ids)
        self._servers = {
            edition: assembled(options, clock, edition, ids=ids, lives=lives, files=files)
            for edition in EDITIONS
        }
        for server in self._servers.values():
            put_on(server, faults)
            for degradation in degradations:
                degradation.put_on(server)
        concurrent = tuple(one for one in faults if isinstance(one, ConcurrentFault))
        self._answers = {
            endpoint.operation: answering(concurrent, endpoint.operation, endpoint.answer)
            for methods in ROUTES.values()
            for endpoint in methods.values()
        }
        self._poll_after = options.poll_after_ms
        self._requests = Ids(f"{options.seed} requests")

    async def answer(
        self, request: Request, surface: Surface, endpoints: Mapping[str, Endpoint]
    ) -> Response:
        """Return the answer to a request that has a route."""
        server = self._servers[NEWEST]
        try:
            surface.check_access(request, self._key, server.gate)
            endpoint = endpoints["GET" if request.method == "HEAD" else request.method]
            edition = surface.edition_of(request)
            if edition is None:
                edition = server.gate.unnamed_edition() if endpoint.needs_edition else NEWEST
            server = self._servers[edition]
            _check_edition(endpoint, edition, request)
            response = await self._answers[endpoint.operation](server, request)
        except Refusal as refusal:
            response = _refused(refusal, server)
        except ClientDisconnect:
            response = Response(status_code=400)
        return self._stamped(server.gate.leaving(request, response))

    async def list_routes(self, request: Request) -> Response:
        """Return all routes: what a base URL answers, to whomever asks."""
        server = self._servers[NEWEST]
        routes = listed_routes(surface_of(request.url.path).prefix)
        return self._stamped(server.gate.leaving(request, json_response(server, routes)))

    async def no_route(self, request: Request, error: Exception) -> Response:
        """Return the refusal of a path or method that does not exist."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        is_wrong_method = status == 405  # noqa: PLR2004 - method not allowed
        message = wrong_method_message if is_wrong_method else no_route_message
        server = self._servers[NEWEST]
        refusal = no_route(request, message(request.method, request.url.path), status)
        response = _refused(refusal, server)
        response.headers.update(getattr(error, "headers", None) or {})
        return self._stamped(server.gate.leaving(request, response))

    def _stamped(self, response: Response) -> Response:
        """Return a response with the headers that every answer has."""
        response.headers["openai-version"] = "2020-10-01"
        if self._poll_after is not None:
            response.headers[POLL_AFTER] = str(self._poll_after)
        response.headers["x-request-id"] = self._requests.new("req_")
        return response


def _refused(refusal: Refusal, server: EditionServer) -> Response:
    """Return a refusal as an answer."""
    return json_response(server, server.renderer.refusal(refusal), refusal.status)


def _check_edition(endpoint: Endpoint, edition: Edition, request: Request) -> None:
    """Refuse an operation that the edition of a request has not."""
    if edition not in endpoint.editions:
        raise Refusal(
            f"Invalid URL ({request.method} {request.url.path}): {endpoint.operation} is not of "
            f"assistants={edition}; it is of assistants={', '.join(endpoint.editions)}.",
            status=404,
        )
