"""A reference server on loopback that keeps what it is sent and answers, as exchanges.

Its time passes with its requests alone, so that a run is as old as what was asked of it, however
fast the machine is.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from run_contracts.server import ServerOptions, create_app
from run_contracts.server.clock import PatientClock
from run_contracts.traffic.exchange import Exchange, Request, Response

A_REQUEST = 0.06
"""Seconds that pass with each request, before the server's speed."""


@dataclass(kw_only=True)
class Recorder:
    """An ASGI application that keeps what passes through it to another."""

    application: Any
    clock: PatientClock
    url: str = ""
    exchanges: list[Exchange] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        asked, answered, start = bytearray(), bytearray(), {}
        self.clock.sleep(A_REQUEST)

        async def receiving() -> Any:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def sending(message: Any) -> None:
            start.update(message if message["type"] == "http.response.start" else {})
            answered.extend(message.get("body", b""))
            await send(message)

        await self.application(scope, receiving, sending)
        self._keep(scope, bytes(asked), start, bytes(answered))

    def _keep(self, scope: Any, asked: bytes, start: dict[str, Any], answered: bytes) -> None:
        query = f"?{scope['query_string'].decode()}" if scope["query_string"] else ""
        self.exchanges.append(
            Exchange(
                number=len(self.exchanges) + 1,
                edition="v2",
                request=Request(
                    method=scope["method"],
                    url=f"http://host{scope['path']}{query}",
                    headers=_text(scope["headers"]),
                    body=asked,
                ),
                response=Response(
                    status=start["status"], headers=_text(start["headers"]), body=answered
                ),
            )
        )


def _text(headers: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


@contextmanager
def recording(options: ServerOptions) -> Iterator[Recorder]:
    """Serve with these options while the block runs."""
    clock = PatientClock(speed=options.speed, epoch=options.epoch)
    recorder = Recorder(application=create_app(options, clock), clock=clock)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        recorder.url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        config = uvicorn.Config(recorder, log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield recorder
        finally:
            server.should_exit = True
            thread.join(10)
