"""Entries of a file that are more than are judged at once, cut into parts that are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from operator import itemgetter

from run_contracts.recordings.bodies_apart import BodiesApart
from run_contracts.recordings.file_parts import Entries
from run_contracts.recordings.recorded import Entry, Unread
from run_contracts.recordings.time_order import Disorder, positions_in_time
from run_contracts.recordings.unread_gaps import with_gaps

MOST_TOGETHER = 10_000
"""Entries of a file that are judged together; longer ones are judged in such parts."""
MOST_BYTES_TOGETHER = 32 * 1024 * 1024
OUT_OF_ORDER = (
    "its exchanges do not stand in the order of time, and there are more than are judged at once: "
    "those between which others may be missing were judged alone"
)


def document_parts(
    entries: Sequence[Entry], apart: BodiesApart, name: str, form: str
) -> Iterator[Entries]:
    """Yield entries that are all there: cut by their moments, and in each part as they stand."""
    entries = with_gaps(entries)
    positions = positions_in_time(entries)
    following = iter(positions)
    for part in stream_parts(apart.joined(entries[at] for at in positions), name, form):
        numbers = islice(following, len(part.entries))
        placed = sorted(zip(numbers, part.entries, strict=True), key=itemgetter(0))
        yield replace(part, entries=tuple(entry for _, entry in placed))


def stream_parts(
    entries: Iterable[Entry],
    name: str,
    form: str,
    *,
    is_report: bool = False,
    is_whole: bool = False,
) -> Iterator[Entries]:
    """Yield entries, as many at once as are judged together; a report of ours has its own order.

    What `is_whole` stays so where it is not cut.
    """
    disorder, remark, is_cut = Disorder(), OUT_OF_ORDER, False
    for part, is_last in _cut(entries):
        is_cut |= not is_last
        seconds = 0.0
        if is_cut and not is_report:
            for entry in part:
                disorder.add(entry)
            seconds = disorder.seconds
        yield Entries(
            name=name,
            entries=tuple(part),
            size=sum(map(_size, part)),
            form=form,
            is_whole=is_whole and not is_cut,
            is_cut=is_cut,
            disorder=seconds,
            remark=remark if seconds else "",
        )
        remark = "" if seconds else remark


def _cut(entries: Iterable[Entry]) -> Iterator[tuple[list[Entry], bool]]:
    """Yield entries, as many at once as are judged together, and whether they are the last."""
    kept: list[Entry] = []
    size = 0
    for entry in entries:
        if len(kept) >= MOST_TOGETHER or size >= MOST_BYTES_TOGETHER:
            yield kept, False
            kept, size = [], 0
        kept.append(entry)
        size += _size(entry)
    if kept:
        yield kept, True


def _size(entry: Entry) -> int:
    if isinstance(entry, Unread):
        return 0
    return len(entry.request.body) + len(entry.response.body)
