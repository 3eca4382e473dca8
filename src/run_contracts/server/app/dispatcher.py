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

from run_contracts.contract.requirements import EDITIONS
from run_contracts.server.app.routes import ROUTES, Handler, json_response
from run_contracts.server.clock import Clock, Ids
from run_contracts.server.degradations import DEGRADATIONS
from run_contracts.server.faults import FAULTS, put_on
from run_contracts.server.lives.planned_lives import Lives
from run_contracts.server.lookup import chosen
from run_contracts.server.options import ServerOptions
from run_contracts.server.parts.edition_server import EditionServer, assembled
from run_contracts.server.requests.refusal import Refusal
from run_contracts.types import Edition

BETAS = {f"assistants={edition}": edition for edition in EDITIONS}
"""The editions by what the beta header calls them."""
NEWEST = EDITIONS[-1]
"""The edition that answers what names none, e.g. a request without a key."""


def create_app(
    options: ServerOptions | None = None, clock: Clock | None = None, lives: Lives | None = None
) -> ASGIApp:
    """Return a reference server with nothing in it, as an ASGI application under ``/v1``.

    Without a clock its time is the real one, as fast as the options say. `lives` say how the next
    runs go. Raises `UsageError` for a fault or a degradation that does not exist.
    """
    given = options or ServerOptions()
    time = clock or Clock(speed=given.speed, epoch=given.epoch)
    dispatcher = Dispatcher(given, time, lives or Lives())
    routes = [
        PathRoute(f"/v1{path}", partial(dispatcher.answer, handlers=methods), methods=list(methods))
        for path, methods in ROUTES.items()
    ]
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
        faults = chosen("fault", FAULTS, options.faults)
        degradations = chosen("degradation", DEGRADATIONS, options.degradations)
        ids = Ids(options.seed)
        self._key = options.api_key
        self._servers = {
            edition: assembled(options, clock, edition, ids=ids, lives=lives)
            for edition in EDITIONS
        }
        for server in self._servers.values():
            put_on(server, faults)
            for degradation in degradations:
                degradation.put_on(server)
        self._requests = Ids(f"{options.seed} requests")

    async def answer(self, request: Request, handlers: Mapping[str, Handler]) -> Response:
        """Return the answer to a request that has a route."""
        server = self._servers[NEWEST]
        try:
            self._check_key(request, server)
            server = self._servers[_edition(request) or server.gate.unnamed_edition()]
            handler = handlers["GET" if request.method == "HEAD" else request.method]
            response = await handler(server, request)
        except Refusal as refusal:
            response = _refused(refusal, server)
        except ClientDisconnect:
            response = Response(status_code=400)
        return self._stamped(server.gate.leaving(request, response))

    async def no_route(self, request: Request, error: Exception) -> Response:
        """Return the refusal of a path or method that does not exist."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        message = f"Invalid URL ({request.method} {request.url.path})"
        if status == 405:  # noqa: PLR2004 - method not allowed
            message = (
                f"Not allowed to {request.method} on {request.url.path} "
                "(HINT: Perhaps you meant to use a different HTTP method?)"
            )
        server = self._servers[NEWEST]
        response = _refused(Refusal(message, status=status), server)
        response.headers.update(getattr(error, "headers", None) or {})
        return self._stamped(server.gate.leaving(request, response))

    def _stamped(self, response: Response) -> Response:
        """Return a response with the headers that every answer has."""
        response.headers["openai-version"] = "2020-10-01"
        response.headers["x-request-id"] = self._requests.new("req_")
        return response

    def _check_key(self, request: Request, server: EditionServer) -> None:
        """Refuse a request without the right key."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if not given.strip() or scheme.lower() != "bearer":
            raise server.gate.wrong_key(
                "You didn't provide an API key. You need to provide your API key in an "
                "Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
            )
        if given.strip() != self._key:
            raise server.gate.wrong_key("Incorrect API key provided.")


def _refused(refusal: Refusal, server: EditionServer) -> Response:
    """Return a refusal as an answer."""
    return json_response(server, server.renderer.refusal(refusal), refusal.status)


def _edition(request: Request) -> Edition | None:
    """Return the edition that the beta header asks for, if any; it may name other betas, too."""
    for header in request.headers.getlist("openai-beta"):
        for beta in header.split(","):
            if beta.strip() in BETAS:
                return BETAS[beta.strip()]
    return None
