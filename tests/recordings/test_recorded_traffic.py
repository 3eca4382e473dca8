"""Recorded traffic of real servers holds in the edition and dialect that are found out of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from run_contracts.checks import outcomes
from run_contracts.contract.loading import load
from run_contracts.recordings.file_reading import entries
from run_contracts.recordings.recorded import Recorded
from run_contracts.recordings.spoken import Spoken, spoken_by, spoken_in
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from tests.traffic.test_recorded import dialect_of_row, histories, live_rows


def test_recorded_answers_hold_in_what_is_found_out(recorded: Path) -> None:
    """Each of them alone; most speak what is known of the day and service they are from."""
    wrong, agreed, judged = [], 0, 0
    for row in live_rows(recorded):
        (entry,) = entries(recorded / row["file"])
        assert isinstance(entry, Recorded)
        shown = [value for _, value in entry.response.payload.values if isinstance(value, dict)]
        dated = [value for value in shown if "created_at" in value]
        spoken = spoken_by((dated or shown or [None])[0])
        wrong += _broken(spoken, [entry.exchange(1, spoken.edition)])
        agreed += spoken[:2] == (row["api_version"], dialect_of_row(row))
        judged += 1
    assert wrong == []
    assert agreed >= 0.8 * judged


def test_recorded_exchanges_hold_in_what_is_found_out(recorded: Path) -> None:
    """Each of them alone, and each recording as a session."""
    wrong, agreed, sessions = [], 0, histories(recorded)
    for (_, edition, dialect), exchanges in sessions.items():
        for session in (exchanges, *([one] for one in exchanges)):
            spoken = spoken_in([(one.request, one.response) for one in session])
            wrong += _broken(spoken, session)
        agreed += spoken_in([(one.request, one.response) for one in exchanges])[:2] == (
            edition,
            dialect,
        )
    assert wrong == []
    assert agreed >= 0.8 * len(sessions)


def _broken(spoken: Spoken, exchanges: list[Exchange]) -> list[Any]:
    """Return what exchanges break by what is spoken in them."""
    own = tuple(replace(one, edition=spoken.edition) for one in exchanges)
    contract = load(spoken.edition, dialect=spoken.dialect)
    decided = outcomes(Evidence(contract=contract, exchanges=own))
    return [one.violation for one in decided if one.violation]
