"""The ledger: what a check asked for, created and deleted, each told when it happens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote

ASSISTANTS, THREADS = "/assistants", "/threads"
DELETABLE = (ASSISTANTS, THREADS)
"""Below what lies what can be deleted; runs go with their thread."""
_DELETABLE_PATH = re.compile(rf"(?:{'|'.join(DELETABLE)})/([A-Za-z0-9_.~%$-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Creating:
    """A request that may create something is about to be sent.

    What it creates will lie below `home`. `at` is in seconds since the epoch by our clock, 0 if
    nobody knows; `metadata` are the keys of the metadata that it gives to what it creates.
    """

    number: int
    source: str
    home: str
    at: float
    metadata: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """A request that may create something was answered.

    What it created lies at `path`, empty if the answer shows nothing new. `doubt` says why that may
    not be ours; `is_shown` that the answer showed the object itself.
    """

    number: int
    path: str
    doubt: str = ""
    is_shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """What a check created is gone: the server said so, or does not know it any more."""

    path: str


LedgerEvent = Creating | Created | Deleted
RecordHook = Callable[[LedgerEvent], object]
"""Hears of each event of a ledger when it happens."""


class Ledger:
    """What the events of a ledger come to.

    >>> ledger = Ledger([Creating(number=1, source="limits", home=THREADS, at=0.0)])
    >>> ledger.is_finished, ledger.open[0].home
    (False, '/threads')
    >>> ledger.add(Created(number=1, path="/threads/thread_1"))
    >>> tuple(ledger.left)
    ('/threads/thread_1',)
    >>> ledger.add(Deleted(path="/threads/thread_1"))
    >>> ledger.is_finished
    True
    """

    def __init__(self, events: Iterable[LedgerEvent] = ()) -> None:
        """Begin with some events."""
        self._open: dict[int, Creating] = {}
        self._asked: dict[int, Creating] = {}
        self._left: dict[str, Created] = {}
        for event in events:
            self.add(event)

    def add(self, event: LedgerEvent) -> None:
        """Take in what happened next."""
        match event:
            case Creating() if event.home in DELETABLE:
                self._open[event.number] = self._asked[event.number] = event
            case Created():
                self._open.pop(event.number, None)
                if is_deletable(event.path):
                    self._left.setdefault(event.path, event)
            case Deleted():
                self._left.pop(event.path, None)

    @property
    def left(self) -> dict[str, Created]:
        """What was created and is there, by its path, the last one first."""
        return dict(reversed(self._left.items()))

    @property
    def open(self) -> tuple[Creating, ...]:
        """What was asked for and never answered: it may be there or not."""
        return tuple(self._open.values())

    def asked(self, created: Created) -> Creating | None:
        """Return what asked for something that was created."""
        return self._asked.get(created.number)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is there any more, for certain."""
        return not (self._open or self._left)


def is_deletable(path: str) -> bool:
    """Say whether a path is that of an assistant or a thread, and of nothing else.

    Whoever wrote a ledger does not decide what else is deleted.

    >>> is_deletable("/threads/thread_1"), is_deletable("/threads/.."), is_deletable("/files/f")
    (True, False, False)
    """
    found = _DELETABLE_PATH.fullmatch(path)
    return found is not None and unquote(found[1]) not in {".", ".."}
