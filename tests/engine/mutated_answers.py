"""The reference server in this process, some of whose answers are changed on their way.

A change is drawn, by hypothesis or a seed: of a value in the JSON, of the bytes, the status, the
headers, or the frames of a stream. What comes of it is a finding or nothing, and never an error of
ours.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from run_contracts.client.asgi_transport import InProcess
from run_contracts.client.connection import Connection
from run_contracts.client.lifespan import Message
from run_contracts.server import ServerOptions
from run_contracts.server.app import create_app
from run_contracts.server.clock import PatientClock

LONG = "x" * 300_000
RAW = "\x00raw "
"""How a text begins that is put into the JSON as it is, without quotes."""
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 6.0, 1e308, -0.0, 2**63, 10**400, -(10**30), 0.1),
    *("", " ", "\x00\x1b[2J", "\ud800", "\u202e", "a\nb", "../..", "null", "run_1", LONG, "é" * 70),
    *([], {}, [[]], [None], [{}], {"": ""}, {"id": "x"}, ["completed"], [1, "a", None]),
    *({"data": None}, {"object": "list"}, {"object": ["thread.run"]}, {"error": []}, {"type": []}),
    *({f"k{number}": "v" for number in range(40)}, ["x"] * 300, {"error": {"message": 7}}),
    *(f"{RAW}{'9' * 5_000}", f"{RAW}NaN", f"{RAW}-Infinity", f"{RAW}1e400", f"{RAW}{'[' * 300}"),
    f"{RAW}{'[' * 150}{']' * 150}",
    f'{RAW}{{"a": 1, "a": 2}}',
)
STATUSES = (200, 201, 202, 204, 206, 299, 300, 304, 400, 401, 403, 404, 405, 409, 418, 422, 429)
STATUSES = (*STATUSES, 451, 499, 500, 501, 502, 503, 504, 599, 600, 999)
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    *((b"retry-after", one) for one in (b"9" * 5_000, b"-1", b"soon", b"1e9", b"\xff", b"")),
    *((b"content-type", one) for one in (b"", b"text/html", b"text/event-stream", b";", b"\xff")),
    (b"content-type", b"application/json; charset=utf-16"),
    (b"content-type", b"application/json; charset=\xe9"),
    (b"content-type", b"a" * 60_000),
    (b"set-cookie", b"k=\xc3\xa9\xff; Path=/"),
    (b"location", b"http://["),
    (b"location", b"\xff://"),
    (b"openai-poll-after-ms", b"9" * 5_000),
    (b"x-ratelimit-reset-requests", b"9" * 5_000),
    (b"x-\xe9", b"\x80"),
    (b"openai-processing-ms", b"-" + b"9" * 5_000),
    (b"date", b"never"),
    (b"content-encoding", b"identity"),
)
FIELDS = ("id", "object", "data", "status", "error", "type", "thread_id", "metadata", "has_more")


@dataclass(kw_only=True)
class Mutator:
    """Changes about the `share` of all answers, as `draw` has it, and remembers how."""

    draw: random.Random
    share: float
    changes: list[str] = field(default_factory=list)

    def changed(self, status: int, headers: Any, body: bytes) -> tuple[int, Any, bytes]:
        """Return an answer, or what is made of it."""
        if self.draw.random() >= self.share:
            return status, headers, body
        of_body = self._frames if b"text/event-stream" in dict(headers).values() else self._json
        kinds: tuple[Callable[..., Any], ...] = (of_body, of_body, of_body, self._bytes)
        change = self.draw.choice((*kinds, self._status, self._headers))
        self.changes.append(change.__name__)
        changed: tuple[int, Any, bytes] = change(status, headers, body)
        return changed

    def _json(self, status: int, headers: Any, body: bytes) -> tuple[int, Any, bytes]:
        try:
            value = json.loads(body)
        except ValueError:
            return self._bytes(status, headers, body)
        for _ in range(self.draw.choice((1, 1, 1, 3))):
            value = self._value(value)
        return status, headers, _written(value)

    def _value(self, value: Any) -> Any:
        """Return a value with one place in it changed."""
        if not isinstance(value, dict | list) or not value or self.draw.random() < 0.15:
            return self.draw.choice((*ODD_VALUES, [value], {"data": [value]}, str(value)))
        if isinstance(value, list):
            return self._items(value)
        if self.draw.random() < 0.1:
            return {**value, self.draw.choice(FIELDS): self.draw.choice(ODD_VALUES)}
        if self.draw.random() < 0.1:
            return dict(self.draw.sample([*value.items()], len(value)))
        name = self.draw.choice([*value])
        if self.draw.random() < 0.1:
            return {one: item for one, item in value.items() if one != name}
        return {**value, name: self._value(value[name])}

    def _items(self, value: list[Any]) -> list[Any]:
        at = self.draw.randrange(len(value))
        return self.draw.choice(
            (
                [*value[:at], self._value(value[at]), *value[at + 1 :]],
                [*value, value[at]],
                value[::-1],
                value[:at],
                value * 20,
            )
        )

    def _bytes(self, status: int, headers: Any, body: bytes) -> tuple[int, Any, bytes]:
        at = self.draw.randrange(len(body) + 1)
        changed = self.draw.choice(
            (
                *(b"", b"null", b"[]", b"{}", b"7", b'"x"', b"\xff\xfe{}", b"\xef\xbb\xbf" + body),
                *(body[:at], body + body, body[:at] + b"\xff" + body[at:], b"<html>" + body),
                *(body[:at] + b"\x00" + body[at:], body.replace(b'"', b"'"), b"[" * 100_000),
                *(b"data: " + body, b"data: [DONE]\n\n", b"\n" * 50_000, b"event: \n\ndata\n\n"),
            )
        )
        return status, headers, changed

    def _frames(self, status: int, headers: Any, body: bytes) -> tuple[int, Any, bytes]:
        frames = body.split(b"\n\n")
        at = self.draw.randrange(len(frames))
        kind = self.draw.randrange(6)
        if kind == 0:
            frames = self.draw.sample(frames, len(frames))
        elif kind == 1:
            del frames[at]
        elif kind == 2:
            frames.insert(at, frames[self.draw.randrange(len(frames))])
        elif kind == 3:
            named = self.draw.choice((b"", b"thread.run.\xff", b"error", b"done", b"x" * 70_000))
            frames[at] = b"event: " + named + b"\n" + frames[at]
        else:
            frames[at] = self._frame(frames[at])
        return status, headers, b"\n\n".join(frames)

    def _frame(self, frame: bytes) -> bytes:
        head, mark, data = frame.partition(b"data: ")
        _, _, changed = self._json(200, (), data)
        return head + mark + changed

    def _status(self, _: int, headers: Any, body: bytes) -> tuple[int, Any, bytes]:
        return self.draw.choice(STATUSES), headers, body

    def _headers(self, status: int, headers: Any, body: bytes) -> tuple[int, Any, bytes]:
        name, value = self.draw.choice(HEADERS)
        others = [one for one in headers if one[0] != name or self.draw.random() < 0.2]
        status = self.draw.choice((status, status, 429, 503, 302))
        return status, [*others, (name, value)], body


def _written(value: Any) -> bytes:
    """Return a value as JSON, raw texts as they are."""
    text = json.dumps(value)
    while (at := text.find('"\\u0000raw ')) >= 0:
        raw, end = json.decoder.scanstring(text, at + 1)  # type: ignore[attr-defined]
        text = text[:at] + raw.removeprefix(RAW) + text[end:]
    return text.encode()


def in_front(application: Any, mutator: Mutator) -> Any:
    """Return an application that answers as another does, but for what is changed."""

    async def front(scope: Any, receive: Any, send: Any) -> None:
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        await application(scope, receive, keep)
        start = sent[0]
        body = b"".join(one.get("body", b"") for one in sent[1:])
        status, headers, body = mutator.changed(start["status"], start["headers"], body)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return front


@contextmanager
def mutated(
    draw: random.Random,
    share: float,
    *,
    mutator: Callable[..., Mutator] = Mutator,
    **options: Any,
) -> Iterator[tuple[Connection, Mutator]]:
    """Open a line to a reference server whose time passes at once, and say what was changed."""
    changing = mutator(draw=draw, share=share)
    given = ServerOptions.for_checking(**options)
    clock = PatientClock(speed=given.speed, epoch=1_800_000_000)
    application = in_front(create_app(given, clock), changing)
    transport = InProcess(application, arriving=lambda: clock.sleep(1.0 / given.speed))
    try:
        yield Connection(transport=transport, now=clock.seconds, sleep=clock.sleep), changing
    finally:
        transport.close()
