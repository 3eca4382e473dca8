"""Green means seen: what a check must have seen before it says that the contract holds."""

from __future__ import annotations

import pytest

from run_contracts.events import Event, ExitCode
from tests.engine.verdicts import checked_in_process, finished, verdicts


def _red(seen: list[Event]) -> list[str]:
    return [one.requirement for one in verdicts(seen).values() if one.is_red]


def test_a_right_server_is_verified() -> None:
    """Nothing is left to be seen."""
    footer = finished(checked_in_process(profile="smoke"))
    assert (footer.exit_code, footer.unverified) == (ExitCode.HOLDS, ())


@pytest.mark.parametrize("operation", ["createThreadAndRun", "cancelRun", "listRunSteps"])
def test_a_missing_operation_alone_is_neither_red_nor_unverified(operation: str) -> None:
    """The rest is seen, and holds."""
    seen = checked_in_process(degradations=(f"no-{operation}",), profile="smoke")
    assert _red(seen) == []
    assert finished(seen).unverified == ()
    assert finished(seen).exit_code == ExitCode.HOLDS


@pytest.mark.parametrize(
    ("degradation", "sentence"),
    [
        ("no-listRuns", "no run was listed"),
        ("no-createRun", "no run was created"),
    ],
)
def test_without_the_core_nothing_is_verified(degradation: str, sentence: str) -> None:
    """A run is created, read, seen to come to rest, and listed; what of it was not seen is told."""
    degradations = (degradation, *(["no-createThreadAndRun"] if "create" in degradation else []))
    seen = checked_in_process(degradations=degradations, profile="smoke")
    assert sentence in finished(seen).unverified
    assert _red(seen) == []
    assert finished(seen).exit_code == ExitCode.NOTHING_VERIFIED


def test_what_keeps_one_requirement_away_is_told_when_it_was_asked_for() -> None:
    """A check of one requirement that could not be exercised is not green."""
    seen = checked_in_process(degradations=("crashing-cancelRun",), only=["RUN-CANCEL-001"])
    footer = finished(seen)
    assert footer.exit_code == ExitCode.NOTHING_VERIFIED
    assert footer.unverified[0].startswith("RUN-CANCEL-001 could not be exercised: ")
