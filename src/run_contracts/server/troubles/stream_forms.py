"""Streams in forms that are legal and odd, and streams that are cut."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from starlette.types import Message, Receive, Send

from run_contracts.contract.operations import STREAM_TYPE
from run_contracts.errors import UsageError
from run_contracts.server.given_values import as_given
from run_contracts.server.lookup import check_known
from run_contracts.server.troubles.amounts import count, duration
from run_contracts.server.troubles.failing import end_connection

Newline = Literal["\n", "\r\n", "\r"]
NEWLINES = ("\n", "\r\n", "\r")
COMMENT = b": keep-alive\n\n"
_FRAME = re.compile(rb".*?\n\n", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamForm:
    """How a stream is written: its line ends, comments, pauses, pieces, and where it is cut.

    `split` is how many bytes go out at once, `pause` the real seconds before each event;
    `cut_after` so many events the connection is closed.
    """

    newline: Newline = "\n"
    comments: bool = False
    pause: float = 0.0
    split: int | None = None
    cut_after: int | None = None

    def bytes_of(self, frame: bytes) -> bytes:
        r"""Return an event as it is written.

        >>> StreamForm(newline="\r\n", comments=True).bytes_of(b"data: 1\n\n")
        b': keep-alive\r\n\r\ndata: 1\r\n\r\n'
        """
        written = (COMMENT if self.comments else b"") + frame
        return written.replace(b"\n", self.newline.encode())

    def pieces(self, written: bytes) -> Iterator[bytes]:
        """Yield what goes out at once."""
        size = self.split or len(written)
        for start in range(0, len(written), size):
            yield written[start : start + size]


def stream_form(
    *, newline: Any = "\n", comments: Any = False, pause: Any = 0.0, split: Any, cut_after: Any
) -> StreamForm:
    """Return the form of a stream; raise `UsageError` for what none has."""
    check_known("newline", newline, NEWLINES)
    if not isinstance(comments, bool):
        raise UsageError(f"comments is {as_given(comments)}; give True or False")
    return StreamForm(
        newline=newline,
        comments=comments,
        pause=duration("pause", pause),
        split=None if split is None else count("split", split, least=1),
        cut_after=None if cut_after is None else count("cut_after", cut_after),
    )


class StreamWriter:
    """Writes one answer: a stream in the form that is chosen when it begins, all else as it is."""

    def __init__(
        self, choose: Callable[[], StreamForm | None], receive: Receive, send: Send
    ) -> None:
        """Have written nothing."""
        self._choose, self._receive, self._send = choose, receive, send
        self._form: StreamForm | None = None
        self._left, self._events = b"", 0

    async def sent(self, message: Message) -> None:
        """Send a message on, as the form has it."""
        if message["type"] == "http.response.start":
            named = dict(message.get("headers", ()))
            is_stream = named.get(b"content-type", b"").startswith(STREAM_TYPE.encode())
            self._form = self._choose() if is_stream else None
        if self._form is None or message["type"] != "http.response.body":
            await self._send(message)
            return
        self._left += message.get("body", b"")
        while matched := _FRAME.match(self._left):
            self._left = self._left[matched.end() :]
            await self._write(self._form, matched[0])
        if not message.get("more_body", False):
            await self._send({**message, "body": self._left})

    async def _write(self, form: StreamForm, frame: bytes) -> None:
        if self._events == form.cut_after:
            await end_connection(self._receive)
        self._events += 1
        await asyncio.sleep(form.pause)
        for piece in form.pieces(form.bytes_of(frame)):
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
