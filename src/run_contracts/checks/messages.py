"""Messages that steps name: where they say, and by whom."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.checks.steps import Value, run_before, seen_steps, whole_lists
from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange


@decides("RUN-STEP-032", "RUN-OBJ-006")
def messages_of_steps(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the messages that steps of completed runs name, in lists read to their end later.

    They are in the thread (032), and name the run and assistant they come from (OBJ-006).
    """
    lists = [
        (walk[0].exchange, {str(item.get("id")): item for item in items})
        for walk, items in whole_lists(evidence, "listMessages")
    ]
    for exchange, _, step in seen_steps(evidence):
        before = run_before(evidence, exchange)
        message_id = _message_id(step)
        if before is None or before.status != COMPLETED or message_id is None:
            continue
        for listing, messages in lists:
            same_thread = listing.ids["thread_id"] == exchange.ids["thread_id"]
            if same_thread and before.exchange.number < listing.number:
                yield decided(
                    evidence,
                    "RUN-STEP-032",
                    listing,
                    holds=message_id in messages,
                    found=f"{len(messages)} messages without {message_id}",
                    expected=f"the message that step {step.get('id')} names: {message_id}",
                    pointer="/data",
                )
                if message_id in messages:
                    yield _authored(evidence, listing, messages[message_id], before.run)


def _authored(evidence: Evidence, listing: Exchange, message: Value, run: Value) -> Outcome:
    found = (message.get("run_id"), message.get("assistant_id"))
    return decided(
        evidence,
        "RUN-OBJ-006",
        listing,
        holds=found == (run.get("id"), run.get("assistant_id")),
        found=f"message {message.get('id')} of run {found[0]}, assistant {found[1]}",
        expected=f"run {run.get('id')}, assistant {run.get('assistant_id')}",
    )


def _message_id(step: Value) -> str | None:
    """Return the message that a completed step says it wrote."""
    details = step.get("step_details")
    inner = details.get("message_creation") if isinstance(details, dict) else None
    found = inner.get("message_id") if isinstance(inner, dict) else None
    return found if isinstance(found, str) and step.get("status") == COMPLETED else None
