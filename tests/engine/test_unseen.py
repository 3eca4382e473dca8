"""Why nothing decides a requirement: the true reason, never another probe's."""

from __future__ import annotations

import pytest

from run_contracts.contract.loading import load
from run_contracts.contract.requirements import register
from run_contracts.engine.unseen import MissingEvidence, Unseen
from run_contracts.events import Ending, Offer, OperationSeen, Surveyed
from run_contracts.traffic.evidence import Evidence
from tests.engine.verdicts import checked_in_process, verdicts


@pytest.mark.parametrize(
    ("degradation", "requirement", "result", "reason"),
    [
        ("no-cancelRun", "RUN-CANCEL-001", "skip", "/cancel is missing: it answers 404"),
        ("no-listRunSteps", "RUN-STEP-023", "skip", "/steps is missing: it answers 404"),
        ("no-streams", "RUN-STREAM-003", "blocked", "streamed answers (stream: true) is broken"),
        ("refuses-streams", "RUN-STREAM-003", "skip", "streamed answers (stream: true) is missing"),
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


def test_where_no_run_is_created_what_is_there_and_broken_is_the_reason() -> None:
    """Not the way to create one that the server does not have, nor a field that no run had."""
    states = {"createThreadAndRun": Offer.MISSING, "createRun": Offer.BROKEN}
    operations = (
        OperationSeen(operation=name, what=name, state=state, reason="answers so")
        for name, state in states.items()
    )
    unseen = Unseen(
        evidence=Evidence(contract=load("v2"), exchanges=()),
        survey=Surveyed(operations=tuple(operations)),
        missing_evidence={},
    )
    for requirement in ("RUN-SHAPE-001", "RUN-SHAPE-031"):
        reason = "no run was created: createRun is broken, it answers so"
        assert unseen.reason(register("v2")[requirement]) == ("blocked", reason)


def test_what_a_profile_leaves_out_is_said_of_what_nothing_else_tries() -> None:
    """Two submits at once are sent in a full check alone."""
    seen = verdicts(checked_in_process(profile="smoke"))
    assert seen["RUN-SUBMIT-007"].reason.startswith("only a full check exercises it")


def test_what_no_run_was_left_for_has_the_reason_of_its_probe() -> None:
    """Runs that end at once cannot be cancelled: that is said of what only a cancel shows."""
    missing = MissingEvidence(
        probe="cancelling",
        ending=Ending.INCONCLUSIVE,
        reason="3 runs ended before they could be cancelled",
        reaches=frozenset({"cancelled"}),
    )
    unseen = Unseen(
        evidence=Evidence(contract=load("v2"), exchanges=()),
        survey=Surveyed(operations=()),
        missing_evidence={"cancelling": missing},
    )
    reason = "cancelling: 3 runs ended before they could be cancelled"
    assert unseen.reason(register("v2")["RUN-CANCEL-003"]) == ("inconclusive", reason)
