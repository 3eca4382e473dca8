"""What a degradation is: wraps of a server's parts, as faults are, and a layer before all of it.

A layer takes an ASGI application and returns another one that answers in its place, or lets it
answer. What a connection does, a layer can only ask for; `hangs` and `closes_after_errors` say it
to whoever has no connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from run_contracts.contract.operations import Operation, match
from run_contracts.contract.requirements import EDITIONS
from run_contracts.server.faults.fault import Wrap
from run_contracts.server.parts.edition_server import EditionServer

Layer = Callable[[ASGIApp], ASGIApp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Degradation:
    """What a server lacks or does badly as a whole: its id, what it does, and how.

    `lacks` holds the operations it does not have, `crashes` those that it always answers 500,
    `hangs` those that it never answers, and with `closes_after_errors` a connection ends, without a
    word, after a status of 500 or more.
    """

    id: str
    sentence: str
    wraps: tuple[Wrap, ...] = ()
    layer: Layer | None = None
    lacks: frozenset[str] = frozenset()
    crashes: frozenset[str] = frozenset()
    hangs: frozenset[str] = frozenset()
    closes_after_errors: bool = False

    @property
    def spoiled(self) -> frozenset[str]:
        """The operations of which nothing right is seen."""
        return self.lacks | self.crashes | self.hangs

    def put_on(self, server: EditionServer) -> None:
        """Wrap the parts of a server."""
        for wrap in self.wraps:
            wrap.put_on(server)

    def before(self, application: ASGIApp) -> ASGIApp:
        """Return the application with this layer before it, if there is one."""
        return application if self.layer is None else self.layer(application)


def operation_of(scope: Scope) -> Operation | None:
    """Return the operation that a request is meant for, None if it is meant for none."""
    if scope["type"] != "http":
        return None
    # The operations of all editions have the same methods and paths.
    matched = match(EDITIONS[-1], scope["method"], scope["path"])
    return matched[0] if matched else None


def instead(operations: frozenset[str], answer: ASGIApp) -> Layer:
    """Return the layer that gives this answer in place of these operations'."""

    def layer(application: ASGIApp) -> ASGIApp:
        async def fronted(scope: Scope, receive: Receive, send: Send) -> None:
            operation = operation_of(scope)
            is_meant = operation is not None and operation.id in operations
            await (answer if is_meant else application)(scope, receive, send)

        return fronted

    return layer


def every(number: int, answer: ASGIApp) -> Layer:
    """Return the layer that gives this answer to every so many requests."""

    def layer(application: ASGIApp) -> ASGIApp:
        requests = 0

        async def fronted(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal requests
            requests += scope["type"] == "http"
            is_meant = scope["type"] == "http" and requests % number == 0
            await (answer if is_meant else application)(scope, receive, send)

        return fronted

    return layer


def closing_after_errors(application: ASGIApp) -> ASGIApp:
    """Return an application that fails when it has answered 500 or more: its server hangs up."""

    async def fronted(scope: Scope, receive: Receive, send: Send) -> None:
        statuses = []

        async def sent(message: Message) -> None:
            statuses.append(message.get("status", 0))
            await send(message)

        await application(scope, receive, sent)
        if max(statuses, default=0) >= SERVER_ERROR:
            raise ConnectionAbortedError("the connection is closed after an error, as it should be")

    return fronted


SERVER_ERROR = 500


def degradations_in(namespace: Mapping[str, Any]) -> Iterator[Degradation]:
    """Yield the degradations of a module."""
    return (value for value in namespace.values() if isinstance(value, Degradation))
