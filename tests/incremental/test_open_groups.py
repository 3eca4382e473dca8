"""What overlaps with a request that is under way is not called broken before that has ended."""

from __future__ import annotations

import pytest

from run_contracts.factories import make_run
from run_contracts.incremental.judge import IncrementalJudge
from run_contracts.incremental.kept_at_most import KeptAtMost
from run_contracts.traffic.exchange import Exchange
from run_contracts.types import Run
from tests.incremental.made_traffic import V2, Traffic, judged

NEW = {"metadata": {"k": "new"}}


def _changed(traffic: Traffic, judge: IncrementalJudge) -> Run:
    """Return a run that was read and changed, and was judged with that."""
    run = make_run("completed", metadata={"k": "old"})
    path = f"/threads/{run['thread_id']}/runs/{run['id']}"
    read = traffic.read(run)
    assert judged(judge, read, traffic.of("POST", path, run, {"metadata": run["metadata"]})) == []
    return run


def _modified(traffic: Traffic, run: Run) -> Exchange:
    """Return the change of the metadata of a run, which was under way beside others."""
    path = f"/threads/{run['thread_id']}/runs/{run['id']}"
    return traffic.of("POST", path, run | NEW, NEW, together=1)


def test_what_stands_beside_an_open_request_waits_for_it() -> None:
    """A change takes effect before it is answered, and who reads beside it sees it."""
    traffic, judge = Traffic(), IncrementalJudge(V2, is_alone=True)
    run = _changed(traffic, judge)
    judge.open_groups = {1}
    assert judged(judge, traffic.read(run | NEW, together=1)) == []
    assert not judge.is_due
    judge.open_groups = ()
    assert judged(judge, _modified(traffic, run)) == []
    assert list(judge.close()) == []


def test_a_change_that_nobody_asked_for_is_found_when_all_of_it_has_ended() -> None:
    """Waiting loses nothing."""
    traffic, judge = Traffic(), IncrementalJudge(V2, is_alone=True)
    run = _changed(traffic, judge)
    judge.open_groups = {1}
    assert judged(judge, traffic.read(run | NEW, together=1)) == []
    judge.open_groups = ()
    assert judged(judge, traffic.read(run | NEW, together=1)) == ["RUN-MODIFY-002"]


@pytest.mark.parametrize("limits", [KeptAtMost(of_one=40), KeptAtMost(of_all=40)], ids=str)
def test_a_request_that_never_ends_holds_no_more_than_the_limits(limits: KeptAtMost) -> None:
    """What it could explain is not called broken, and what nothing explains is."""
    traffic, judge = Traffic(), IncrementalJudge(V2, limits=limits, is_alone=True)
    run = _changed(traffic, judge)
    judge.open_groups = {1}
    judge.add(traffic.read(run | {"created_at": "now"} | NEW, together=1))
    for _ in range(50):
        judge.add(
            traffic.read(run | NEW if limits.of_one == 40 else make_run("queued"), together=1)
        )
    assert {one.requirement for one in judge.close()} == {"RUN-SHAPE-003"}
    assert judge.exercised["RUN-SHAPE-001"] >= 50


def test_what_is_under_way_when_all_ends_may_have_been_done() -> None:
    """The last verdict on what stood beside it does not call that broken."""
    traffic, judge = Traffic(), IncrementalJudge(V2, is_alone=True)
    run = _changed(traffic, judge)
    judge.open_groups = {1}
    assert judged(judge, traffic.read(run | NEW, together=1)) == []
    assert list(judge.close()) == []


def test_a_quiet_thread_is_not_let_go_before_its_request_has_ended() -> None:
    """However many others came and went in between."""
    traffic = Traffic()
    judge = IncrementalJudge(V2, limits=KeptAtMost(quiet=5), is_alone=True)
    run = _changed(traffic, judge)
    judge.open_groups = {1}
    judge.add(traffic.read(run | NEW, together=1))
    for exchange in traffic.lives(30):
        judge.add(exchange)
    assert run["id"] in judge.open_histories
    judge.open_groups = ()
    assert judged(judge, _modified(traffic, run)) == []
