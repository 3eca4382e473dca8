"""A reference server on loopback that keeps what it is asked and answers, as exchanges.

It can be made to have trouble, as servers have that are otherwise right.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from run_contracts.checks.clients import client_outcomes
from run_contracts.checks.registry import Outcome
from run_contracts.contract.loading import load
from run_contracts.server import Lives, ServerOptions, create_app
from run_contracts.server.app.hosting import hosted
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange, Request, Response
from tests.faulty_clients.odd_answers import Odd, OddAnswers

EDITION = "v2"
REFUSAL = b'{"error": {"message": "No.", "type": "server_error", "param": null, "code": null}}'
TYPED = (b"content-type", b"application/json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong: requests whose path ends with `at` are answered `status`, `times` of them.

    With `after`, streams break off after so many bytes instead.
    """

    at: str = "/runs"
    status: int = 503
    times: int = 10**6
    headers: tuple[tuple[bytes, bytes], ...] = ()
    after: int = 0


@dataclass(kw_only=True)
class _Passing:
    """A request under way, and what was answered so far."""

    began: float
    asked: bytearray = field(default_factory=bytearray)
    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    is_ended: bool = False
    is_left: bool = False
    broken_off: str = ""
    together: int = 0


class BreaksOff(Exception):
    """The server closes a connection in the middle of an answer."""


@dataclass(kw_only=True)
class RecordedServer:
    """An ASGI application around another that keeps what passes, and makes trouble."""

    application: Any
    trouble: Trouble | None = None
    poll_after: int | None = None
    url: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    under_way: list[_Passing] = field(default_factory=list)
    troubled: int = 0
    groups: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        passing = self._opened()

        async def receiving() -> Any:
            message = await receive()
            passing.asked.extend(message.get("body", b""))
            passing.is_left |= message["type"] == "http.disconnect" and not passing.is_ended
            return message

        async def sending(message: Any) -> None:
            await self._sent(passing, message, send)

        try:
            if self._is_troubled(scope):
                await self._refuse(receiving, sending)
            else:
                await self.application(scope, receiving, sending)
        except OSError:
            passing.is_left = True
        finally:
            self._keep(scope, passing)
        if passing.broken_off:
            raise BreaksOff(passing.broken_off)

    def _opened(self) -> _Passing:
        passing = _Passing(began=time.time())
        self.under_way.append(passing)
        if len(self.under_way) > 1:
            self.groups += 1
            for other in self.under_way:
                other.together = self.groups
        return passing

    def _is_troubled(self, scope: Any) -> bool:
        trouble = self.trouble
        if trouble is None or trouble.after or not scope["path"].endswith(trouble.at):
            return False
        self.troubled += 1
        return self.troubled <= trouble.times

    async def _refuse(self, receiving: Any, sending: Any) -> None:
        while (await receiving()).get("more_body"):
            pass
        assert self.trouble is not None
        headers = [TYPED, *self.trouble.headers]
        await sending(
            {"type": "http.response.start", "status": self.trouble.status, "headers": headers}
        )
        await sending({"type": "http.response.body", "body": REFUSAL})

    async def _sent(self, passing: _Passing, message: Any, send: Any) -> None:
        if passing.broken_off:
            return
        if message["type"] == "http.response.start":
            if self.poll_after is not None:
                header = (b"openai-poll-after-ms", str(self.poll_after).encode())
                message = {**message, "headers": [*message["headers"], header]}
            passing.status = message["status"]
            passing.headers = [(a.decode(), b.decode()) for a, b in message["headers"]]
        elif not passing.is_left:
            passing.body.extend(message.get("body", b""))
            passing.is_ended = not message.get("more_body")
        await send(message)
        if self._is_too_long(passing):
            passing.broken_off = "the server closed the connection"

    def _is_too_long(self, passing: _Passing) -> bool:
        after = self.trouble.after if self.trouble else 0
        is_stream = any("event-stream" in value for _, value in passing.headers)
        return bool(after) and is_stream and len(passing.body) > after and self.troubled == 0

    def _keep(self, scope: Any, passing: _Passing) -> None:
        self.under_way.remove(passing)
        self.troubled += bool(passing.broken_off)
        query = f"?{scope['query_string'].decode()}" if scope["query_string"] else ""
        now = time.time()
        self.exchanges.append(
            Exchange(
                number=len(self.exchanges) + 1,
                edition=EDITION,
                request=Request(
                    method=scope["method"],
                    url=f"http://host{scope['path']}{query}",
                    headers=tuple((a.decode(), b.decode()) for a, b in scope["headers"]),
                    body=bytes(passing.asked),
                ),
                response=Response(
                    status=passing.status,
                    headers=tuple(passing.headers),
                    body=bytes(passing.body),
                    seconds=now - passing.began,
                    is_whole=passing.is_ended,
                    is_left=passing.is_left and not passing.broken_off,
                    broken_off=passing.broken_off,
                ),
                seen_at=now,
                together=passing.together,
            )
        )

    def outcomes(self) -> list[Outcome]:
        """Return what the exchanges say of who made them."""
        evidence = Evidence(contract=load(EDITION), exchanges=tuple(self.exchanges))
        return list(client_outcomes(evidence))

    def broken(self) -> set[str]:
        """Return the requirements that whoever made the exchanges broke."""
        return {one.requirement for one in self.outcomes() if one.violation is not None}


@contextmanager
def recorded_server(
    *,
    lives: Lives | None = None,
    trouble: Trouble | None = None,
    poll_after: int | None = None,
    options: ServerOptions | None = None,
    odd: Odd | None = None,
) -> Iterator[RecordedServer]:
    """Serve a reference server that is recorded, while the block runs."""
    inner: Any = create_app(options or ServerOptions(speed=8.0), lives=lives)
    outer = inner if odd is None else OddAnswers(application=inner, odd=odd)
    server = RecordedServer(application=outer, trouble=trouble, poll_after=poll_after)
    with hosted(server) as server.url:
        yield server
