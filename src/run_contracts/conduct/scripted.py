"""A reference server that goes as it is told: lives, troubles, its clock, and what it was asked."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from run_contracts.conduct.request_log import RequestLog
from run_contracts.server.app.dispatcher import create_app
from run_contracts.server.app.routes import ENDPOINTS, operation_of
from run_contracts.server.clock import Clock
from run_contracts.server.degradations.degradation import Layer
from run_contracts.server.lives.planned_lives import Lives
from run_contracts.server.options import ServerOptions
from run_contracts.server.troubles.trouble_layer import TroubleLayer


class ScriptedServer:
    """An ASGI application: the reference server behind troubles, behind a log.

    What is asked is logged first, then met by trouble, then answered; `layer` says in what form.
    """

    def __init__(self, options: ServerOptions, *, layer: Layer | None = None) -> None:
        """Open with nothing planned; raise `UsageError` for options that cannot be."""
        self.options = options
        self._layer = layer
        self._begin()

    def reset(self) -> None:
        """Be as at the start: nothing planned, asked or stored, the same ids again.

        What is under way ends as it began, on what was there before, and is not seen any more.
        """
        self._begin()

    def left(self) -> list[str]:
        """Return a line for each life and each trouble that came to no request."""
        return [*self.lives.left(), *self.troubles.left()]

    def _begin(self) -> None:
        self.clock = Clock(speed=self.options.speed, epoch=self.options.epoch)
        self.lives = Lives()
        self._application: ASGIApp = create_app(self.options, self.clock, self.lives)
        answered = self._application if self._layer is None else self._layer(self._application)
        self.troubles = TroubleLayer(answered, operation_of)
        self.log = RequestLog(self.troubles)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and keep it."""
        await self.log(scope, receive, send)

    async def unlogged(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that nobody is to know of."""
        await self._application(scope, receive, send)


def operation_ids() -> frozenset[str]:
    """Return the ids of all operations that there are."""
    return frozenset(endpoint.operation for endpoint in ENDPOINTS)
