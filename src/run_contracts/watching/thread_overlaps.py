"""Which exchanges were under way together: of all that pass at once, those on one thread.

At a server that many clients use, nearly everything overlaps with something. It matters only where
the order of two answers says what became of a run, and all that a run shows is on its thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from run_contracts.contract.operations import unquoted

MOST_ENDED_THREADS = 20_000
"""Threads that are remembered as long as it is open to which of them a request belongs."""
_THREAD = re.compile(r"/threads/([^/?#]+)")
_CREATES_THREAD = re.compile(r"/threads(?:/runs)?/?(?:$|[?#])")
_FIRST_THREAD = re.compile(
    rb'"thread_id"\s*:\s*"((?:[^"\\]|\\.){1,200})"'
    rb'|"id"\s*:\s*"((?:[^"\\]|\\.){1,200})"\s*,\s*"object"\s*:\s*"thread"'
)


def thread_of(url: str) -> str:
    """Return the thread that a URL is about; empty if it is about none.

    >>> thread_of("http://h/v1/threads/thread_1/runs?limit=1"), thread_of("http://h/v1/threads/runs")
    ('thread_1', '')
    """
    found = _THREAD.search(url)
    named = found[1] if found and not creates_thread("POST", url) else ""
    return unquoted(named)


def creates_thread(method: str, url: str) -> bool:
    """Say whether a request makes a thread, whose id only its answer tells.

    >>> creates_thread("POST", "http://h/v1/threads/runs"), creates_thread("GET", "http://h/threads")
    (True, False)
    """
    return method == "POST" and _CREATES_THREAD.search(url) is not None


def thread_in(body: bytes) -> str:
    r"""Return the first thread that the beginning of an answer names; empty if it names none.

    >>> thread_in(b'event: thread.created\ndata: {"id":"thread_1","object":"thread"}')
    'thread_1'
    """
    found = _FIRST_THREAD.search(body)
    return (found[1] or found[2]).decode("utf-8", "replace") if found else ""


@dataclass(slots=True)
class _Open:
    """A request that is under way: since when, on which thread, with which others.

    It `is_late` if its thread was used before it was known to be its own.
    """

    since: int
    thread: str
    is_unknown: bool
    together: int = 0
    is_late: bool = False


@dataclass(slots=True)
class _BusyThread:
    """A thread on which requests are under way."""

    open: set[int] = field(default_factory=set)
    together: int = 0


class Overlaps:
    """Numbers the exchanges of one session that were under way together on one thread.

    Exchanges are judged in the order in which they end. So two on one thread stand in their order
    if the first had ended when the second began; all others share a number above 0.

    >>> overlaps = Overlaps()
    >>> overlaps.begin(1, "t"), overlaps.begin(2, "t"), overlaps.begin(3, "other")
    (None, None, None)
    >>> overlaps.end(1), overlaps.end(3), overlaps.end(2)
    (1, 0, 1)
    """

    def __init__(self) -> None:
        """Begin with nothing under way."""
        self._clock = self._groups = self._unknown = 0
        self._open: dict[int, _Open] = {}
        self._busy: dict[str, _BusyThread] = {}
        self._ended_at: dict[str, int] = {}
        self._forgot_at = -1
        self.open_groups: set[int] = set()
        """The numbers that are shared with requests that are still under way."""

    def begin(self, serial: int, thread: str, *, is_unknown: bool = False) -> None:
        """Take a request that has come, on a thread; if `is_unknown` its answer names it."""
        self._clock += 1
        entry = _Open(self._clock, "", is_unknown)
        self._open[serial] = entry
        self._unknown += is_unknown
        if thread:
            self._join(serial, entry, thread)

    def learn(self, serial: int, thread: str) -> None:
        """Take the thread that the answer to a request names which is under way."""
        entry = self._open.get(serial)
        if entry is not None and thread and entry.is_unknown and not entry.thread:
            entry.is_late = self._was_used_since(entry.since, thread)
            self._join(serial, entry, thread)

    def end(self, serial: int, thread: str = "") -> int | None:
        """Return the number that an exchange shares with others, 0 if with none.

        None where its order among others is not known: its thread, which only the end of its answer
        named, was asked for before.
        """
        self.learn(serial, thread)
        entry = self._open.pop(serial, None)
        if entry is None:
            return None
        is_lost = entry.is_unknown and self._forgot_at > entry.since
        self._unknown -= entry.is_unknown
        self._leave(serial, entry)
        return None if entry.is_late or is_lost else entry.together

    def _join(self, serial: int, entry: _Open, thread: str) -> None:
        entry.thread = thread
        busy = self._busy.setdefault(thread, _BusyThread())
        busy.open.add(serial)
        if len(busy.open) == 1:
            return
        if not busy.together:
            self._groups += 1
            busy.together = self._groups
            self.open_groups.add(busy.together)
        for other in busy.open:
            self._open[other].together = busy.together

    def _leave(self, serial: int, entry: _Open) -> None:
        self._clock += 1
        busy = self._busy.get(entry.thread)
        if busy is not None:
            busy.open.discard(serial)
            if not busy.open:
                del self._busy[entry.thread]
                self.open_groups.discard(busy.together)
        if not self._unknown:
            self._ended_at.clear()
        elif entry.thread:
            self._ended_at[entry.thread] = self._clock
            if len(self._ended_at) > MOST_ENDED_THREADS:
                self._ended_at.clear()
                self._forgot_at = self._clock

    def _was_used_since(self, since: int, thread: str) -> bool:
        """Say whether an exchange of a thread has ended since a request came."""
        return self._ended_at.get(thread, -1) > since
