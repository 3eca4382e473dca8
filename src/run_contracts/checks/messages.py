"""Messages that steps name: where they say, and by whom."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.checks.steps import run_before, seen_steps, whole_lists
from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.traffic.deletions import may_be_gone
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.history import Observation
from run_contracts.types import JSONObject


@decides("RUN-STEP-032", "RUN-OBJ-006")
def messages_of_steps(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the messages that steps of completed runs name, in lists read to their end later.

    They are in the thread (032), unless somebody may have deleted them, and name the run and
    assistant they come from (OBJ-006). In a part of somebody's traffic the run has to be seen at
    work before: else the message may have been deleted before that began.
    """
    lists = [
        (walk[0].exchange, walk[-1].exchange, {str(item.get("id")): item for item in items})
        for walk, items in whole_lists(evidence, "listMessages")
    ]
    for exchange, _, step in seen_steps(evidence):
        before = run_before(evidence, exchange)
        message_id = _message_id(step)
        if before is None or before.status != COMPLETED or message_id is None:
            continue
        for listing, last, messages in lists:
            same_thread = listing.ids["thread_id"] == exchange.ids["thread_id"]
            is_known = message_id in messages or (
                _is_written_here(evidence, before) and not may_be_gone(evidence, last, message_id)
            )
            if same_thread and is_known and before.exchange.number < listing.number:
                yield decided(
                    evidence,
                    "RUN-STEP-032",
                    listing,
                    holds=message_id in messages,
                    actual=f"{len(messages)} messages without {message_id}",
                    code="message-lost",
                    step=step.get("id"),
                    message=message_id,
                    pointer="/data",
                )
                if message_id in messages:
                    yield _authored(evidence, listing, messages[message_id], before.run)


def _is_written_here(evidence: Evidence, completed: Observation) -> bool:
    """Say whether all that was done since a run wrote its messages is in the evidence."""
    seen = evidence.histories[str(completed.run.get("id"))].observations
    if not evidence.is_alone:
        return False
    return evidence.is_whole or any(
        one.status in evidence.contract.lifecycle.live
        and one.exchange.number <= completed.exchange.number
        for one in seen
    )


def _authored(
    evidence: Evidence, listing: Exchange, message: JSONObject, run: JSONObject
) -> Outcome:
    """Return whether a message names the run and the assistant that it comes from."""
    run_id, assistant_id = message.get("run_id"), message.get("assistant_id")
    return decided(
        evidence,
        "RUN-OBJ-006",
        listing,
        holds=(run_id, assistant_id) == (run.get("id"), run.get("assistant_id")),
        actual=f"message {message.get('id')} of run {run_id}, assistant {assistant_id}",
        code="message-of-another-run",
        run=run.get("id"),
        assistant=run.get("assistant_id"),
    )


def _message_id(step: JSONObject) -> str | None:
    """Return the message that a completed step says it wrote."""
    details = step.get("step_details")
    inner = details.get("message_creation") if isinstance(details, dict) else None
    message_id = inner.get("message_id") if isinstance(inner, dict) else None
    is_written = isinstance(message_id, str) and step.get("status") == COMPLETED
    return message_id if is_written else None
