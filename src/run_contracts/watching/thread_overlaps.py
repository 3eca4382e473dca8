"""Which exchanges were under way together: of all that pass at once, those on one thread.

At a server that many clients use, nearly everything overlaps with something. It matters only where
the order of two answers says what became of a run. All that a run shows is on its thread, but what
it was made of: an assistant is of all threads, and so is whatever changes one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto

from run_contracts.contract.operations import unquoted

MOST_ENDED_THREADS = 20_000
"""Threads that are remembered as long as it is open to which of them a request belongs."""
_THREAD = re.compile(r"/threads/([^/?#]+)")
_ASSISTANT = re.compile(r"/assistants(?:/[^/?#]+)?/?(?:$|[?#])")
_CREATES_ASSISTANT = re.compile(r"/assistants/?(?:$|[?#])")
_CREATES_RUN = re.compile(r"/threads/(?:[^/?#]+/)?runs/?(?:$|[?#])")
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


class AssistantUse(Enum):
    """What a request has to do with assistants."""

    NONE = auto()
    TAKES = auto()
    """It is answered by what an assistant is: a run is made of one, or one is shown."""
    CHANGES = auto()


def assistant_use(method: str, url: str) -> AssistantUse:
    """Return what a request has to do with assistants; one that is made has no users yet.

    >>> assistant_use("POST", "http://h/v1/assistants/asst_1"), assistant_use("GET", "http://h/threads")
    (<AssistantUse.CHANGES: 3>, <AssistantUse.NONE: 1>)
    """
    if _ASSISTANT.search(url):
        is_change = method not in ("GET", "HEAD") and not _CREATES_ASSISTANT.search(url)
        return AssistantUse.CHANGES if is_change else AssistantUse.TAKES
    is_creating = method == "POST" and _CREATES_RUN.search(url) is not None
    return AssistantUse.TAKES if is_creating else AssistantUse.NONE


def thread_in(body: bytes) -> str:
    r"""Return the first thread that the beginning of an answer names; empty if it names none.

    >>> thread_in(b'event: thread.created\ndata: {"id":"thread_1","object":"thread"}')
    'thread_1'
    """
    found = _FIRST_THREAD.search(body)
    return (found[1] or found[2]).decode("utf-8", "replace") if found else ""


@dataclass(slots=True, eq=False)
class _Group:
    """Exchanges that share a number; once that `is_said` of one that has ended, it stays."""

    own_number: int
    open: int = 0
    is_said: bool = False
    joined: _Group | None = None

    @property
    def whole(self) -> _Group:
        """The group that this one became a part of, or itself."""
        group = self
        while group.joined is not None:
            group = group.joined
        return group

    def join(self, other: _Group) -> bool:
        """Become one group with another, unless both numbers are said; say whether they are one."""
        first, second = self.whole, other.whole
        if first is second:
            return True
        if first.is_said and second.is_said:
            return False
        kept, given_up = (second, first) if second.is_said else (first, second)
        given_up.joined = kept
        kept.open += given_up.open
        return True


@dataclass(slots=True, eq=False)
class _Open:
    """A request that is under way: since when, on which thread, with which others.

    Its place `is_unknown` if its thread was used before it was known to be its own, or if it was
    beside two others that have two numbers. It `is_nameless` if only its answer names its thread.
    """

    since: int
    is_nameless: bool
    use: AssistantUse
    thread: str = ""
    group: _Group | None = None
    is_unknown: bool = False


@dataclass(slots=True)
class _BusyThread:
    """A thread on which requests are under way."""

    open: set[int] = field(default_factory=set)
    group: _Group | None = None


class Overlaps:
    """Numbers the exchanges of one session that were under way together on one thread.

    Exchanges are judged in the order in which they end. So two on one thread stand in their order
    if the first had ended when the second began; all others share a number above 0. What changes an
    assistant shares one with all that were under way beside it, and take something from assistants.

    >>> overlaps = Overlaps()
    >>> overlaps.begin(1, "t"), overlaps.begin(2, "t"), overlaps.begin(3, "other")
    (None, None, None)
    >>> overlaps.end(1), overlaps.end(3), overlaps.end(2)
    (1, 0, 1)
    """

    def __init__(self) -> None:
        """Begin with nothing under way."""
        self._clock = self._groups = self._nameless = 0
        self._open: dict[int, _Open] = {}
        self._busy: dict[str, _BusyThread] = {}
        self._of_assistants: dict[int, _Open] = {}
        self._ended_at: dict[str, int] = {}
        self._forgot_at = -1
        self.open_groups: set[int] = set()
        """The numbers that are shared with requests that are still under way."""

    def begin(
        self,
        serial: int,
        thread: str,
        *,
        is_nameless: bool = False,
        use: AssistantUse = AssistantUse.NONE,
    ) -> None:
        """Take a request that has come, on a thread; if `is_nameless` its answer names it."""
        self._clock += 1
        entry = _Open(self._clock, is_nameless, use)
        self._open[serial] = entry
        self._nameless += is_nameless
        if thread:
            self._join(serial, entry, thread)
        if use is not AssistantUse.NONE:
            self._join_assistants(entry)
            self._of_assistants[serial] = entry

    def learn(self, serial: int, thread: str) -> None:
        """Take the thread that the answer to a request names which is under way."""
        entry = self._open.get(serial)
        if entry is not None and thread and entry.is_nameless and not entry.thread:
            entry.is_unknown |= self._was_used_since(entry.since, thread)
            self._join(serial, entry, thread)

    def number_of(self, serial: int) -> int:
        """Return the number that a request under way shares with others, as far as is known."""
        entry = self._open.get(serial)
        return entry.group.whole.own_number if entry is not None and entry.group is not None else 0

    def end(self, serial: int, thread: str = "") -> int | None:
        """Return the number that an exchange shares with others, 0 if with none.

        None where its order among others is not known: its thread, which only the end of its answer
        named, was asked for before; or it was beside others that have two numbers already.
        """
        self.learn(serial, thread)
        number = self.number_of(serial)
        entry = self._open.pop(serial, None)
        if entry is None:
            return None
        self._of_assistants.pop(serial, None)
        if entry.group is not None:
            entry.group.whole.is_said = True
        is_lost = entry.is_nameless and self._forgot_at > entry.since
        self._nameless -= entry.is_nameless
        self._leave(serial, entry)
        return None if entry.is_unknown or is_lost else number

    def _new_group(self) -> _Group:
        self._groups += 1
        return _Group(self._groups)

    def _join(self, serial: int, entry: _Open, thread: str) -> None:
        entry.thread = thread
        busy = self._busy.setdefault(thread, _BusyThread())
        busy.open.add(serial)
        if len(busy.open) == 1:
            return
        if busy.group is None:
            busy.group = self._new_group()
            for other in busy.open:
                self._share(self._open[other], busy.group)
        else:
            self._share(entry, busy.group)

    def _share(self, entry: _Open, group: _Group) -> None:
        """Let a request share the number of a group; its place is unknown if that cannot be."""
        own = entry.group
        if own is None:
            entry.group = group
            group.whole.open += 1
        elif not own.join(group):
            entry.is_unknown = True
            return
        else:
            self.open_groups -= {own.own_number, group.own_number}
        self.open_groups.add(group.whole.own_number)

    def _join_assistants(self, entry: _Open) -> None:
        """Let what changes an assistant share a number with all that take something from one.

        Those that do while one is changed share a number already, or have an unknown place.
        """
        is_change = entry.use is AssistantUse.CHANGES
        for other in self._of_assistants.values():
            if not other.is_unknown and (is_change or other.use is AssistantUse.CHANGES):
                changing, taking = (entry, other) if is_change else (other, entry)
                group = changing.group or self._new_group()
                self._share(changing, group)
                self._share(taking, group)

    def _leave(self, serial: int, entry: _Open) -> None:
        self._clock += 1
        busy = self._busy.get(entry.thread)
        if busy is not None:
            busy.open.discard(serial)
            if not busy.open:
                del self._busy[entry.thread]
        if entry.group is not None:
            group = entry.group.whole
            group.open -= 1
            if not group.open:
                self.open_groups.discard(group.own_number)
        if not self._nameless:
            self._ended_at.clear()
        elif entry.thread:
            self._ended_at[entry.thread] = self._clock
            if len(self._ended_at) > MOST_ENDED_THREADS:
                self._ended_at.clear()
                self._forgot_at = self._clock

    def _was_used_since(self, since: int, thread: str) -> bool:
        """Say whether an exchange of a thread has ended since a request came."""
        return self._ended_at.get(thread, -1) > since
