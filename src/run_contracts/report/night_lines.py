"""A night in lines for a person: what its rounds did, and each thing they found, once."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.events import NightEnded, NightFinding
from run_contracts.report import sanitizing
from run_contracts.report.folding import counted

MOST_FOUND_SHOWN = 100


def lines(night: NightEnded) -> Iterator[str]:
    """Yield the lines of a night: a line for all of it, and one for each thing found."""
    yield from map(sanitizing.line, _lines(night))


def _lines(night: NightEnded) -> Iterator[str]:
    yield ""
    rate = night.requests / night.seconds if night.seconds else 0.0
    lost = f"; {counted(night.lost, 'round')} lost" if night.lost else ""
    yield (
        f"night: {counted(night.rounds, 'round')} by {counted(night.jobs, 'worker')}, "
        f"{counted(night.requests, 'request')} judged in {night.seconds:.0f} s, "
        f"{rate:.0f} a second{lost}; {counted(night.entries, 'walk')} in the corpus"
    )
    if night.reason:
        yield f"  ended before its time: {night.reason}; the same command goes on"
    yield from map(finding_line, night.findings[:MOST_FOUND_SHOWN])
    more = len(night.findings) - MOST_FOUND_SHOWN
    if more > 0:
        yield f"  and {more} more in {night.corpus}"


def finding_line(finding: NightFinding) -> str:
    """Return what was found, how often, and when first.

    >>> from run_contracts.events import NightFinding
    >>> print(finding_line(NightFinding(requirement="RUN-LIST-005", seen=2, first_round=7,
    ...     fingerprint="listRuns /data: order, found array")))
      RUN-LIST-005 listRuns /data: order, found array (2 times, first in round 7)
    """
    first = (
        f"first in round {finding.first_round}" if finding.first_round else "as before the night"
    )
    times = f"{counted(finding.seen, 'time')}, {first}"
    since = ", before the night was interrupted, not since" if finding.is_unseen_since else ""
    return f"  {finding.requirement} {finding.fingerprint} ({times}{since})"
