"""Server-sent events: bytes to frames, by the HTML standard, keeping what a judge must see."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STREAM_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:(?:event|data|id|retry)[ \t]*:|:)")
"""How the text of a stream begins: with a field of an event, or with a comment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One event as sent. `line` is where it starts (from 1); `whole` is false if it was cut off.

    `name` is None when the frame has no ``event`` field, `data` None when it has no ``data``.
    """

    name: str | None
    data: str | None
    line: int
    whole: bool = True


def starts_like_a_stream(data: bytes) -> bool:
    """Say whether a text begins as a stream of events does, and as no JSON can.

    >>> starts_like_a_stream(b": ping"), starts_like_a_stream(b"id: 1"), starts_like_a_stream(b"{}")
    (True, True, False)
    """
    return _STREAM_START.match(data) is not None


def frames(data: bytes) -> tuple[Frame, ...]:
    r"""Return the frames of a stream; comments and unknown fields are passed over.

    Lines may end with LF, CR LF or CR. A last frame without its blank line is kept and marked,
    for a judge must know that the stream was cut off (a browser would drop it).

    >>> frames(b"event: done\ndata: [DONE]\n\n")
    (Frame(name='done', data='[DONE]', line=1, whole=True),)
    """
    text = data.decode("utf-8", errors="replace").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    sent: list[Frame] = []
    fields: list[tuple[str, str]] = []
    start = 1
    for number, line in enumerate(lines, start=1):
        if line:
            if not fields:
                start = number
            if not line.startswith(":"):
                name, _, value = line.partition(":")
                fields.append((name, value.removeprefix(" ")))
            continue
        if _says_something(fields):
            # The text after the last line break is not a blank line: the frame was cut off.
            sent.append(_frame(fields, start, whole=number < len(lines)))
        fields = []
    if _says_something(fields):
        sent.append(_frame(fields, start, whole=False))
    return tuple(sent)


def _says_something(fields: list[tuple[str, str]]) -> bool:
    return any(name in ("event", "data") for name, _ in fields)


def _frame(fields: list[tuple[str, str]], line: int, *, whole: bool) -> Frame:
    """Build a frame: the last name counts, the lines of data are joined."""
    named = [value for name, value in fields if name == "event"]
    data = [value for name, value in fields if name == "data"]
    return Frame(
        name=named[-1] if named else None,
        data="\n".join(data) if data else None,
        line=line,
        whole=whole,
    )
