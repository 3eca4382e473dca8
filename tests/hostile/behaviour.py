"""A behaviour: what a hostile or broken server does with a request; and how one is written."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import quote

from run_contracts.contract.operations import match

HOLD = math.inf
"""Said by a behaviour, the connection is left open and silent."""
RESET = None
"""Said by a behaviour, the connection is reset."""
Said = Iterator[bytes | float | None]
"""What a server says: bytes, and seconds to wait between them."""
Headers = list[tuple[str, str]]
HOP = {"connection", "host", "content-length", "transfer-encoding", "accept-encoding"}
JSON = "application/json"
EVENTS = "text/event-stream"
REASONS = {200: "OK", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(kw_only=True)
class Answer:
    """An answer that can be changed before it is said."""

    status: int = 200
    headers: Headers = field(default_factory=lambda: [("Content-Type", JSON)])
    body: bytes = b""

    @property
    def value(self) -> Any:
        """The JSON in its body."""
        return json.loads(self.body)

    @property
    def is_json(self) -> bool:
        return any(JSON in value for name, value in self.headers if name.lower() == "content-type")

    def head(self, *more: tuple[str, str]) -> bytes:
        """Return its status line and headers, with more of them and without a length."""
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Said')}"]
        lines += [f"{name}: {value}" for name, value in (*self.headers, *more)]
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n"

    def wire(self, *more: tuple[str, str]) -> bytes:
        """Return it whole, with its length."""
        return self.head(*more, ("Content-Length", str(len(self.body)))) + self.body


@dataclass(kw_only=True)
class Asked:
    """A request that came, and the way to what the reference server answers.

    `number` counts the requests of a check from 1. `elsewhere` is the base URL of a listener that
    nobody has a reason to ask. `is_kept` is set to keep the connection open afterwards.
    """

    number: int
    method: str
    target: str
    headers: Headers
    body: bytes
    upstream: tuple[str, int]
    elsewhere: str = ""
    is_kept: bool = False

    @property
    def operation(self) -> str:
        """The id of its operation, empty if it is meant for none."""
        matched = match("v2", self.method, self.target)
        return matched[0].id if matched else ""

    @property
    def is_stream(self) -> bool:
        """Whether it asks for a stream."""
        return bool(re.search(rb'"stream":\s*true', self.body))

    def header(self, name: str) -> str:
        """Return the value of a header, empty if it did not come."""
        return next((value for one, value in self.headers if one.lower() == name), "")

    def opened(self) -> HTTPResponse:
        """Return the answer of the reference server, not read yet."""
        connection = HTTPConnection(*self.upstream, timeout=60)
        headers = {name: value for name, value in self.headers if name.lower() not in HOP}
        target = quote(self.target, safe="/?&=%:+,;~!$'()*@[]")
        headers["Connection"] = "close"
        connection.request(self.method, target, body=self.body, headers=headers)
        return connection.getresponse()

    def right(self) -> Answer:
        """Return the answer of the reference server, read to its end."""
        try:
            with closing(self.opened()) as answer:
                body = answer.read()
        except (HTTPException, OSError, ValueError):
            return Answer(status=404, body=b'{"error": {"message": "No such path."}}')
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP]
        return Answer(status=answer.status, headers=headers, body=body)


Act = Callable[[Asked], Said]
On = Callable[[Asked], bool]


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What a server does, with whom, and the sentence that tells it.

    `on` says with which requests it does it, the others are answered by the reference server.
    `is_slow` says that a check of it is given a budget of seconds. `restored` takes the ids of a
    request back to those of the reference server.
    """

    name: str
    kind: str
    sentence: str
    act: Act
    on: On
    is_slow: bool = False
    restored: Callable[[Asked], Asked] | None = None


def everything(_: Asked) -> bool:
    """Take every request."""
    return True


def runs(asked: Asked) -> bool:
    """Take requests to the run endpoints."""
    return "/runs" in asked.target


def streams(asked: Asked) -> bool:
    """Take requests for a stream."""
    return asked.is_stream


def to(*operations: str) -> On:
    """Take requests to some operations."""
    return lambda asked: asked.operation in operations


def since(number: int, on: On = everything) -> On:
    """Take requests from some number on."""
    return lambda asked: asked.number >= number and on(asked)


def each(number: int, on: On = everything) -> On:
    """Take every so many-th request."""
    return lambda asked: asked.number % number == 0 and on(asked)


def passed(asked: Asked) -> Said:
    """Answer as the reference server does, a stream as it comes."""
    try:
        answer = asked.opened()
    except (HTTPException, OSError, ValueError):
        yield Answer(status=404, body=b'{"error": {"message": "No such path."}}').wire()
        return
    with closing(answer):
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP]
        made = Answer(status=answer.status, headers=headers)
        if EVENTS not in answer.getheader("Content-Type", ""):
            asked.is_kept = True
            made.body = answer.read()
            yield made.wire()
            return
        yield made.head(("Connection", "close"))
        while chunk := answer.read1(65_536):
            yield chunk


def framed(asked: Asked) -> Iterator[bytes]:
    """Yield the frames of the reference server's stream, each with its blank line."""
    rest = b""
    with closing(asked.opened()) as answer:
        while chunk := answer.read1(65_536):
            *whole, rest = (rest + chunk.replace(b"\r\n", b"\n")).split(b"\n\n")
            yield from (frame + b"\n\n" for frame in whole)
    if rest:
        yield rest


STREAM_HEAD = Answer(headers=[("Content-Type", EVENTS), ("Connection", "close")]).head()
"""The head of a stream that ends with its connection."""


class Behaviours(list[Behaviour]):
    """The behaviours of one kind, each added by a decorator or as a row."""

    def __init__(self, kind: str, on: On = everything) -> None:
        """Begin with none; they take the requests of `on` unless they say otherwise."""
        super().__init__()
        self.kind, self._on = kind, on

    def add(self, *, on: On | None = None, is_slow: bool = False) -> Callable[[Act], Act]:
        """Add a function: its name names the behaviour, its docstring is the sentence."""

        def added(act: Act) -> Act:
            name = act.__name__.replace("_", "-")
            self.row(name, act.__doc__ or "", act, on=on, is_slow=is_slow)
            return act

        return added

    def row(  # noqa: PLR0913 - the parts of a behaviour
        self,
        name: str,
        sentence: str,
        act: Act,
        *,
        on: On | None = None,
        is_slow: bool = False,
        restored: Callable[[Asked], Asked] | None = None,
    ) -> None:
        """Add a behaviour by its parts."""
        self.append(
            Behaviour(
                name=name,
                kind=self.kind,
                sentence=sentence,
                act=act,
                on=on or self._on,
                is_slow=is_slow,
                restored=restored,
            )
        )

    def says(
        self,
        name: str,
        sentence: str,
        *said: bytes | float | None,
        on: On | None = None,
        is_slow: bool = False,
    ) -> None:
        """Add a behaviour that says the same to whatever is asked."""
        self.row(name, sentence, lambda _: iter(said), on=on, is_slow=is_slow)
