"""Lists are such as a server could give: one active run a thread, steps within their run."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from run_contracts import UsageError, load, strategies, violations
from run_contracts.factories import factory

EDITIONS = pytest.mark.parametrize("edition", ["v1", "v2"])
MOST_SECONDS = 600
SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def checked(page: Any, kind: str, edition: Any, order: str = "desc") -> None:
    """Hold a page to what lists of the kind are."""
    items = page["data"]
    assert violations(page, kind=kind, edition=edition) == ()
    ages = [item["created_at"] for item in items]
    assert ages == sorted(ages, reverse=order == "desc")
    ids = [item["id"] for item in items]
    assert len(set(ids)) == len(ids)
    ends = (ids[0], ids[-1]) if ids else (None, None)
    assert (page["first_id"], page["last_id"]) == ends
    assert not (page["has_more"] and not items)


def one_by_one(items: list[Any], edition: str) -> None:
    """Hold the runs of a thread, the newest first, to come one after the other."""
    life = load(edition).lifecycle
    assert all(life.is_terminal(run["status"]) for run in items[1:])
    assert len({run["thread_id"] for run in items}) <= 1
    for newer, older in pairwise(items):
        moments = (older[name] for name in ("completed_at", "failed_at", "cancelled_at"))
        assert all(moment is None or moment <= newer["created_at"] for moment in moments)


def of_one_run(items: list[Any]) -> None:
    """Hold steps, the newest first, to be of one run and within its life."""
    assert all(step["status"] == "completed" for step in items[1:])
    for name in ("run_id", "thread_id", "assistant_id"):
        assert len({step[name] for step in items}) <= 1
    if items:
        moments = [
            step[name]
            for step in items
            for name in ("created_at", "completed_at", "failed_at", "cancelled_at")
            if step[name] is not None
        ]
        assert max(moments) - min(moments) <= MOST_SECONDS
        assert all(older["completed_at"] <= newer["created_at"] for newer, older in pairwise(items))


@EDITIONS
@pytest.mark.parametrize("n", [0, 1, 2, 3, 20, 60])
def test_made_lists_of_runs_are_of_one_thread(edition: Any, n: int) -> None:
    """At most the newest run is active, and each was created after the one before had ended."""
    made = factory(edition, seed=n)
    for _ in range(10):
        page: Any = made.run_list(n)
        assert len(page["data"]) == n
        assert page["has_more"] is False
        checked(page, "run_list", edition)
        one_by_one(page["data"], edition)


@EDITIONS
@pytest.mark.parametrize("n", [0, 1, 3, 20])
def test_made_lists_of_steps_are_of_one_run(edition: Any, n: int) -> None:
    """At most the newest step is open, and all lie within the life of their run."""
    made = factory(edition, seed=n)
    for _ in range(10):
        page: Any = made.step_list(n)
        assert len(page["data"]) == n
        checked(page, "run_step_list", edition)
        of_one_run(page["data"])


@EDITIONS
@given(data=st.data())
@SOME
def test_drawn_lists_are_such_lists_too(edition: Any, data: st.DataObject) -> None:
    """Of any size, with more to come or not."""
    runs: Any = data.draw(strategies.run_lists(edition=edition))
    checked(runs, "run_list", edition)
    one_by_one(runs["data"], edition)
    steps: Any = data.draw(strategies.run_step_lists(edition=edition))
    checked(steps, "run_step_list", edition)
    of_one_run(steps["data"])


def test_the_oldest_may_be_first() -> None:
    """In ascending order the list is the other way round, its cursors too."""
    page: Any = factory(seed=1).run_list(4, order="asc", has_more=True)
    checked(page, "run_list", "v2", order="asc")
    one_by_one(page["data"][::-1], "v2")
    assert page["has_more"] is True
    drawn = strategies.run_lists(min_size=2, order="asc")
    assert drawn is not None


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"n": 3, "id": "run_abc"}, ['id="run_abc"', "n=3"]),
        ({"n": 3, "status": "queued"}, ["3", "newest run of a thread"]),
        ({"n": 2, "order": "up"}, ["'up'", "desc, asc"]),
    ],
)
def test_what_no_list_can_hold_is_refused(wish: dict[str, Any], words: list[str]) -> None:
    """One clear line names what contradicts what."""
    with pytest.raises(UsageError) as refusal:
        factory(seed=1).run_list(**wish)
    for word in words:
        assert word in str(refusal.value)


def test_one_item_may_be_fixed_as_it_likes() -> None:
    """A list of one has the id and the status that were asked for."""
    page: Any = factory(seed=1).run_list(1, "queued", id="run_" + "a" * 24)
    assert [(run["id"], run["status"]) for run in page["data"]] == [("run_" + "a" * 24, "queued")]


def test_fixed_fields_are_those_of_every_item() -> None:
    """What is no id is shared by all."""
    page: Any = factory(seed=1).run_list(5, "completed", model="m", metadata__team="x")
    assert {(run["model"], run["metadata"]["team"]) for run in page["data"]} == {("m", "x")}
