"""Recorded clients: real ones break nothing but what a hosted server refused them."""

from __future__ import annotations

from pathlib import Path

from run_contracts.checks.clients import client_outcomes
from run_contracts.contract.loading import load
from run_contracts.traffic.evidence import Evidence
from tests.traffic.test_recorded import histories

MOST_SHOWN = 12
"""Requirements that the recordings show at least."""


def test_recorded_clients_break_only_what_was_refused(recorded: Path) -> None:
    """One of them sent a boolean in metadata, and was told that it must be a text."""
    broken, held = [], set()
    for (_, edition, dialect), exchanges in histories(recorded).items():
        contract = load(edition, dialect=dialect)
        for outcome in client_outcomes(Evidence(contract=contract, exchanges=tuple(exchanges))):
            held.add(outcome.requirement)
            if outcome.violation is not None:
                said = outcome.exchange.answer.text
                broken.append((outcome.requirement, outcome.violation.pointer, said))
    assert [one[:2] for one in broken] == [("CLIENT-BODY-002", "/metadata/modified")]
    assert "expected a string, but got a boolean" in broken[0][2]
    assert len(held) >= MOST_SHOWN
