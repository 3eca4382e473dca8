"""The survey: each operation offered, missing, broken or not tried, and what says so."""

from __future__ import annotations

import pytest

from run_contracts.engine.policy import Policy
from run_contracts.errors import UsageError
from run_contracts.events import (
    Ending,
    Event,
    ExitCode,
    Offer,
    OperationSeen,
    ProbeEnded,
    Surveyed,
)
from tests.engine.servers_in_the_way import seen as seen_within
from tests.engine.verdicts import checked_in_process, finished


def _survey(seen: list[Event]) -> dict[str, OperationSeen]:
    (survey,) = (event for event in seen if isinstance(event, Surveyed))
    return {operation.operation: operation for operation in survey.operations}


def test_a_right_server_offers_everything() -> None:
    """Nine operations, and streams."""
    seen = checked_in_process(profile="smoke")
    assert {one.state for one in _survey(seen).values()} == {Offer.OFFERED}
    (survey,) = (event for event in seen if isinstance(event, Surveyed))
    assert (survey.offered, survey.size, len(survey.operations)) == (9, 9, 10)


@pytest.mark.parametrize(
    ("degradation", "operation", "answer"),
    [
        ("no-cancelRun", "cancelRun", 'answers 404 with {"detail": "Not Found"}'),
        ("405-modifyRun", "modifyRun", "answers 405 with "),
        ("page-listRunSteps", "listRunSteps", "answers 404 with "),
        ("unknown-createThreadAndRun", "createThreadAndRun", 'answers 404 with {"error": '),
        ("unknown-cancelRun", "cancelRun", 'answers 404 with {"error": '),
    ],
)
def test_what_only_the_router_answers_is_missing(
    degradation: str, operation: str, answer: str
) -> None:
    """Whatever form the router gives its 404; all others are offered, and nothing is broken."""
    seen = checked_in_process(degradations=(degradation,), profile="smoke")
    survey = _survey(seen)
    assert survey[operation].state == Offer.MISSING
    assert answer in survey[operation].reason
    assert survey[operation].exchange > 0
    others = {one.state for name, one in survey.items() if name != operation}
    assert others <= {Offer.OFFERED, Offer.UNTRIED}


def test_what_always_fails_is_broken() -> None:
    """A cancel that crashes each time is there, and of no use."""
    cancel = _survey(checked_in_process(degradations=("crashing-cancelRun",), profile="smoke"))[
        "cancelRun"
    ]
    assert cancel.state == Offer.BROKEN
    assert cancel.reason.startswith("never answers otherwise: answers 500")


def test_what_a_stopped_check_did_not_try_it_might_have_tried_later() -> None:
    """That nothing was there to ask about is not said: the check did not come that far."""
    untried = [
        one for one in _survey(seen_within(requests=6)).values() if one.state == Offer.UNTRIED
    ]
    assert {one.reason for one in untried} == {"the check was stopped before"}


def test_what_never_answers_is_broken() -> None:
    """The reason is that of the request that had no answer."""
    cancel = _survey(
        checked_in_process(degradations=("hanging-cancelRun",), timeout=0.2, profile="smoke")
    )
    assert cancel["cancelRun"].state == Offer.BROKEN
    assert cancel["cancelRun"].reason.startswith("never answers: ")


def test_streams_that_come_as_json_are_broken() -> None:
    """The request was accepted, and its client waits for events."""
    streams = _survey(checked_in_process(degradations=("no-streams",), profile="smoke"))["streams"]
    assert streams.state == Offer.BROKEN
    assert streams.reason == "answers 200 with application/json"


def test_streams_that_are_refused_each_time_are_missing() -> None:
    """Who never streams may say so: what needs one is skipped, and red only if it is required."""
    seen = checked_in_process(degradations=("refuses-streams",), profile="smoke")
    assert _survey(seen)["streams"].state == Offer.MISSING
    endings = {one.probe: one.ending for one in seen if isinstance(one, ProbeEnded)}
    assert (endings["cancelling_a_stream"], endings["cancelling"]) == (Ending.SKIP, Ending.DONE)
    assert finished(seen).exit_code == ExitCode.HOLDS
    required = checked_in_process(
        degradations=("refuses-streams",), policy=Policy(require=("streams",)), profile="smoke"
    )
    assert finished(required).exit_code == ExitCode.BROKEN


def test_what_is_required_and_missing_is_red() -> None:
    """By its name, or by asking for all; what is not required stays as it is."""
    seen = checked_in_process(
        degradations=("no-cancelRun",), policy=Policy(require=("cancelRun",)), profile="smoke"
    )
    assert finished(seen).exit_code == ExitCode.BROKEN
    assert "/cancel is required and missing: answers 404" in finished(seen).required[0]


def test_an_unknown_operation_cannot_be_required() -> None:
    """The names there are, are told."""
    with pytest.raises(UsageError, match="no operation 'cancel' can be required; there are all, "):
        checked_in_process(policy=Policy(require=("cancel",)), profile="smoke")
