"""Reference servers in this process with something in front of them, whose time passes at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from run_contracts import events
from run_contracts.client.asgi_transport import InProcess
from run_contracts.client.budget import Budget
from run_contracts.client.checked_target import Target
from run_contracts.client.connection import Connection
from run_contracts.engine.runner import check
from run_contracts.probes import Probe, planned
from run_contracts.server import ServerOptions
from run_contracts.server.app import create_app
from run_contracts.server.clock import PatientClock

Answer = tuple[int, dict[str, str]]
InTheWay = Callable[[str, str], Answer | None]
"""Given method and path, says what to answer instead of the server; None to let it through."""


def through(_method: str, _path: str) -> Answer | None:
    """Stand in nobody's way."""
    return None


@contextmanager
def connection_to(options: ServerOptions, in_the_way: InTheWay = through) -> Iterator[Connection]:
    """Open a line to a reference server that something stands in front of."""
    clock = PatientClock(speed=options.speed, epoch=1_800_000_000)
    app = create_app(options, clock)

    async def front(scope: Any, receive: Any, send: Any) -> None:
        answer = in_the_way(scope["method"], scope["path"])
        if answer is None:
            await app(scope, receive, send)
            return
        status, named = answer
        headers = [(b"content-type", b"application/json")]
        headers += [(name.encode(), value.encode()) for name, value in named.items()]
        body = b'{"error": {"message": "No.", "type": "x", "param": null, "code": null}}'
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    transport = InProcess(front, arriving=lambda: clock.sleep(1.0 / options.speed))
    try:
        yield Connection(transport=transport, now=clock.seconds, sleep=clock.sleep)
    finally:
        transport.close()


def seen(
    in_the_way: InTheWay = through,
    *,
    faults: tuple[str, ...] = (),
    edition: str = "v2",
    probes: tuple[Probe, ...] = planned("full"),
    **budget: float,
) -> list[events.Event]:
    """Return the events of a check under a budget."""
    options = ServerOptions.for_checking(faults=faults)
    target = Target(
        url="http://reference.invalid/v1",
        key=options.api_key,
        edition=edition,
        patience=10.0,
        timeout=2.0,
        budget=Budget(**budget),  # type: ignore[arg-type]
    )
    with connection_to(options, in_the_way) as connection:
        return list(check(target, probes=probes, connection=connection))
