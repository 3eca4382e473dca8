"""The order in time of what was recorded: many consoles and journals show the newest first."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from run_contracts.recordings.formats.entry_parts import moment
from run_contracts.recordings.recorded import Entry, Recorded

ROOT_PATH = re.compile(r"/(?:threads|assistants)/?(?:\?|$)")
"""How a URL ends at which threads and assistants are created."""

CLOCK_GRAIN = 0.002
"""Seconds by which recorded moments may be wrong: most recorders keep milliseconds."""


def in_order(recorded: Sequence[Recorded]) -> list[Recorded]:
    """Return exchanges of one server, the oldest first: by their moments if all have one.

    Else as they stand, unless it shows that the newest stands first: for all that was created was
    asked for before, or else by the dates of the answers, which many clocks may tell. A check of
    ours keeps its own order.
    """
    ordered = list(recorded)
    if _is_newest_first(recorded):
        ordered.reverse()
    if all(one.at for one in ordered):
        ordered.sort(key=lambda one: one.at)
    return ordered


def positions_in_time(entries: Sequence[Entry]) -> list[int]:
    """Return the positions of entries, the oldest first; as they stand if one has no moment.

    What is not read stands before all others.
    """
    positions = list(range(len(entries)))
    recorded = [one for one in entries if isinstance(one, Recorded)]
    if not all(one.at for one in recorded):
        return positions
    if _is_newest_first(recorded):
        positions.reverse()

    def moment_at(position: int) -> float:
        entry = entries[position]
        return entry.at if isinstance(entry, Recorded) else 0.0

    return sorted(positions, key=moment_at)


class Disorder:
    """How far entries that come one after another are out of the order of time."""

    def __init__(self) -> None:
        """Begin with none, which may come the oldest first or the newest first."""
        self._latest, self._first_end = 0.0, math.inf
        self._forward = self._backward = 0.0

    def add(self, entry: Entry) -> None:
        """Take the next; many recorders write down what they saw when it has ended."""
        if not isinstance(entry, Recorded) or not entry.at:
            return
        end = entry.at + entry.response.seconds
        self._forward = max(self._forward, self._latest - end)
        self._backward = max(self._backward, entry.at - self._first_end)
        self._latest, self._first_end = max(self._latest, entry.at), min(self._first_end, end)

    @property
    def seconds(self) -> float:
        """The most seconds by which one stands on the wrong side of another."""
        most = min(self._forward, self._backward)
        return most if most > CLOCK_GRAIN else 0.0


def of_known_order(recorded: list[Recorded]) -> Iterator[list[Recorded]]:
    """Yield exchanges whose order is known, together, and each of the others alone.

    Those without a moment have none where the others do not stand in the order of theirs.
    """
    dated = [one for one in recorded if one.at]
    if len(dated) == len(recorded) or is_in_some_order(dated):
        yield recorded
        return
    yield dated
    yield from ([one] for one in recorded if not one.at)


def is_in_some_order(recorded: Sequence[Recorded]) -> bool:
    """Say whether exchanges stand in an order of time, in either way, as far as moments show.

    Where they do not, nothing is known of those that have the same moment.
    """
    steps = _steps([one.at for one in recorded])
    return not steps or min(steps) >= 0 or max(steps) <= 0


def each_life(recorded: Iterable[Recorded]) -> Iterator[list[Recorded]]:
    """Yield exchanges of one server in order, as long as it goes on.

    One that creates a thread or an assistant of an id that was created before began anew: fakes
    whose ids are counted or seeded do, when they are started again.
    """
    life: list[Recorded] = []
    created: set[str] = set()
    for entry in recorded:
        id_ = root_created(entry) if not entry.is_checked else None
        if id_ in created:
            yield life
            life, created = [], set()
        if id_ is not None:
            created.add(id_)
        life.append(entry)
    yield life


def root_created(entry: Recorded) -> str | None:
    """Return the id of the thread or the assistant that a request created; None if it did not."""
    is_root = entry.request.method == "POST" and ROOT_PATH.search(entry.request.url)
    return _id_created(entry) if is_root else None


def _is_newest_first(recorded: Sequence[Recorded]) -> bool:
    if any(one.is_checked for one in recorded):
        return False
    steps = _steps([one.at for one in recorded])
    if not any(steps):
        is_created_last = _is_created_last(recorded)
        if is_created_last is not None:
            return is_created_last
        steps = _steps([moment(one.response.header("date")) for one in recorded])
    return any(steps) and max(steps) <= 0


def _steps(moments: list[float]) -> list[float]:
    """Return the seconds from one moment to the next; none if not all are known."""
    return [after - before for before, after in pairwise(moments)] if all(moments) else []


def _is_created_last(recorded: Sequence[Recorded]) -> bool | None:
    """Say whether all that was asked for by its id, and created, was asked for before that.

    None if nothing is known to have been created and asked for.
    """
    created: dict[str, int] = {}
    asked_for: dict[str, int] = {}
    for at, entry in enumerate(recorded):
        segments = _segments(entry.request.url)
        asked_for |= dict.fromkeys(segments, at)
        id_ = _id_created(entry) if entry.request.method == "POST" else None
        if id_ is not None and id_ not in segments:
            created.setdefault(id_, at)
    known = [id_ for id_ in created if id_ in asked_for]
    return all(asked_for[id_] < created[id_] for id_ in known) if known else None


def _segments(url: str) -> list[str]:
    try:
        return [unquote(segment) for segment in urlsplit(url).path.split("/")]
    except ValueError:
        return []


def _id_created(entry: Recorded) -> str | None:
    """Return the id of what a request was answered with; of a stream that of its first object."""
    values = (value for _, value in entry.response.payload.values if isinstance(value, dict))
    first = next(values, {}).get("id")
    return first if isinstance(first, str) else None
