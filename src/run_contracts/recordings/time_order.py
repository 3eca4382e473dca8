"""The order in time of what was recorded: many consoles and journals show the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from run_contracts.recordings.formats.entry_parts import moment
from run_contracts.recordings.recorded import Recorded


def in_order(recorded: Sequence[Recorded]) -> list[Recorded]:
    """Return exchanges of one server, the oldest first: by their moments if all have one.

    Else as they stand, unless it shows that the newest stands first: by the dates of the answers,
    or for everything that is created was asked for before. A check of ours keeps its own order.
    """
    ordered = list(recorded)
    if _is_newest_first(recorded):
        ordered.reverse()
    if all(one.at for one in ordered):
        ordered.sort(key=lambda one: one.at)
    return ordered


def _is_newest_first(recorded: Sequence[Recorded]) -> bool:
    if any(one.is_checked for one in recorded):
        return False
    moments = [one.at for one in recorded]
    if not all(moments):
        moments = [moment(one.response.header("date")) for one in recorded]
    steps = [after - before for before, after in pairwise(moments)] if all(moments) else []
    if any(steps):
        return max(steps) <= 0
    return _is_created_last(recorded)


def _is_created_last(recorded: Sequence[Recorded]) -> bool:
    """Say whether all that was asked for by its id, and created, was asked for before that."""
    created: dict[str, int] = {}
    asked_for: dict[str, int] = {}
    for at, entry in enumerate(recorded):
        segments = _segments(entry.request.url)
        asked_for |= dict.fromkeys(segments, at)
        id_ = _id_created(entry) if entry.request.method == "POST" else None
        if id_ is not None and id_ not in segments:
            created.setdefault(id_, at)
    known = [id_ for id_ in created if id_ in asked_for]
    return bool(known) and all(asked_for[id_] < created[id_] for id_ in known)


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
