"""What a load comes to, as the events of a check and in lines."""

from __future__ import annotations

import pytest

from run_contracts.client.checked_target import Target
from run_contracts.events import BROKEN, Decided, Exchanged, ExitCode, Finished, Result
from run_contracts.load_testing.load_report import exit_code, load_events, load_lines
from run_contracts.load_testing.load_tally import LoadTally
from tests.checks.written_traffic import CREATE, RUN
from tests.load_testing.test_life_judging import RUNS, broken_life, hide

TARGET = Target(url="http://h/v1")
ID = "RUN-THREAD-001"


def _tally(*, lives: int = 1) -> LoadTally:
    tally = LoadTally()
    for _ in range(lives):
        tally.add(broken_life(), hide)
    return tally


def test_two_examples_share_no_number() -> None:
    """Exchanges of several lives stand in one report, and each verdict names its own."""
    events = load_events(_tally(lives=2), TARGET, 1.0)
    numbers = [one.exchange.number for one in events if isinstance(one, Exchanged)]
    assert numbers == list(range(1, len(numbers) + 1))
    (verdict,) = (one for one in events if isinstance(one, Decided) and one.outcome == BROKEN)
    assert verdict.requirement == ID
    assert {one.exchange for one in verdict.broken} <= set(numbers)
    assert len({one.exchange for one in verdict.broken}) == 2


def test_what_is_broken_is_the_exit_code_and_a_line() -> None:
    """The line says in how many lives."""
    tally = _tally(lives=2)
    events = load_events(tally, TARGET, 1.0)
    assert exit_code(events) == ExitCode.BROKEN
    assert f"  {ID} MUST broken in 2 lives" in list(load_lines(events, tally))


def test_nothing_judged_is_not_green() -> None:
    """Who saw no life verified nothing."""
    assert exit_code(load_events(LoadTally(), TARGET, 1.0)) == ExitCode.NOTHING_VERIFIED


def test_an_error_of_ours_is_told_and_is_no_finding() -> None:
    """It is counted, and changes the exit code where nothing is broken."""
    tally = LoadTally()
    tally.numbers["lives judged"] = tally.held[ID] = 1
    for _ in range(3):
        tally.fail("the check of RUN-X", ValueError("no such thing"), hide)
    events = load_events(tally, TARGET, 1.0)
    assert exit_code(events) == ExitCode.OUR_ERROR
    (footer,) = (one for one in events if isinstance(one, Finished))
    assert footer.own_errors == ("3 times: the check of RUN-X: ValueError: no such thing",)


@pytest.mark.parametrize("line", ["{}", "[", '{"event": "decided"}'])
def test_what_a_worker_sends_and_is_no_example_costs_itself(line: str) -> None:
    """The verdict stays, with all other examples, and the loss is told."""
    tally = _tally()
    tally.merge({"broken": {ID: 1}, "examples": {ID: [[line]]}})
    events = load_events(tally, TARGET, 1.0)
    assert exit_code(events) == ExitCode.BROKEN
    (verdict,) = (one for one in events if isinstance(one, Decided) and one.outcome == BROKEN)
    assert len(verdict.broken) == 1
    assert any("an example of a worker" in one for one in tally.own_errors)


def test_what_no_life_shows_is_inconclusive() -> None:
    """It is neither held nor broken."""
    events = load_events(_tally(), TARGET, 1.0)
    results = {one.requirement: one.result for one in events if isinstance(one, Decided)}
    assert results["RUN-CANCEL-002"] == Result.INCONCLUSIVE


def test_secrets_do_not_reach_the_message_of_a_worker() -> None:
    """Neither in exchanges nor in what was found."""
    tally = LoadTally()
    tally.add(broken_life(body={**CREATE, "metadata": {"a": "sk-secret"}}), hide)
    message = repr(tally.take())
    assert RUN in message
    assert RUNS in message
    assert "sk-secret" not in message
