"""Odd answers: what servers may answer, and some clients cannot read.

Each makes pieces of a piece of an answer: of a plain one its whole, of a stream what comes at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Odd = Callable[[bytes, bool], list[bytes]]
"""What becomes of a piece; whether it is one of a stream."""
_RUN = re.compile(rb'"object": ?"thread.run",')
_NO_ANNOTATIONS = re.compile(rb', ?"annotations": ?\[\]')
_LAST_PAGE = re.compile(rb'"has_more": ?false')


def unknown_field(piece: bytes, is_stream: bool) -> list[bytes]:
    """Give runs a field more than is published."""
    return [_RUN.sub(rb'"object":"thread.run","mood":"calm",', piece)]


def unknown_event(piece: bytes, is_stream: bool) -> list[bytes]:
    """Give streams an event more than is published."""
    return [b'event: mood.changed\ndata: {"mood": "calm"}\n\n', piece] if is_stream else [piece]


def comments(piece: bytes, is_stream: bool) -> list[bytes]:
    """Give streams comments, which keep a connection alive."""
    return [b": keep-alive\n\n", piece] if is_stream else [piece]


def crlf(piece: bytes, is_stream: bool) -> list[bytes]:
    """End lines of streams with CR and LF, as they end in other text of the net."""
    return [piece.replace(b"\n", b"\r\n")] if is_stream else [piece]


def cr(piece: bytes, is_stream: bool) -> list[bytes]:
    """End lines of streams with CR alone."""
    return [piece.replace(b"\n", b"\r")] if is_stream else [piece]


def slices(piece: bytes, is_stream: bool) -> list[bytes]:
    """Send streams three bytes at a time."""
    return [piece[at : at + 3] for at in range(0, len(piece), 3)] if is_stream else [piece]


def no_annotations(piece: bytes, is_stream: bool) -> list[bytes]:
    """Leave empty lists of annotations out."""
    return [_NO_ANNOTATIONS.sub(b"", piece)] if is_stream else [piece]


def always_more(piece: bytes, is_stream: bool) -> list[bytes]:
    """Say of every page that more follow, of the last and of empty ones, too."""
    return [_LAST_PAGE.sub(b'"has_more":true', piece)]


ODD: tuple[Odd, ...] = (
    *(unknown_field, unknown_event, comments, crlf, cr, slices, no_annotations, always_more),
)


@dataclass(kw_only=True)
class OddAnswers:
    """An ASGI application that answers as another does, oddly."""

    application: Any
    odd: Odd

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        start: dict[str, Any] = {}

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [one for one in message["headers"] if one[0] != b"content-length"]
                start.update(message, headers=headers)
                await send(start)
                return
            is_stream = any(b"event-stream" in value for _, value in start["headers"])
            for piece in self.odd(message.get("body", b""), is_stream):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            if not message.get("more_body"):
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self.application(scope, receive, sending)
