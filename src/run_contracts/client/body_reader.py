"""Reading the body of an answer as it comes, up to a size and to some moment."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import httpx2

from run_contracts.contract.operations import STREAM_TYPE
from run_contracts.validation.json_text import BODY_LIMIT

LONGEST_STREAM = 120.0
"""Seconds a streamed answer is read before its reader gives up."""
STREAM_LIMIT = 16 * 1024 * 1024
"""Bytes that are read of a stream."""
AFTER_THE_END = 5.0
"""Seconds a stream is read on after it said that it has ended."""
LONGEST_REASON = 200
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


class BodyReader:
    """Reads one body.

    `broken_off` says how the server ended it before its end, empty if it did not; `is_late` whether
    a stream was left because its time was over.
    """

    def __init__(self, clock: AnswerClock) -> None:
        """Nothing is read yet."""
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
        limit = STREAM_LIMIT if is_stream else BODY_LIMIT
        try:
            for chunk in answer.iter_bytes():
                self.body += chunk
                if is_stream:
                    self._follow(len(chunk))
                if show is not None:
                    show()
                if len(self.body) > limit:
                    return False
                self._clock.check()
        except httpx2.RemoteProtocolError as error:
            self.broken_off = str(error)[:LONGEST_REASON]
        except (httpx2.ReadError, httpx2.DecodingError):
            pass
        except httpx2.ReadTimeout as error:
            if not is_stream:
                raise Unended(str(error)) from error
            self.is_late = not self._has_ended
            return False
        return True

    def _follow(self, size: int) -> None:
        """Look at what came last of a stream: its first event and its end change its time."""
        start = max(0, len(self.body) - size - _TAIL)
        if not self._has_events and _EVENT.search(self.body, start):
            self._has_events = True
            self._clock.streams()
        if not self._has_ended and _DONE.search(self.body, start):
            self._has_ended = True
            self._clock.ends()
