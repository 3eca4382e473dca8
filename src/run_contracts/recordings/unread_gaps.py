"""Parts of a recording that could not be read: nothing is judged across them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from run_contracts.recordings.recorded import Entry, Recorded, Unread
from run_contracts.recordings.time_order import Disorder


def with_gaps(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return entries, of which each knows how many before it could not be read.

    What was not read may have been anything: a server that was started again, a request of the same
    client. Where entries do not stand in the order of time nobody knows when that was, and each has
    a number of its own.
    """
    if not any(isinstance(one, Unread) for one in entries):
        return entries
    disorder = Disorder()
    for entry in entries:
        disorder.add(entry)
    numbered: list[Entry] = []
    gaps = 0
    for entry in entries:
        gaps += bool(disorder.seconds) or isinstance(entry, Unread)
        if isinstance(entry, Recorded):
            numbered.append(replace(entry, gaps=entry.gaps + gaps))
        else:
            numbered.append(entry)
    return numbered
