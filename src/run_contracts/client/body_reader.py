"""Reading the body of an answer as it comes, up to a size and to some moment."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from run_contracts.contract.operations import STREAM_TYPE
from run_contracts.validation.json_text import BODY_LIMIT

LONGEST_STREAM = 120.0
"""Seconds a streamed answer is read before its reader gives up."""
ALL_BODIES = 64 * 1024 * 1024
"""Bytes that a check keeps of all bodies: of each at most half of what is left of them."""
OBJECT_BYTES = 200
"""Bytes of a small object when it is read, beside its text."""
LEAST_LIMIT = 256 * 1024
"""Bytes that are read of a body, however much was kept before."""
LINES_OF_STREAM = 20_000
"""Lines that are read of a stream: more than there are in the longest that a check asks for."""
AFTER_THE_END = 5.0
"""Seconds a stream is read on after it said that it has ended."""
REASON_LENGTH = 200
"""Characters of what the transport says of how an answer broke off."""
_EVENT = re.compile(rb"(?:^|[\r\n])(?:data|event)[:\r\n]")
_DONE = re.compile(rb"(?:^|[\r\n])data: ?\[DONE\][\r\n]")
_TAIL = 16
"""Bytes before a piece that are looked at again: what is looked for may begin in them."""


class Unended(httpx2.ReadTimeout):
    """An answer began, and had not ended when its time was over."""


class AnswerClock:
    """Until when an answer has to be there: soon, unless it turns out to be a stream of events."""

    def __init__(self, timeout: float, longest: float) -> None:
        """Begin to count; times are in seconds."""
        self._started = time.monotonic()
        self._longest = longest
        self.until = self._started + timeout

    def check(self) -> None:
        """Raise `httpx2.ReadTimeout` if the time is over."""
        if time.monotonic() >= self.until:
            raise httpx2.ReadTimeout("the time for the answer is over")

    def streams(self) -> None:
        """Give a stream, which has begun to say something, its longer time."""
        self.until = self._started + self._longest

    def ends(self) -> None:
        """Give a stream that said its last word a little more."""
        self.until = min(self.until, time.monotonic() + AFTER_THE_END)


class Allowance:
    """How much of the bodies of a check is kept; several threads may keep some at once."""

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._left = ALL_BODIES

    @property
    def limit(self) -> int:
        """How many bytes the next body may have."""
        return min(BODY_LIMIT, max(LEAST_LIMIT, self._left // 2))

    def keep(self, body: bytes) -> None:
        """Count what is kept of a body: its bytes, and what its objects are read into."""
        self._left -= len(body) + OBJECT_BYTES * body.count(b"{")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one answer may take: seconds, those of a stream, and how much of it is kept.

    `timeout` is the time for the whole of an answer, and for the first event of a stream.
    """

    timeout: float
    longest: float
    allowance: Allowance


class BodyReader:
    """Reads one body, up to so many bytes.

    `broken_off` says how the server ended it before its end, empty if it did not; `is_late` whether
    a stream was left because its time was over.
    """

    def __init__(self, clock: AnswerClock, limit: int) -> None:
        """Nothing is read yet."""
        self._limit, self._lines = limit, 0
        self.body = bytearray()
        self.broken_off, self.is_late = "", False
        self._clock = clock
        self._has_events = self._has_ended = False

    def read(self, answer: httpx2.Response, show: Callable[[], None] | None) -> bool:
        """Read a body, shown as it grows; return whether it was read to its end.

        A server that breaks off half way has ended its answer: what came is what is judged. Raises
        `Unended` if an answer that is no stream takes too long.
        """
        media_type = answer.headers.get("content-type", "").partition(";")[0]
        is_stream = media_type.strip().lower() == STREAM_TYPE
        is_read = answer.is_stream_consumed  # by a transport that had all of it
        decoder = _Decoder("" if is_read else answer.headers.get("content-encoding", ""))
        try:
            for piece in [answer.content] if is_read else answer.iter_raw():
                chunk = decoder.decoded(piece, self._limit + 1 - len(self.body))
                self.body += chunk
                if is_stream:
                    self._follow(chunk)
                if show is not None:
                    show()
                if len(self.body) > self._limit or self._lines > LINES_OF_STREAM:
                    return False
                self._clock.check()
        except httpx2.RemoteProtocolError as error:
            self.broken_off = str(error)[:REASON_LENGTH]
        except (httpx2.ReadError, zlib.error):
            pass
        except httpx2.ReadTimeout as error:
            if not is_stream:
                raise Unended(str(error)) from error
            self.is_late = not self._has_ended
            return False
        return True

    def _follow(self, chunk: bytes) -> None:
        """Look at what came last of a stream: its first event and its end change its time."""
        self._lines += chunk.count(b"\n") + chunk.count(b"\r")
        start = max(0, len(self.body) - len(chunk) - _TAIL)
        if not self._has_events and _EVENT.search(self.body, start):
            self._has_events = True
            self._clock.streams()
        if not self._has_ended and _DONE.search(self.body, start):
            self._has_ended = True
            self._clock.ends()


class _Decoder:
    """Undoes the encoding of a body, never to more bytes than there is room for."""

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        self._zipped = zlib.decompressobj(_ZIPPED[name]) if name in _ZIPPED else None
        self._may_be_bare = name == "deflate"

    def decoded(self, piece: bytes, room: int) -> bytes:
        """Return what a piece is, as far as there is room; raise `zlib.error` if it is nothing."""
        if self._zipped is None:
            return piece
        try:
            return self._zipped.decompress(piece, max(1, room))
        except zlib.error:
            if not self._may_be_bare:
                raise
            # Some servers send deflate without the frame that RFC 9110 asks for; clients read it.
            self._zipped = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._zipped.decompress(piece, max(1, room))
        finally:
            self._may_be_bare = False


_ZIPPED = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
"""The encodings that are asked for and undone, and how zlib names them; others are left alone."""
ACCEPTED = "gzip, deflate"
"""What is asked for."""
