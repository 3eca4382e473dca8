"""Contracts whose schema allows other statuses than the life cycle has."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import find

from run_contracts import (
    Contract,
    ContractError,
    UsageError,
    factories,
    load,
    strategies,
    violations,
)
from run_contracts.making import edge_cases, near_misses


def with_statuses(*statuses: str) -> Contract:
    """Return a contract whose runs are in these statuses."""
    return load("v2").with_fields("run", {"status": {"enum": [*statuses]}})


def test_fewer_statuses_are_followed() -> None:
    """No run is made in another, by whichever door."""
    vendor = with_statuses("queued", "in_progress")
    made: list[Any] = factories.from_contract(vendor, seed=1).runs(30)
    assert {run["status"] for run in made} == {"queued", "in_progress"}
    assert {case.run["status"] for case in edge_cases(contract=vendor)} == {"queued", "in_progress"}
    doors = strategies.from_contract(vendor)
    lives = find(doors.histories(), lambda seen: len(seen) > 1)
    assert [run["status"] for run in lives] == ["queued", "in_progress"]


@pytest.mark.parametrize("status", ["completed", "paused"])
def test_a_status_that_is_not_there_is_refused_with_those_that_are(status: str) -> None:
    """A status that the schema added has no meaning: the life cycle decides."""
    vendor = with_statuses("queued", "in_progress", "paused")
    with pytest.raises(UsageError, match="as the life cycle decides; there are queued, in_pro"):
        factories.from_contract(vendor).run(status)


def test_a_run_in_a_status_that_the_schema_forbids_breaks_it() -> None:
    """The judge follows the schema as the makers do."""
    completed = factories.make_run("completed", seed=1)
    broken = violations(completed, contract=with_statuses("queued", "in_progress"))
    assert [one.pointer for one in broken] == ["/status"]


def test_a_schema_without_any_status_of_the_life_cycle_is_refused() -> None:
    """Nothing could be made of it."""
    with pytest.raises(ContractError, match="no status that the life cycle has; there are queued"):
        with_statuses("paused")


def test_a_step_may_have_fewer_statuses_too() -> None:
    """Steps have a table of their own."""
    vendor = load("v2").with_fields("run_step", {"status": {"const": "completed"}})
    assert factories.from_contract(vendor).step()["status"] == "completed"
    assert len(vendor.lifecycle.fields) == len(load("v2").lifecycle.fields)


def test_near_misses_are_those_that_the_statuses_left_can_show() -> None:
    """A miss made of a run that completed is not there, and the others are."""
    vendor = with_statuses("queued", "in_progress")
    found = {miss.requirement for miss in near_misses(contract=vendor)}
    assert "RUN-SHAPE-001" in found
    assert "RUN-STATUS-018" not in found
