"""Recordings: files of JSON, JSON lines and server-sent events, read a part at a time."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO

from run_contracts.contract.operations import JSON_TYPE, STREAM_TYPE
from run_contracts.errors import UnreadableBody, UsageError
from run_contracts.filesystem.foreign import LOOKED_AT, foreign_form
from run_contracts.filesystem.opening import FileName, is_pipe, opened, unreadable, without_mark
from run_contracts.filesystem.single_line import name_of
from run_contracts.traffic.exchange import OK, Exchange, Request, Response
from run_contracts.traffic.sse import frames
from run_contracts.traffic.streamed_events import DONE_DATA
from run_contracts.types import Edition
from run_contracts.validation.json_text import BODY_LIMIT, beyond_limit, decode_json

LINES = (".jsonl", ".ndjson")
STREAMS = (".sse", ".event-stream")
STREAM_STARTS = (b"event:", b"data:")
MOST_STREAM_EVENTS = 100_000
"""Events of one stream that are judged; one for each token of the longest answers."""
PART_BYTES = 256 * 1024
"""Bytes of lines that are handed on together; a single line may have more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPart:
    """A part of a recording: some of its lines, each an answer, or all of it as one answer.

    `first` is the number of its first line, 0 if it is one answer. Of what is too large `reason`
    says so in words, and the bytes are not here. `size` is how many bytes of the file it takes.
    """

    name: str
    data: bytes
    size: int
    first: int = 0
    kind: str = JSON_TYPE
    reason: str = ""

    def answers(self) -> Iterator[tuple[int, bytes]]:
        """Yield each answer with the number of its line; blank lines are none."""
        lines = self.data.split(b"\n") if self.first else [self.data]
        for number, line in enumerate(lines, start=self.first):
            if line.strip():
                yield number, line

    def source(self, number: int) -> str:
        """Return what the answer in a line is called; 0 is all of the file."""
        return f"{self.name}, line {number}" if number else self.name

    def exchange(self, number: int, body: bytes, edition: Edition) -> Exchange:
        """Return a recorded body as the answer to an unknown request."""
        return Exchange(
            number=number + 1,
            edition=edition,
            request=Request(method="", url=""),
            response=Response(status=OK, headers=(("Content-Type", self.kind),), body=body),
            source=self.source(number),
        )


def read(file: FileName, *, edition: Edition) -> tuple[Exchange, ...]:
    """Return what a file holds: one answer, or one for each line that is not blank.

    Raises `UsageError` for a file that cannot be read, and for an answer that is too large.
    """
    every: list[Exchange] = []
    for part in parts(file):
        if part.reason:
            raise UsageError(f"{part.source(part.first)}: {part.reason}")
        every += (part.exchange(number, body, edition) for number, body in part.answers())
    return tuple(every)


def parts(file: FileName, *, size: int = PART_BYTES) -> Iterator[RecordedPart]:
    """Yield the parts of a file in order, lines of so many bytes together; none of it is kept.

    The ending tells the form: .jsonl and .ndjson are lines, .sse is a stream, anything else is
    JSON unless it begins like a stream. A pipe has no ending: it holds lines if two follow one
    another that are objects. Raises `UsageError` for a file that cannot be read, and for one that
    is plainly no text.
    """
    name, suffix = name_of(file), PurePath(os.fspath(file)).suffix.lower()
    try:
        with opened(file) as reading:
            start = reading.read(LOOKED_AT)
            foreign = foreign_form(start)
            if foreign is not None:
                raise UsageError(f"{name}: {foreign}")
            rest = _again(without_mark(start), reading)
            if suffix in LINES:
                yield from _lines(rest, name, size)
            elif suffix in STREAMS or start.lstrip().startswith(STREAM_STARTS):
                yield from _whole(rest, name, STREAM_TYPE, _size(reading))
            elif is_pipe(reading):
                yield from _of_pipe(rest, name, size)
            else:
                yield from _whole(rest, name, JSON_TYPE, _size(reading))
    except OSError as error:
        raise unreadable(file, error) from None


class _Again(io.RawIOBase):
    """What was read of a file, and then the rest of it."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start, self._rest = start, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._start[: len(buffer)]
        self._start = self._start[len(part) :]
        part = part or self._rest.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


def _again(start: bytes, rest: BinaryIO) -> BinaryIO:
    """Return a file as if what was read of it was not."""
    return io.BufferedReader(_Again(start, rest), buffer_size=64 * 1024)


def _lines(reading: BinaryIO, name: str, most: int) -> Iterator[RecordedPart]:
    """Yield lines, some at a time, and each that is too large alone and without its bytes."""
    lines: list[bytes] = []
    number, size = 0, 0
    while line := reading.readline(BODY_LIMIT + 1):
        number += 1
        if len(line) > BODY_LIMIT and not line.endswith(b"\n"):
            if lines:
                yield _of_lines(lines, size, name, number)
            yield _too_large(reading, len(line), name, number)
            lines, size = [], 0
            continue
        lines.append(line)
        size += len(line)
        if size >= most:
            yield _of_lines(lines, size, name, number + 1)
            lines, size = [], 0
    if lines:
        yield _of_lines(lines, size, name, number + 1)


def _of_lines(lines: list[bytes], size: int, name: str, following: int) -> RecordedPart:
    """Return a part of lines, of which the number of the line after them is known."""
    data = b"".join(lines).removesuffix(b"\n")
    return RecordedPart(name=name, data=data, size=size, first=following - len(lines))


def _too_large(reading: BinaryIO, size: int, name: str, number: int) -> RecordedPart:
    """Return a line that is too large, and read on to its end."""
    line = b""
    while not line.endswith(b"\n") and (line := reading.readline(PART_BYTES)):
        size += len(line)
    return RecordedPart(name=name, data=b"", size=size, first=number, reason=beyond_limit(size))


def _whole(reading: BinaryIO, name: str, kind: str, size: int) -> Iterator[RecordedPart]:
    """Yield all of a file as one answer; nothing if it is blank."""
    data = reading.read(BODY_LIMIT + 1)
    size = max(size, len(data))
    if len(data) > BODY_LIMIT:
        yield RecordedPart(name=name, data=b"", size=size, kind=kind, reason=beyond_limit(size))
    elif kind == STREAM_TYPE and data.count(b"data:") > MOST_STREAM_EVENTS:
        reason = f"more than the {MOST_STREAM_EVENTS:,} events that are judged in one stream"
        yield RecordedPart(name=name, data=b"", size=size, kind=kind, reason=reason)
    elif data.strip():
        data = with_its_end(data) if kind == STREAM_TYPE else data
        yield RecordedPart(name=name, data=data, size=size, kind=kind)


def with_its_end(data: bytes) -> bytes:
    r"""Return a recorded stream with the blank line at its end that editors take away.

    It is given back only to a last frame that says all it has to: the end marker, or an object.

    >>> with_its_end(b"data: [DONE]\n")
    b'data: [DONE]\n\n\n'
    >>> with_its_end(b'data: {"id": ')
    b'data: {"id": '
    """
    if data.endswith((b"\n\n", b"\r\r", b"\n\r\n")):
        return data
    last = frames(data)[-1:]
    is_said = any(not frame.whole and _says_all(frame.data or "") for frame in last)
    return data + b"\n\n" if is_said else data


def _says_all(data: str) -> bool:
    """Say whether the data of a frame is the end marker, or a whole object."""
    try:
        return data == DONE_DATA or isinstance(decode_json(data.encode()).value, dict)
    except UnreadableBody:
        return False


def _of_pipe(reading: BinaryIO, name: str, size: int) -> Iterator[RecordedPart]:
    """Yield what a pipe holds: lines if its first two are objects, else one answer."""
    first = _to_text(reading)
    is_object = first.lstrip().startswith(b"{") and first.rstrip().endswith(b"}")
    second = _to_text(reading) if is_object else b""
    rest = _again(first + second, reading)
    are_lines = second.lstrip().startswith(b"{")
    yield from _lines(rest, name, size) if are_lines else _whole(rest, name, JSON_TYPE, 0)


def _to_text(reading: BinaryIO) -> bytes:
    """Return what is read up to the end of the next line that is not blank."""
    lines = [reading.readline(BODY_LIMIT + 1)]
    while lines[-1] and not lines[-1].strip() and len(lines) < BODY_LIMIT:
        lines.append(reading.readline(BODY_LIMIT + 1))
    return b"".join(lines)


def _size(reading: BinaryIO) -> int:
    """Return how many bytes a file has, as far as it has so many."""
    return os.fstat(reading.fileno()).st_size
