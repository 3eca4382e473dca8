"""The account of a check: what is spent is counted to the last of it, and no further."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from run_contracts.client.budget import Account, Budget, asked_wait, pause_before
from run_contracts.errors import BudgetExceeded


class _Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    """Return a clock that stands still."""
    return _Clock()


def _spent(account: Account, *, are_runs: bool = False) -> int:
    """Return how many requests an account grants, at most ten."""
    for number in range(10):
        try:
            account.spend(is_run=are_runs)
        except BudgetExceeded:
            return number
    return 10


@pytest.mark.parametrize(
    ("budget", "are_runs", "granted"),
    [
        (Budget(), True, 10),
        (Budget(requests=3), False, 3),
        (Budget(requests=0), False, 0),
        (Budget(runs=2), True, 2),
        (Budget(runs=2), False, 10),
        (Budget(runs=5, requests=3), True, 3),
    ],
)
def test_as_much_is_granted_as_the_budget_says(
    clock: _Clock, budget: Budget, are_runs: bool, granted: int
) -> None:
    """Requests and runs, each on its own."""
    assert _spent(Account(budget, clock), are_runs=are_runs) == granted


def test_a_run_that_was_refused_is_given_back_once(clock: _Clock) -> None:
    """Its request is not: it was sent."""
    account = Account(Budget(runs=2, requests=4), clock)
    assert _spent(account, are_runs=True) == 2
    account.give_back_run()
    assert _spent(account, are_runs=True) == 1
    assert _spent(account) == 1


@pytest.mark.parametrize(("seconds", "left"), [(0.0, 5.0), (4.5, 0.5), (5.0, 0.0), (9.0, 0.0)])
def test_seconds_pass_on_the_clock_that_was_given(
    clock: _Clock, seconds: float, left: float
) -> None:
    """At the end of them nothing more is sent."""
    account = Account(Budget(seconds=5), clock)
    clock.now += seconds
    assert account.seconds_left == left
    assert _spent(account) == (10 if left else 0)


def test_seconds_that_are_not_bounded_never_pass(clock: _Clock) -> None:
    """However late it is."""
    account = Account(Budget(), clock)
    clock.now += 1e9
    assert account.seconds_left == float("inf")


@pytest.mark.parametrize(
    ("what", "most", "option"),
    [
        ("requests", 100, "--max-requests 100"),
        ("runs", 7, "--max-runs 7"),
        ("seconds", 1.5, "--max-seconds 1.5"),
    ],
)
def test_a_bound_is_told_as_it_was_given(
    clock: _Clock, what: str, most: float, option: str
) -> None:
    """By its option, also in the error that says that it is spent."""
    budget = Budget(**{what: most})  # type: ignore[arg-type]
    assert str(budget) == option
    assert option in str(Account(budget, clock).spent(what))


@pytest.mark.parametrize("header", [None, "", "soon", "-1", "1.5", "٣"])
def test_a_header_that_names_no_time_asks_for_nothing(header: str | None) -> None:
    """It is a whole number of seconds, or a date."""
    assert asked_wait(header) is None


def test_a_header_may_name_a_date() -> None:
    """Until then is to be waited."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert asked_wait(f" {date} ") == pytest.approx(30, abs=2)
    assert asked_wait(" 7 ") == 7


@pytest.mark.parametrize(
    ("header", "waits", "pause"),
    [
        ("60", 0, 60),
        ("61", 0, None),
        ("1", 2, 1),
        ("1", 3, None),
        (None, 0, 1),
        (None, 2, 16),
        ("soon", 1, 4),
        (None, 3, None),
    ],
)
def test_a_server_may_ask_for_three_waits_of_a_minute(
    header: str | None, waits: int, pause: float | None
) -> None:
    """Each time at most, and no more often for one request; if it names no time, longer ones."""
    assert pause_before(header, waits) == pause
