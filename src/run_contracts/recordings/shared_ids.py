"""What several had to do with at one host: a change by one is not seen by the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import unquote

from run_contracts.recordings.recorded import Recorded

COLLECTIONS = frozenset({"threads", "assistants", "runs", "messages", "steps", "files"})
"""The names in paths after which an id may stand."""
CHANGING = frozenset({"POST", "DELETE"})
CHANGED_NOTHING = range(400, 500)
"""The statuses of an answer that changed nothing."""
SAY_WHAT_ABOUT = ("id", "thread_id")
"""The fields of an answer that say what it is about, where the path does not."""


class Sender(NamedTuple):
    """A host, a server there, the key with which it was asked, and the edition and dialect."""

    host: str
    server: tuple[str, ...]
    key: str
    speech: tuple[str, str | None] = ("", None)


class ChangedByOthers:
    """The ids that requests of others at the same host may have changed.

    One host may have an object under several paths, and show it in several versions.
    """

    def __init__(self, groups: Iterable[tuple[Sender, Sequence[Recorded]]]) -> None:
        """Take all exchanges of a recording, by who sent them."""
        every = list(groups)
        senders = Counter(host for host, *_ in {sender for sender, _ in every})
        self._changing: dict[str, dict[str, set[Sender]]] = {}
        for sender, group in every:
            if senders[sender.host] > 1:
                changing = self._changing.setdefault(sender.host, {})
                for id_ in _changed(group):
                    changing.setdefault(id_, set()).add(sender)

    def may_concern(self, sender: Sender, recorded: Recorded) -> bool:
        """Say whether an exchange of a sender is about such an id."""
        changing = self._changing.get(sender.host)
        if not changing:
            return False
        ids = {*_ids_in_path(recorded), *_ids_answered(recorded)}
        return any(changing.get(id_, set()) - {sender} for id_ in ids)


def _changed(group: Iterable[Recorded]) -> Iterator[str]:
    for entry in group:
        if entry.request.method in CHANGING and entry.response.status not in CHANGED_NOTHING:
            yield from _ids_in_path(entry)


def _ids_in_path(entry: Recorded) -> Iterator[str]:
    """Yield what stands after the name of a collection in a path, and is none itself."""
    segments = entry.request.url.partition("?")[0].split("/")
    for before, segment in pairwise(segments):
        if before in COLLECTIONS and segment and segment not in COLLECTIONS:
            yield unquote(segment)


def _ids_answered(entry: Recorded) -> Iterator[str]:
    """Yield what an answer is about: an object, each of a list, or those of a stream."""
    for _, value in entry.response.payload.values:
        if isinstance(value, dict):
            items = value.get("data")
            for one in (value, *(items if isinstance(items, list) else ())):
                named = (one.get(name) for name in SAY_WHAT_ABOUT) if isinstance(one, dict) else ()
                yield from (id_ for id_ in named if isinstance(id_, str))
