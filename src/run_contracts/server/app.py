"""The ASGI application: keys, the edition header, answers and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from run_contracts.server.clock import Clock, Ids
from run_contracts.server.event_frames import Streaming
from run_contracts.server.faults import composed
from run_contracts.server.lives import Lives
from run_contracts.server.options import ServerOptions
from run_contracts.server.refusal import Refusal
from run_contracts.server.routes import ROUTES, Handler, json_response
from run_contracts.server.scripted import Scripted

EDITIONS = {"assistants=v1": "v1", "assistants=v2": "v2"}


def create_app(
    options: ServerOptions | None = None, clock: Clock | None = None, lives: Lives | None = None
) -> Starlette:
    """Return a reference server with nothing in it, as an ASGI application under ``/v1``.

    Without a clock its time is the real one, as fast as the options say. `lives` say how the next
    runs go. Raises `UsageError` for a fault that does not exist.
    """
    chosen = options or ServerOptions()
    desk = Desk(chosen, clock or Clock(speed=chosen.speed, epoch=chosen.epoch), lives or Lives())
    routes = [
        Route(f"/v1{path}", partial(desk.answer, handlers=handlers), methods=list(handlers))
        for path, handlers in ROUTES.items()
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: desk.no_route})
    app.router.redirect_slashes = False
    return app


class Desk:
    """Takes requests, lets the service of their edition answer, and says no where it must."""

    def __init__(self, options: ServerOptions, clock: Clock, lives: Lives) -> None:
        """Open with nothing done yet."""
        kind = type("Living", (Scripted,), {"lives": lives})
        service, ids = composed(kind, options.faults), Ids(options.seed)
        self._key = options.api_key
        self._services = {e: service(options, clock, e, ids) for e in EDITIONS.values()}
        self._requests = Ids(f"{options.seed} requests")

    async def answer(self, request: Request, handlers: Mapping[str, Handler]) -> Response:
        """Return the answer to a request that has a route."""
        service = self._services["v2"]
        try:
            self._check_key(request, service)
            service = self._services[_edition(request) or service.edition_unnamed()]
            handler = handlers["GET" if request.method == "HEAD" else request.method]
            response = await handler(service, request)
        except Refusal as refusal:
            response = self._refused(refusal, service)
        except ClientDisconnect:
            response = Response(status_code=400)
        return self._stamped(service.leaving(request, response))

    async def no_route(self, request: Request, error: Exception) -> Response:
        """Return the refusal of a path or method that does not exist."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        message = f"Invalid URL ({request.method} {request.url.path})"
        if status == 405:  # noqa: PLR2004 - method not allowed
            message = (
                f"Not allowed to {request.method} on {request.url.path} "
                "(HINT: Perhaps you meant to use a different HTTP method?)"
            )
        response = self._refused(Refusal(message, status=status), self._services["v2"])
        response.headers.update(getattr(error, "headers", None) or {})
        return self._stamped(self._services["v2"].leaving(request, response))

    def _refused(self, refusal: Refusal, service: Streaming) -> Response:
        return json_response(service, service.refusal_body(refusal), refusal.status)

    def _stamped(self, response: Response) -> Response:
        """Return a response with the headers that every answer has."""
        response.headers["openai-version"] = "2020-10-01"
        response.headers["x-request-id"] = self._requests.new("req_")
        return response

    def _check_key(self, request: Request, service: Streaming) -> None:
        """Refuse a request without the right key."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if not given.strip() or scheme.lower() != "bearer":
            raise service.refuse_key(
                "You didn't provide an API key. You need to provide your API key in an "
                "Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
            )
        if given.strip() != self._key:
            raise service.refuse_key("Incorrect API key provided.")


def _edition(request: Request) -> str | None:
    """Return the edition that the beta header asks for, if any; it may name other betas, too."""
    for header in request.headers.getlist("openai-beta"):
        for beta in header.split(","):
            if beta.strip() in EDITIONS:
                return EDITIONS[beta.strip()]
    return None
