"""Whatever is made is legal: both editions, both generators, every status, kind and dialect."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from run_contracts import factories, load, strategies, violations
from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.readings import dialects
from run_contracts.making.lives.stream_events import STREAM_ENDINGS
from tests.making import judged

EDITIONS = ("v1", "v2")
STATUSES = [(edition, one) for edition in EDITIONS for one in lifecycle(edition).fields]
KINDS = (
    "assistant",
    "create_assistant_request",
    "create_message_request",
    "create_run_request",
    "create_thread_and_run_request",
    "create_thread_request",
    "error",
    "message",
    "message_delta",
    "modify_run_request",
    "run_step_delta",
    "submit_tool_outputs_request",
    "thread",
)
"""Every kind but runs, steps, and what is made of them."""
SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _found(value: Any, kind: str, edition: str, **more: Any) -> list[str]:
    """Return what is wrong with a value, also after it was sent as JSON."""
    assert json.loads(json.dumps(value)) == value
    return [str(one) for one in violations(value, kind=kind, edition=edition, **more)]


@pytest.mark.parametrize(("edition", "status"), STATUSES)
@given(data=st.data())
@SOME
def test_drawn_runs_are_legal(edition: str, status: str, data: st.DataObject) -> None:
    """A drawn run is in its status and breaks nothing, and JSON keeps it as it is."""
    run = data.draw(strategies.runs(status=status, edition=edition))
    assert run["status"] == status
    assert _found(run, "run", edition) == []


@pytest.mark.parametrize(("edition", "status"), STATUSES)
def test_faked_runs_are_legal(edition: str, status: str) -> None:
    """A hundred faked runs are in their status and break nothing."""
    for run in factories.make_runs(100, status, edition=edition, seed=status):
        assert run["status"] == status
        assert _found(run, "run", edition) == []


@pytest.mark.parametrize("edition", EDITIONS)
@given(data=st.data())
@SOME
def test_drawn_steps_are_legal(edition: str, data: st.DataObject) -> None:
    """A drawn step breaks nothing, and its type is that of its details."""
    step = data.draw(strategies.run_steps(edition=edition))
    assert step["type"] == step["step_details"]["type"]
    assert _found(step, "run_step", edition) == []


@pytest.mark.parametrize("edition", EDITIONS)
def test_faked_steps_are_legal(edition: str) -> None:
    """Faked steps break nothing."""
    made = factories.factory(edition, seed=1)
    for status in lifecycle(edition).steps:
        for _ in range(30):
            assert _found(made.step(status), "run_step", edition) == []


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_values_of_every_other_kind_are_legal(kind: str, edition: str) -> None:
    """Messages, requests and refusals fit their schemas, drawn or faked."""
    made = factories.factory(edition, seed=1)

    @SOME
    @given(strategies.from_contract(load(edition)).values(kind))
    def drawn(value: Any) -> None:
        assert _found(value, kind, edition) == []

    drawn()
    for _ in range(30):
        assert _found(made.value(kind), kind, edition) == []


def test_every_kind_of_the_contract_is_made() -> None:
    """No kind is left out: what is not listed here is a run, a step, a list or a stream."""
    made = {*KINDS, "run", "run_step", "run_list", "run_step_list", "message_list", "stream_event"}
    assert {kind for edition in EDITIONS for kind in load(edition).kinds} == made


@pytest.mark.parametrize("edition", EDITIONS)
@given(data=st.data())
@SOME
def test_drawn_lists_are_legal(edition: str, data: st.DataObject) -> None:
    """A page is newest first, each run once, all of one thread; an empty one is the last."""
    page = data.draw(strategies.run_lists(edition=edition, max_size=4))
    assert _found(page, "run_list", edition) == []
    moments = [run["created_at"] for run in page["data"]]
    assert moments == sorted(moments, reverse=True)
    assert len({run["id"] for run in page["data"]}) == len(page["data"])
    assert len({run["thread_id"] for run in page["data"]}) <= 1
    assert page["data"] or not page["has_more"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_faked_lists_are_legal(edition: str) -> None:
    """Pages of runs and of steps have as many items as asked for and break nothing."""
    made = factories.factory(edition, seed=1)
    for n in (0, 1, 5):
        runs, steps = made.run_list(n), made.step_list(n)
        assert (len(runs["data"]), len(steps["data"])) == (n, n)
        assert _found(runs, "run_list", edition) == []
        assert _found(steps, "run_step_list", edition) == []


@pytest.mark.parametrize("edition", EDITIONS)
@given(data=st.data())
@SOME
def test_drawn_histories_are_legal(edition: str, data: st.DataObject) -> None:
    """The checks of servers find nothing in what a poller sees of a made life."""
    seen = data.draw(strategies.histories(edition=edition))
    found = judged.broken(judged.polled(seen, edition), edition)
    assert found.keys() <= {"RUN-LIFE-004", "RUN-LIFE-005"}, found


@pytest.mark.parametrize(("edition", "status"), STATUSES)
def test_faked_histories_are_legal(edition: str, status: str) -> None:
    """The shortest life to each status breaks nothing, and ends there."""
    seen = factories.factory(edition, seed=1).history(status)
    assert seen[-1]["status"] == status
    found = judged.broken(judged.polled(seen, edition), edition)
    assert found.keys() <= {"RUN-LIFE-004", "RUN-LIFE-005"}, found


@pytest.mark.parametrize("edition", EDITIONS)
@given(data=st.data())
@SOME
def test_drawn_streams_are_legal(edition: str, data: st.DataObject) -> None:
    """The checks of servers find nothing in a made stream: grammar, kinds, pieces that add up."""
    events = data.draw(strategies.event_streams(edition=edition))
    assert judged.broken([judged.made_stream(events, edition)], edition) == {}


@pytest.mark.parametrize("resumed", [False, True])
@pytest.mark.parametrize(
    ("edition", "ending"),
    [(e, one) for e in EDITIONS for one in STREAM_ENDINGS if one in lifecycle(e).statuses],
)
def test_faked_streams_are_legal(edition: str, ending: str, resumed: bool) -> None:
    """Streams of new runs and of resumed ones end as asked, and break nothing."""
    events = factories.factory(edition, seed=1).stream(ending, resumed=resumed)
    assert events[-1] == {"event": "done", "data": "[DONE]"}
    assert events[-2]["event"] == f"thread.run.{ending}"
    assert judged.broken([judged.made_stream(events, edition)], edition) == {}


@pytest.mark.parametrize("name", dialects())
def test_a_dialect_is_made_as_it_is_judged(name: str) -> None:
    """Runs of an older or foreign form are legal in it."""
    edition = dialects()[name].editions[-1]

    @settings(SOME, max_examples=15)
    @given(strategies.runs(edition=edition, dialect=name))
    def drawn(run: Any) -> None:
        assert _found(run, "run", edition, dialect=name) == []

    drawn()
    for run in factories.make_runs(50, edition=edition, dialect=name, seed=1):
        assert _found(run, "run", edition, dialect=name) == []


@given(strategies.edge_runs(edition="v1"))
@SOME
def test_edge_runs_are_legal(run: Any) -> None:
    """Edge cases as a strategy are the edge cases."""
    assert _found(run, "run", "v1") == []


@given(strategies.near_misses("RUN-STATUS-006"))
@SOME
def test_near_misses_as_a_strategy_break_what_they_name(miss: Any) -> None:
    """Near misses as a strategy are the near misses."""
    found = violations(miss.value, kind=miss.kind)
    assert [one.requirement for one in found] == ["RUN-STATUS-006"]
