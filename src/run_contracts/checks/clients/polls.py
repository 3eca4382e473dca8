"""Polls: reads of one run in a row, and when they should have stopped or waited.

Readers come back later, and several may read one run; so a few reads too many say nothing. What is
looked for is a row that no number of right clients makes together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from run_contracts.checks.clients.client_table import shows_of_clients
from run_contracts.checks.clients.senders import (
    SECOND,
    Streak,
    by_sender,
    gap,
    grain,
    has_times,
    streaks,
)
from run_contracts.checks.registry import Outcome, decided
from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.contract.operations import POLL_AFTER
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

READ = "getRun"
MOST_AFTER_END = 10
"""Reads of a run that has ended, in a row, that several right readers may make."""
MOST_WHILE_WAITING = 30
"""Reads of a run that waits for its caller, in a row, that right clients may make at once."""
MUCH_LATER = 60.0
"""Seconds after which a reader has come back, and polls no longer."""
NO_HUMAN = 0.2
"""Seconds between reads below which nobody waits for a human."""
MOST_READERS = 4
"""Clients that may poll one run beside one another."""
LONGEST_ASKED_FOR = 60.0
"""Seconds between polls that a server may ask for."""


def _rows(evidence: Evidence) -> Iterator[Streak]:
    """Yield the reads of one run by one sender in a row, each answered with the run."""

    def run_read(exchange: Exchange) -> str | None:
        is_read = exchange.operation_id == READ and evidence.observations(exchange)
        return exchange.ids["run_id"] if is_read else None

    for sent in by_sender(evidence):
        yield from streaks(sent, run_read)


def _status(evidence: Evidence, exchange: Exchange) -> str:
    return evidence.observations(exchange)[-1].status


def _longest(row: Sequence[Exchange], most: float) -> Streak:
    """Return the longest part of a row whose reads are no more than some seconds apart."""
    parts: list[Streak] = [[row[0]]]
    for earlier, later in pairwise(row):
        if gap(earlier, later) > most:
            parts.append([])
        parts[-1].append(later)
    return max(parts, key=len)


@shows_of_clients("CLIENT-POLL-001")
def stops_at_the_end(evidence: Evidence) -> Iterator[Outcome]:
    """Judge how often in a row a run was read that had ended."""
    for row in _rows(evidence):
        ended = [
            one for one in row if evidence.contract.lifecycle.is_terminal(_status(evidence, one))
        ]
        if ended:
            yield from _stopped(
                evidence, "CLIENT-POLL-001", ended, most=MOST_AFTER_END, apart=MUCH_LATER
            )


@shows_of_clients("CLIENT-POLL-002")
def stops_where_it_is_asked(evidence: Evidence) -> Iterator[Outcome]:
    """Judge how often in a row, and how fast, a run was read that waited for its caller."""
    for row in _rows(evidence):
        for status, group in groupby(row, lambda one: _status(evidence, one)):
            waiting = list(group)
            if status == REQUIRES_ACTION:
                yield from _stopped(
                    evidence, "CLIENT-POLL-002", waiting, most=MOST_WHILE_WAITING, apart=NO_HUMAN
                )


def _stopped(
    evidence: Evidence, requirement: str, reads: Streak, *, most: int, apart: float
) -> Iterator[Outcome]:
    """Yield whether a row of reads that tell nothing new is short; of a slow one nothing."""
    is_long = len(reads) > most
    if is_long:
        is_exact = has_times(reads) and (apart > SECOND or grain(reads) < SECOND)
        reads = _longest(reads, apart) if is_exact else []
    if len(reads) > most or not is_long:
        yield decided(
            evidence,
            requirement,
            reads[-1],
            holds=not is_long,
            actual=f"{len(reads)} reads in a row",
            code="stopped-at",
            status=_status(evidence, reads[0]),
        )


@shows_of_clients("CLIENT-POLL-003")
def waits_as_asked(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the pace of reads of a run at work, where the server asks for one.

    As many clients as may read one run beside one another make no more reads than that in the
    time that each of them waits.
    """
    for row in _rows(evidence):
        rests = evidence.contract.lifecycle.rests
        at_work = [one for one in row if not rests(_status(evidence, one)) and _asked_for(one)]
        if len(at_work) < 2 or not has_times(at_work):  # noqa: PLR2004 - two have a pause
            continue
        tolerance = grain(at_work)
        fast = [
            (first, last)
            for first, last in zip(at_work, at_work[MOST_READERS + 1 :], strict=False)
            if gap(first, last) < _asked_for(first) - tolerance
        ]
        is_slow = all(gap(a, b) >= _asked_for(a) - tolerance for a, b in pairwise(at_work))
        if fast or is_slow:
            first = fast[0][0] if fast else at_work[0]
            yield decided(
                evidence,
                "CLIENT-POLL-003",
                fast[0][1] if fast else at_work[-1],
                holds=not fast,
                actual=f"{MOST_READERS + 2} reads within that time" if fast else None,
                code="waited-for",
                seconds=_asked_for(first),
            )


def _asked_for(exchange: Exchange) -> float:
    """Return how many seconds a server asks to wait until the next poll; 0 if it does not."""
    said = exchange.response.header(POLL_AFTER) or ""
    seconds = int(said) / 1000 if said.isascii() and said.isdigit() and len(said) < 9 else 0.0  # noqa: PLR2004 - digits
    return seconds if seconds <= LONGEST_ASKED_FOR else 0.0
