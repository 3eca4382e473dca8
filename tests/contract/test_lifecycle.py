"""The tables of the life cycle, asked as those do who walk along them."""

from __future__ import annotations

import pytest

from run_contracts.contract.lifecycle import lifecycle

V2 = lifecycle("v2")


def test_inferred_edges_are_left_out_only_if_that_is_asked_for() -> None:
    """Each status is named once, in the order of the table."""
    assert V2.next_to("queued") == (
        "in_progress",
        "expired",
        "cancelling",
        "cancelled",
        "failed",
    )
    assert V2.next_to("queued", is_sure=True) == ("in_progress",)
    assert V2.next_to("completed") == ()


def test_runs_and_steps_have_a_table_and_other_kinds_have_none() -> None:
    """Each is asked for by the name of the kind."""
    assert V2.cells("run")["queued"]["usage"] == "null"
    assert V2.cells("run_step")["completed"]["usage"] == "set"
    assert not V2.cells("message")


def test_what_nobody_answers_waits_ends_or_is_cancelled() -> None:
    """What only a submit leads to is left out; the status itself is not."""
    others = {"failed", "expired", "cancelling", "cancelled"}
    assert V2.unanswered("requires_action") == {"requires_action", *others}
    assert V2.unanswered("completed") == {"completed"}


def test_a_changed_cell_changes_no_other() -> None:
    """The table itself stays as it is, and so do the other cells of its copy."""
    changed = V2.with_fields({"queued": {"usage": "set"}, "napping": {"usage": "null"}})
    assert changed.fields["queued"]["usage"] == "set"
    assert changed.fields["queued"]["expires_at"] == "set"
    assert changed.fields["completed"]["usage"] == "set"
    assert changed.fields["napping"]["usage"] == "null"
    assert V2.fields["queued"]["usage"] == "null"


@pytest.mark.parametrize(
    ("status", "is_terminal", "rests"),
    [
        ("queued", False, False),
        ("in_progress", False, False),
        ("cancelling", False, False),
        ("requires_action", False, True),
        ("incomplete", True, True),
        ("expired", True, True),
        ("done", False, False),
    ],
)
def test_pollers_stop_at_an_end_and_where_the_caller_is_asked(
    status: str, is_terminal: bool, rests: bool
) -> None:
    """What is unknown is neither."""
    assert (V2.is_terminal(status), V2.rests(status)) == (is_terminal, rests)


@pytest.mark.parametrize(
    ("earlier", "later", "may_follow"),
    [
        ("queued", "queued", True),
        ("queued", "completed", True),
        ("requires_action", "queued", True),
        ("cancelling", "in_progress", False),
        ("completed", "failed", False),
        ("done", "done", True),
        ("done", "queued", False),
    ],
)
def test_what_a_chain_of_edges_leads_to_may_follow(
    earlier: str, later: str, may_follow: bool
) -> None:
    """And every status itself."""
    assert V2.may_follow(earlier, later) is may_follow


def test_every_status_of_an_event_is_one_of_the_life_cycle() -> None:
    """Of a run; events of v1 speak of no run that is incomplete."""
    for edition in ("v1", "v2"):
        life = lifecycle(edition)
        told = {event.status for event in life.events.values() if event.kind == "run"}
        assert told == life.statuses
