"""Reference servers that lack something, in this process, on a clock that nobody waits for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from run_contracts.client.asgi_transport import InProcess
from run_contracts.client.checked_target import Target
from run_contracts.client.connection import Connection
from run_contracts.contract.operations import match
from run_contracts.engine.runner import check
from run_contracts.events import Decided, Event, Exchanged
from run_contracts.server import ServerOptions
from run_contracts.server.app import create_app
from run_contracts.server.clock import PatientClock

URL = "http://lacking.invalid/v1"
EPOCH = 1_800_000_000
PATIENCE = 10.0
Change = Callable[[str, Any, int, Any], tuple[int, Any]]
"""Returns status and answer, given operation, request and what the right server answered."""


def lacking(*operations: str, status: int = 404, answer: Any = None) -> Change:
    """Return a change by which operations are answered as by a router that has none."""

    def change(operation: str, _: Any, right_status: int, right: Any) -> tuple[int, Any]:
        return (status, answer) if operation in operations else (right_status, right)

    return change


def right(_: str, __: Any, status: int, answer: Any) -> tuple[int, Any]:
    """Return what was answered, unchanged."""
    return status, answer


class Changed:
    """An application whose JSON answers are changed; it streams, or answers with a run."""

    def __init__(self, app: Any, change: Change, *, is_streaming: bool = True) -> None:
        self._app, self._change, self._is_streaming = app, change, is_streaming

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request with the change made; refusals of the change never reach the app."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known = match("v2", scope["method"], f"http://h{scope['path']}")
        operation = known[0].id if known else ""
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        asked = _read(body)
        refusal = self._change(operation, asked, 0, None)
        if refusal[0]:
            await _answer(send, *refusal)
            return
        sent: list[Any] = []

        if isinstance(asked, dict) and not self._is_streaming:
            body = json.dumps({**asked, "stream": False}).encode() if "stream" in asked else body
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Any:
            return given.pop() if given else await receive()

        async def keep(message: Any) -> None:
            sent.append(message)

        await self._app(scope, replay, keep)
        content = b"".join(one.get("body", b"") for one in sent[1:])
        if _read(content) is None:
            for message in sent:
                await send(message)
        else:
            status, answer = self._change(operation, asked, sent[0]["status"], _read(content))
            await _answer(send, status, answer)


def _read(text: bytes) -> Any:
    try:
        return json.loads(text or b"null")
    except ValueError:
        return None


async def _answer(send: Any, status: int, answer: Any) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = b"" if answer is None else json.dumps(answer).encode()
    await send({"type": "http.response.body", "body": body})


@contextmanager
def connected(
    change: Change, *faults: str, is_streaming: bool = True
) -> Iterator[tuple[Target, Connection]]:
    """Open a line to a reference server with a change, and faults."""
    options = ServerOptions.for_checking(faults=faults)
    clock = PatientClock(speed=options.speed, epoch=EPOCH)
    app = Changed(create_app(options, clock), change, is_streaming=is_streaming)
    a_request = 1.0 / options.speed
    transport = InProcess(app, arriving=lambda: clock.sleep(a_request))
    target = Target(url=URL, key=options.api_key, profile="smoke", patience=PATIENCE, timeout=1.0)
    try:
        yield target, Connection(transport=transport, now=clock.seconds, sleep=clock.sleep)
    finally:
        transport.close()


def checked(change: Change, *faults: str, is_streaming: bool = True) -> list[Event]:
    """Return the events of a smoke check of such a server."""
    with connected(change, *faults, is_streaming=is_streaming) as (target, connection):
        return list(check(target, connection=connection))


def results(events: list[Event]) -> dict[str, str]:
    """Return the result of each requirement."""
    return {one.requirement: str(one.result) for one in events if isinstance(one, Decided)}


def operations_sent(events: list[Event]) -> list[str]:
    """Return the operation of each request, in order."""
    exchanges = [one.exchange for one in events if isinstance(one, Exchanged)]
    return [one.operation_id or "" for one in exchanges]
