"""Our types in other people's annotations: hypothesis draws for them what is legal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from run_contracts import load, strategies, types, violations
from run_contracts.factories import factory
from run_contracts.making.type_strategies import STRATEGIES
from tests import samples

SOME = settings(max_examples=40, database=None, deadline=None)
PARTS = {
    types.Usage: ("completed", "usage"),
    types.LastError: ("failed", "last_error"),
    types.IncompleteDetails: ("incomplete", "incomplete_details"),
    types.RequiredAction: ("requires_action", "required_action"),
    types.TruncationStrategy: ("queued", "truncation_strategy"),
}


@dataclass
class Ticket:
    """What a project that follows runs may hold."""

    run: types.Run
    steps: list[types.RunStep]
    seen: types.RunStatus
    error: types.LastError | None = None


@SOME
@given(run=st.from_type(types.Run), step=st.from_type(types.RunStep))
def test_what_is_drawn_for_a_type_is_legal(run: Any, step: Any) -> None:
    """A dictionary with the right fields would not be."""
    assert violations(run) == ()
    assert violations(step, kind="run_step") == ()


@SOME
@given(...)
def test_annotations_say_what_is_drawn(ticket: Ticket, run: types.Run) -> None:
    """Those of a test, and those of the classes that it asks for."""
    for each in (ticket.run, run):
        assert violations(each) == ()
    assert all(violations(step, kind="run_step") == () for step in ticket.steps)
    assert ticket.seen in load("v2").lifecycle.statuses


@SOME
@given(st.from_type(types.Page), st.from_type(types.StreamEvent))
def test_pages_and_events_are_those_of_runs(page: Any, event: Any) -> None:
    """A page is one of runs, or one of steps; an event is one that streams have."""
    assert any(violations(page, kind=kind) == () for kind in ("run_list", "run_step_list"))
    assert event["event"] in {*load("v2").lifecycle.events, "done"}


@pytest.mark.parametrize("kind", PARTS, ids=lambda kind: kind.__name__)
@SOME
@given(data=st.data())
def test_a_part_can_stand_in_a_run(kind: Any, data: st.DataObject) -> None:
    """In one of a status that has it."""
    status, name = PARTS[kind]
    run = samples.run(status) | {name: data.draw(st.from_type(kind))}
    assert run[name] is not None
    assert violations(run) == ()


def test_each_type_of_an_object_is_known() -> None:
    """Those that say only how a fixture is called are not objects."""
    objects = {one for one in vars(types).values() if hasattr(one, "__required_keys__")}
    assert set(STRATEGIES) == objects


def test_a_call_is_one_that_a_run_waits_for() -> None:
    """So is its function."""
    call = find(st.from_type(types.ToolCall), bool)
    assert (call["type"], set(call["function"])) == ("function", {"name", "arguments"})
    assert set(find(st.from_type(types.FunctionCall), bool)) == {"name", "arguments"}


def test_a_type_shrinks_as_its_strategy_does() -> None:
    """To the same run."""
    assert find(st.from_type(types.Run), bool) == find(strategies.runs(), bool)


@pytest.mark.parametrize("edition", ["v1", "v2"])
@pytest.mark.parametrize(("kind", "prefix"), [("thread", "thread_"), ("assistant", "asst_")])
def test_what_a_run_points_to_has_an_id_of_its_kind(kind: Any, prefix: str, edition: Any) -> None:
    """As its own object, too, made or drawn."""
    assert factory(edition, seed=1).value(kind)["id"].startswith(prefix)
    drawn = strategies.from_contract(load(edition)).values(kind)
    assert find(drawn, bool)["id"].startswith(prefix)
