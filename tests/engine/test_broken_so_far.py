"""What is broken is told as soon as the probe that shows it has ended, and can end the check."""

from __future__ import annotations

from run_contracts.events import Exchanged, ExitCode, Finished, FirstSeen, ProbeEnded
from tests.engine.verdicts import checked_in_process, finished, verdicts


def test_what_is_broken_is_told_after_the_probe_that_shows_it() -> None:
    """Before the next one is begun, and once."""
    seen = checked_in_process(faults=("RUN-USAGE-001",), profile="smoke")
    told = [event for event in seen if isinstance(event, FirstSeen)]
    (first,) = (event for event in told if event.requirement == "RUN-USAGE-001")
    assert (first.probe, first.is_red) == ("lifecycle", True)
    before = seen[: seen.index(first)]
    assert [event.probe for event in before if isinstance(event, ProbeEnded)] == ["lifecycle"]
    assert first.broken.exchange <= max(
        event.exchange.number for event in before if isinstance(event, Exchanged)
    )


def test_what_was_told_is_what_the_verdicts_say() -> None:
    """Nothing is told broken that is not so in the end, and nothing is left out."""
    seen = checked_in_process(
        faults=("RUN-LIST-005", "RUN-CANCEL-002", "RUN-STEP-020"), profile="smoke"
    )
    told = {event.requirement for event in seen if isinstance(event, FirstSeen)}
    assert told == {one.requirement for one in verdicts(seen).values() if one.result == "fail"}


def test_a_check_that_shall_fail_fast_ends_with_the_first_that_is_red() -> None:
    """What was created is deleted, what was seen is judged, and the check is red."""
    seen = checked_in_process(faults=("RUN-USAGE-001",), fail_fast=True)
    assert [event.probe for event in seen if isinstance(event, ProbeEnded)] == ["lifecycle"]
    footer = finished(seen)
    assert isinstance(footer, Finished)
    assert footer.exit_code == ExitCode.BROKEN
    assert footer.left_behind == ()
    assert "RUN-USAGE-001 is broken" in str(footer.error)


def test_advice_does_not_end_a_check() -> None:
    """Only what makes it red does."""
    seen = checked_in_process(faults=("RUN-LIST-017",), profile="smoke", fail_fast=True)
    assert finished(seen).exit_code == ExitCode.HOLDS
