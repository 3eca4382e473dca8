"""Runs that wait for their caller: they do not go on by themselves, and they expire."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.contract.lifecycle import (
    EXPIRED,
    REQUIRES_ACTION,
)
from run_contracts.contract.numbers import whole
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.history import Observation

GRACE = 300
"""Seconds, by the server's own clock, that a server may take to notice that a run expired."""


@decides("RUN-LIFE-007")
def waits_for_its_caller(evidence: Evidence) -> Iterator[Outcome]:
    """Judge each observation after one that required action, without a command in between.

    Only where nobody else changes anything this is known: elsewhere a submit may be missing.
    """
    if not evidence.is_alone:
        return
    unanswered = evidence.contract.lifecycle.unanswered(REQUIRES_ACTION)
    for history in evidence.histories.values():
        for earlier, later in history.pairs():
            if earlier.status != REQUIRES_ACTION or earlier.exchange is later.exchange:
                continue
            if not evidence.is_commanded_between(earlier, later):
                yield decided(
                    evidence,
                    "RUN-LIFE-007",
                    later.exchange,
                    holds=later.status in unanswered,
                    actual=f"{later.status} after {earlier.status}, and nothing was submitted",
                    code="went-on",
                    status=REQUIRES_ACTION,
                    pointer=later.at("status"),
                )


@decides("RUN-LIFE-008", revocable=True)
def expires_in_the_end(evidence: Evidence) -> Iterator[Outcome]:
    """Judge runs that required action until their time was over.

    What time it is the server says itself, by the youngest `created_at` it has answered: clocks
    differ, and a server under test may let its own run fast. A list may lag.
    """
    for history in evidence.histories.values():
        waiting = [one for one in history.observations if one.status == REQUIRES_ACTION]
        if not waiting:
            continue
        last, final = waiting[-1], history.observations[-1]
        read = next((one for one in reversed(waiting) if not one.is_listed), None)
        if final.status == EXPIRED and not evidence.is_commanded_between(last, final):
            yield _expired(evidence, final, holds=True)
        elif read is not None and _is_overdue(evidence, read):
            yield _expired(evidence, read, holds=False)


def _expired(evidence: Evidence, final: Observation, *, holds: bool) -> Outcome:
    return decided(
        evidence,
        "RUN-LIFE-008",
        final.exchange,
        holds=holds,
        actual=f"{final.status} more than {GRACE} seconds after expires_at",
        code="status",
        statuses=[EXPIRED],
        pointer=final.at("status"),
    )


def _is_overdue(evidence: Evidence, final: Observation) -> bool:
    """Say whether the server had answered something younger than the run's expiry before."""
    expires_at = whole(final.run.get("expires_at"))
    if expires_at is None:
        return False
    return evidence.server.youngest_before(final.exchange) > expires_at + GRACE
