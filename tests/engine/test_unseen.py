"""Why nothing decides a requirement: the true reason, never another probe's."""

from __future__ import annotations

import pytest

from tests.engine.verdicts import checked_in_process, verdicts


@pytest.mark.parametrize(
    ("degradation", "requirement", "result", "reason"),
    [
        ("no-cancelRun", "RUN-CANCEL-001", "skip", "/cancel is missing: it answers 404"),
        ("no-listRunSteps", "RUN-STEP-023", "skip", "/steps is missing: it answers 404"),
        ("no-streams", "RUN-STREAM-003", "blocked", "streamed answers (stream: true) is broken"),
        ("no-forced-calls", "RUN-SUBMIT-001", "inconclusive", "no run was seen requires_action"),
        ("crashing-cancelRun", "RUN-CANCEL-003", "blocked", "/cancel is broken: it never answers"),
    ],
)
def test_the_reason_is_the_true_one(
    degradation: str, requirement: str, result: str, reason: str
) -> None:
    """A missing or broken operation is named, and a status that no run reached."""
    verdict = verdicts(checked_in_process(degradations=(degradation,), profile="smoke"))[
        requirement
    ]
    assert verdict.result == result
    assert reason in verdict.reason


def test_what_a_profile_leaves_out_is_said_of_what_nothing_else_tries() -> None:
    """Two submits at once are sent in a full check alone."""
    seen = verdicts(checked_in_process(profile="smoke"))
    assert seen["RUN-SUBMIT-007"].reason.startswith("only a full check exercises it")
