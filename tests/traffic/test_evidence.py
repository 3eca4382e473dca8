"""Evidence: what was answered shows something, what was not is kept apart."""

from __future__ import annotations

from dataclasses import replace

from run_contracts.contract.loading import load
from run_contracts.traffic.evidence import Evidence
from tests.checks.written_traffic import CREATE, Traffic
from tests.samples import run

RUNS, RUN = "/threads/thread_1/runs", "/threads/thread_1/runs/run_1"


def _evidence(traffic: Traffic) -> Evidence:
    return Evidence(contract=load("v2"), exchanges=tuple(traffic.exchanges), is_whole=True)


def test_what_has_no_answer_stands_apart() -> None:
    """It is neither among the exchanges nor among those of its operation."""
    traffic = Traffic().add(f"POST {RUNS}", run("queued"), body=CREATE).lose(f"GET {RUN}")
    evidence = _evidence(traffic)
    assert [one.number for one in evidence.exchanges] == [1]
    assert [one.number for one in evidence.unanswered] == [2]
    assert [one.number for one in evidence.sent] == [1, 2]
    assert list(evidence.of("getRun")) == []
    assert [one.number for one in evidence.unanswered_of("getRun")] == [2]


def test_other_exchanges_are_set_apart_anew() -> None:
    """Of a slice nothing is left of what the whole had."""
    traffic = Traffic().lose(f"GET {RUN}").add(f"GET {RUN}", run("queued"))
    slice_ = replace(_evidence(traffic), exchanges=tuple(traffic.exchanges[1:]))
    assert (slice_.unanswered, slice_.sent) == ((), tuple(traffic.exchanges[1:]))


def test_a_command_without_an_answer_may_have_been_carried_out() -> None:
    """What a run shows later may come of it."""
    traffic = Traffic().add(f"GET {RUN}", run("requires_action"))
    traffic.lose(f"POST {RUN}/submit_tool_outputs").add(f"GET {RUN}", run("completed"))
    evidence = _evidence(traffic)
    earlier, later = evidence.histories["run_1"].observations
    assert evidence.is_commanded_between(earlier, later)
    assert traffic.results("RUN-LIFE-007") == []
