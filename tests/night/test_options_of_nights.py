"""What is asked for wrongly of a night is refused in one line, before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from run_contracts.client.budget import Budget
from run_contracts.client.checked_target import Target
from run_contracts.night.night_plan import NightPlan
from run_contracts.night.night_state import NightState
from run_contracts.night.orders import RoundKind, RoundOrder, RoundResult
from run_contracts.night.schedule import FIRST_ROUNDS, Schedule
from tests.cli.door import run

NOBODY = "http://127.0.0.1:9/v1"


@pytest.mark.parametrize("text", ["", "8", "h", "-1h", "0s", "8 h", "1e3s", "9999d", "٣s", "8h\n"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """In one line, with exit code 2."""
    done = run("check", NOBODY, "--for", text)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "give one like 90s, 30m or 8h" in done.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--jobs", "2"), "--jobs goes with --for"),
        (("--corpus", "x"), "--corpus goes with --for"),
        (("--for", "1h", "--only", "RUN-LIFE-001"), "leave --only out"),
        (("--for", "1h", "--no-write"), "only read"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    options: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    """In one line that says what to do."""
    done = run("check", NOBODY, *options, folder=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert says in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_says_what_a_night_creates() -> None:
    """And sends nothing."""
    done = run("check", NOBODY, "--for", "8h", "--dry-run")
    assert done.returncode == 0
    assert "then for 8.0 h rounds of at most 2000 requests and 100 runs each" in done.stdout


def test_workers_share_one_rate() -> None:
    """Together they send no more than was allowed."""
    target = Target(url=NOBODY, rate=10.0, budget=Budget(requests=5))
    plan = NightPlan(target=target, seconds=9.0, corpus=Path(), jobs=4)
    assert plan.worker_target.rate == 2.5


def ordered(schedule: Schedule, state: NightState, number: int) -> list[RoundOrder]:
    """Return so many orders that are all under way at once."""
    orders: list[RoundOrder] = []
    for _ in range(number):
        order = schedule.next(orders, 100.0)
        if order is not None:
            orders.append(order)
            state.apply({"what": "began", "round": order.number, "check": order.check})
    return orders


def test_workers_share_one_budget() -> None:
    """What all rounds may spend together is what the budget has left after the check."""
    target = Target(url=NOBODY, budget=Budget(requests=1000, runs=130))
    state = NightState()
    before = Budget(requests=400, runs=30)
    schedule = Schedule(target, state, jobs=4, lanes=1, corpus=(), before=before)
    orders = ordered(schedule, state, 30)
    assert sum(one.budget.requests or 0 for one in orders) <= 600
    assert sum(one.budget.runs or 0 for one in orders) == 100
    assert len(orders) > 1


def test_no_lane_has_the_budget_of_all() -> None:
    """Each lane of a worker has something to do as long as enough is left for it."""
    target, state = Target(url=NOBODY, budget=Budget(requests=3000)), NightState()
    schedule = Schedule(target, state, jobs=1, lanes=30, corpus=(), before=Budget(requests=400))
    orders = ordered(schedule, state, 30)
    assert len(orders) == 30
    assert orders[0].budget.requests == 86


def test_a_round_of_made_requests_is_worth_its_drawing() -> None:
    """It is given more than a walk needs."""
    target, state = Target(url=NOBODY, budget=Budget(requests=3000)), NightState()
    schedule = Schedule(target, state, jobs=1, lanes=30, corpus=(), before=Budget())
    for number in range(FIRST_ROUNDS):
        schedule.learn(RoundResult(number=number, kind=RoundKind.WALKS, seconds=1.0))
    made = [one.budget for one in ordered(schedule, state, 9) if one.kind is RoundKind.REQUESTS]
    assert [one.requests for one in made] == [300]


def test_no_two_rounds_have_one_seed() -> None:
    """Nor two nights whose seeds are neighbours."""
    seeds = []
    for seed in (0, 1):
        state = NightState()
        schedule = Schedule(
            Target(url=NOBODY, seed=seed), state, jobs=1, lanes=1, corpus=(), before=Budget()
        )
        seeds += [one.seed for one in ordered(schedule, state, 50)]
    assert len(set(seeds)) == 100


def test_an_unbounded_target_is_asked_by_bounded_rounds() -> None:
    """A round that goes wrong creates no more than so many runs."""
    state = NightState()
    schedule = Schedule(Target(url=NOBODY), state, jobs=1, lanes=1, corpus=(), before=Budget())
    (order,) = ordered(schedule, state, 1)
    assert order.kind is RoundKind.WALKS
    assert (order.budget.requests, order.budget.runs) == (2000, 100)
