"""A request and its answer while they pass: what is kept of them, and handed to the judge.

Whoever forwards traffic calls this beside it. Nothing here raises, waits or changes a byte.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from threading import Lock
from typing import Any, Concatenate, ParamSpec, Protocol

from run_contracts.recordings.sessions import ROOT
from run_contracts.traffic.exchange import NO_ANSWER, Headers
from run_contracts.validation.json_text import BODY_LIMIT
from run_contracts.watching.judge_messages import Began, Beginning, Passed, ToJudge, Unjudged
from run_contracts.watching.thread_overlaps import creates_thread, thread_in

MOST_OPEN = 20_000
"""Requests that are under way at once."""
MOST_HELD = 256 * 1024 * 1024
"""Bytes of bodies that are held of all that is under way; what comes beyond is not judged."""
SEARCHED_BEGINNING = 64 * 1024
"""Bytes of an answer in which the thread is looked for that it is about."""
TOO_MANY_OPEN = "too many requests were under way"
BODY_TOO_LARGE = f"a body of more than {BODY_LIMIT // 2**20} MiB"
TOO_MUCH = f"more than {MOST_HELD // 2**20} MiB were under way"
NO_END_CAME = "it broke off"
"""What is said of an answer that came to no end, where nothing says why."""
LAST_WORD = 64
"""Bytes at the end of a stream in which its last word stands; SDKs do not read on after it."""
_LAST_WORD = re.compile(rb"(?:^|[\r\n])data: ?\[DONE\](?:\r\n|\r|\n){2}\s*$")
HeaderPairs = Any
"""Pairs of bytes, as servers and clients have them."""
_Given = ParamSpec("_Given")


class Sink(Protocol):
    """Takes what is said of traffic, at once; it may be lost."""

    def offer(self, message: ToJudge, size: int) -> None:
        """Take a message of about so many bytes."""


def decoded(headers: HeaderPairs) -> Headers:
    """Return headers as text, each byte a letter."""
    pairs = ((bytes(name), bytes(value)) for name, value in headers)
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)


def _harmless(
    method: Callable[Concatenate[Passing, _Given], None],
) -> Callable[Concatenate[Passing, _Given], None]:
    """Let an error of ours cost the exchange its verdict, and nothing else."""

    def wrapped(self: Passing, /, *args: _Given.args, **named: _Given.kwargs) -> None:
        if self.is_over:
            return
        try:
            method(self, *args, **named)
        except Exception as error:
            self.give_up(error)

    wrapped.__doc__ = method.__doc__
    return wrapped


class Tap:
    """Where traffic passes: begins a `Passing` for each request that concerns the contract."""

    def __init__(self, sink: Sink) -> None:
        """Hand what passes to a sink."""
        self._sink = sink
        self._lock = Lock()
        self._serial = 0
        self.held = 0
        self.requests = self.beside = 0
        self._open: dict[int, Passing] = {}
        self.own_errors: Counter[str] = Counter()

    @property
    def open(self) -> int:
        """How many requests are under way."""
        return len(self._open)

    def begin(self, method: str, url: str, headers: Headers) -> Passing | None:
        """Return what keeps a request and its answer; None for what the contract is silent of."""
        try:
            self.requests += 1
            if ROOT.search(url.partition("?")[0]) is None:
                self.beside += 1
                return None
            with self._lock:
                self._serial += 1
                passing = Passing(self, self._serial, method, url)
                self._sink.offer(Began(self._serial, method, url, headers), 1000)
                self._open[self._serial] = passing
                too_many = len(self._open) > MOST_OPEN
            if too_many:
                next(iter(self._open.values())).drop(TOO_MANY_OPEN)
        except Exception as error:
            self.own_errors[type(error).__name__] += 1
            return None
        return passing

    def end_open(self) -> int:
        """Let all that is under way end as if who asked had gone; return how many there were."""
        passings = list(self._open.values())
        for passing in passings:
            passing.is_left()
        return len(passings)

    def say(self, message: ToJudge, size: int, *, is_last: bool = False) -> None:
        """Hand a message on; with the last one a request is under way no more."""
        with self._lock:
            self._sink.offer(message, size)
            if is_last:
                self._open.pop(getattr(message, "serial", 0), None)


class Passing:
    """One request and its answer, as far as they came. It is over once, and then deaf."""

    def __init__(self, tap: Tap, serial: int, method: str, url: str) -> None:
        """Begin when the head of a request has come."""
        self.is_over = False
        self._tap, self._serial, self._method = tap, serial, method
        self._at, self._began = time.time(), time.monotonic()
        self._asked, self._body = bytearray(), bytearray()
        self._status = NO_ANSWER
        self._headers: Headers = ()
        self._expected: int | None = None
        self._seeks_thread = creates_thread(method, url)

    @_harmless
    def asks(self, part: bytes) -> None:
        """Keep a part of the request's body that has come."""
        self._keep(self._asked, part)

    @_harmless
    def answers(self, status: int, headers: HeaderPairs) -> None:
        """Keep the head of the answer, which has come."""
        self._status, self._headers = status, decoded(headers)
        named = {name.lower(): value for name, value in self._headers}
        length = named.get("content-length", "")
        self._expected = int(length) if length.isdigit() and len(length) < 16 else None  # noqa: PLR2004 - nothing is longer
        self._seeks_thread &= "event-stream" in named.get("content-type", "")

    @_harmless
    def comes(self, part: bytes) -> None:
        """Keep a part of the answer's body that has come; with its last byte all is over."""
        self._keep(self._body, part)
        if self._seeks_thread and not self.is_over:
            self._seek_thread()
        if self._expected is not None and len(self._body) >= self._expected:
            self.ends()

    @_harmless
    def ends(self) -> None:
        """Hand on what passed: the answer has come to its end."""
        self._close()

    @_harmless
    def is_left(self) -> None:
        """Hand on what passed: who asked has gone; a stream that said its last word has ended."""
        has_ended = _LAST_WORD.search(bytes(self._body[-LAST_WORD:])) is not None
        self._close(is_whole=has_ended, is_left=not has_ended)

    @_harmless
    def breaks(self, reason: str, *, is_by_server: bool = False, silences: int = 0) -> None:
        """Hand on what passed: the answer broke off, or never came."""
        if self._status == NO_ANSWER:
            self._close(failure=reason[:200], silences=silences)
        elif is_by_server:
            self._close(broken_off=reason[:200] or NO_END_CAME)
        else:
            self._close(is_whole=False, broken_off=reason[:200] or NO_END_CAME)

    def give_up(self, error: Exception) -> None:
        """Let an error of ours end what is kept of this exchange."""
        self._tap.own_errors[type(error).__name__] += 1
        self.drop("an error of run-contracts")

    def _seek_thread(self) -> None:
        head = bytes(self._body[:SEARCHED_BEGINNING])
        if thread_in(head):
            self._tap.say(Beginning(self._serial, head), len(head))
        self._seeks_thread = len(self._body) < SEARCHED_BEGINNING and not thread_in(head)

    def _keep(self, body: bytearray, part: bytes) -> None:
        tap = self._tap
        if len(body) + len(part) > BODY_LIMIT:
            self.drop(BODY_TOO_LARGE)
        elif tap.held + len(part) > MOST_HELD:
            self.drop(TOO_MUCH)
        else:
            body += part
            tap.held += len(part)

    def drop(self, reason: str) -> None:
        """Leave the exchange unjudged, for this reason."""
        if not self.is_over:
            self._free()
            self._tap.say(Unjudged(self._serial, reason), 100, is_last=True)

    def _close(
        self,
        *,
        is_whole: bool = True,
        is_left: bool = False,
        broken_off: str = "",
        failure: str = "",
        silences: int = 0,
    ) -> None:
        asked, body = bytes(self._asked), bytes(self._body)
        self._free()
        passed = Passed(
            serial=self._serial,
            asked=asked,
            status=self._status,
            headers=self._headers,
            body=body,
            at=self._at,
            seconds=time.monotonic() - self._began,
            is_whole=is_whole,
            is_left=is_left,
            broken_off=broken_off,
            failure=failure,
            silences=silences,
        )
        self._tap.say(passed, len(asked) + len(body) + 1000, is_last=True)

    def _free(self) -> None:
        self.is_over = True
        self._tap.held -= len(self._asked) + len(self._body)
        self._asked, self._body = bytearray(), bytearray()
