"""HTTP messages: what was sent and what was answered, as bytes, and what their headers say."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from propcache.api import cached_property

from run_contracts.contract.operations import STREAM_TYPE
from run_contracts.traffic.payload import Payload

Headers = tuple[tuple[str, str], ...]
NO_ANSWER = 0
"""The status of a response that never came."""
OK = 200
BAD_REQUEST = 400
SERVER_ERROR = 500
UNAVAILABLE = 503
TOO_MANY_REQUESTS = 429
RETRY_AFTER = "retry-after"
"""The header that says when to come again."""
TURNED_AWAY = frozenset({401, 403})
"""Statuses that speak of the caller, not of what was asked."""


@lru_cache(maxsize=4096)
def _in_lower_case(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(str.lower, names))


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was sent, as it was, secrets included; they are not in what it prints as."""

    method: str
    url: str = field(repr=False)
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)

    @cached_property
    def payload(self) -> Payload:
        """Its body, read once."""
        return Payload(self.body)

    @cached_property
    def header_names(self) -> frozenset[str]:
        """The names of its headers, in lower case."""
        return _in_lower_case(tuple([name for name, _ in self.headers]))


@dataclass(frozen=True, kw_only=True)
class Response:
    """What was answered. `is_whole` is false when the reader gave up before the answer ended.

    Of an answer that never came the status is `NO_ANSWER`, `failure` says in words why, and
    `is_late` whether only the time for it was over. `silences` is how often the server got the
    request anew and left it without an answer for as long as a client waits, or hung up; what else
    went wrong is not counted. `broken_off` says how the server ended an answer before its end, in
    the words of the transport; `is_left` whether the client hung up before, which only who served
    it knows. `traceback` is what an application in this process raised: the last frames.
    """

    status: int
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    seconds: float = 0.0
    is_whole: bool = True
    failure: str = ""
    is_late: bool = False
    silences: int = 0
    broken_off: str = ""
    is_left: bool = False
    traceback: str = field(default="", repr=False)

    @property
    def is_answer(self) -> bool:
        """Whether anything was answered at all."""
        return self.status != NO_ANSWER

    @property
    def is_lost(self) -> bool:
        """Whether nothing can be read of it: none came, or its reader left before the first part.

        What was asked for may have been done all the same.
        """
        return not self.is_answer or not (self.is_whole or self.payload.frames)

    @property
    def is_put_off(self) -> bool:
        """Whether the server asks to come again later, or is unavailable until then."""
        is_later = self.status == UNAVAILABLE and self.header(RETRY_AFTER) is not None
        return is_later or self.status == TOO_MANY_REQUESTS

    @property
    def outcome(self) -> str:
        """What became of the request, in words that follow its name."""
        return f"was answered {self.status}" if self.is_answer else f"had no answer: {self.failure}"

    @cached_property
    def payload(self) -> Payload:
        """Its body, read once."""
        return Payload(self.body, is_stream=self.is_stream, is_cut=not self.is_whole)

    def reads(self, payload: Payload) -> None:
        """Take over what was read of the same bytes, said to be of the same kind, before."""
        self.__dict__["payload"] = payload

    def header(self, name: str) -> str | None:
        """Return the value of a header, whatever the case of its name; None if it is absent."""
        wanted = name.lower()
        for given, value in self.headers:
            if given.lower() == wanted:
                return value
        return None

    @cached_property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case; empty if none was said."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def is_stream(self) -> bool:
        """Whether it says it is a stream of events."""
        return self.media_type == STREAM_TYPE
