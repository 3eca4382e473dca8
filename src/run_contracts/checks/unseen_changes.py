"""What somebody whose requests are not here may have changed, where evidence is not alone.

With another client, or another key of the same project, people may lawfully change metadata and
assistants, cancel, submit, put runs and messages into threads, and delete. What they may have done
is not called a defect of the server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from run_contracts.traffic.deletions import IS_GONE
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

USES = (
    *("getThread", "createMessage", "createRun", "getRun"),
    *("modifyRun", "cancelRun", "submitToolOutputs", "getRunStep"),
)
"""What succeeds only on a thread that is there."""


def is_refused_as_gone(evidence: Evidence, exchange: Exchange) -> bool:
    """Say whether a request may be refused because somebody unseen deleted the thread it names.

    A thread that is used afterwards was there.
    """
    is_gone = exchange.is_refusal and exchange.response.status in IS_GONE
    return is_gone and may_be_deleted(evidence, exchange, exchange.ids.get("thread_id", ""))


def may_be_deleted(evidence: Evidence, exchange: Exchange, thread_id: str) -> bool:
    """Say whether somebody unseen may have deleted a thread before an exchange with it ended."""
    return not (evidence.is_alone or is_used_after(evidence, exchange, thread_id))


def is_used_before(evidence: Evidence, exchange: Exchange, thread_id: str) -> bool:
    """Say whether a thread was made or used before an exchange, and not beside it."""
    uses = _uses_of(evidence, thread_id)
    return any(one.number < exchange.number for one in _apart(uses, exchange))


def is_used_after(evidence: Evidence, exchange: Exchange, thread_id: str) -> bool:
    """Say whether a thread was used after an exchange, and not beside it."""
    uses = reversed(_uses_of(evidence, thread_id))
    return any(one.number > exchange.number for one in _apart(uses, exchange))


def _apart(uses: Iterable[Exchange], exchange: Exchange) -> Iterator[Exchange]:
    """Yield what was not under way together with an exchange."""
    return (one for one in uses if not one.is_beside(exchange))


def _uses_of(evidence: Evidence, thread_id: str) -> list[Exchange]:
    return evidence.derived(_uses)[0].get(thread_id, [])


def _uses(evidence: Evidence) -> Iterator[Mapping[str, list[Exchange]]]:
    """Yield by the id of a thread what made it, and what succeeded on it, in order."""
    uses: dict[str, list[Exchange]] = {}
    for making in evidence.of("createThread"):
        made = making.answered_as("thread")
        if made is not None:
            uses.setdefault(str(made.get("id")), []).append(making)
    for use in evidence.of(*USES):
        if use.is_success:
            uses.setdefault(use.ids["thread_id"], []).append(use)
    yield uses
