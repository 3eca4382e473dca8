"""A life breaks what every order of it breaks, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from run_contracts.checks.registry import raised
from run_contracts.contract.loading import load
from run_contracts.load_testing import load_tally
from run_contracts.load_testing.life_judging import LifeVerdict, judged_life
from run_contracts.load_testing.load_tally import MOST_EXAMPLES, MOST_REASONS, LoadTally
from run_contracts.load_testing.overlaps import TimedExchange
from tests.checks.written_traffic import CREATE, RUN, STREAM, Traffic, stream
from tests.samples import run

RUNS = "/threads/thread_1/runs"


def _verdict(traffic: Traffic, *spans: tuple[float, float]) -> LifeVerdict:
    timed = [
        TimedExchange(exchange=replace(exchange, together=0), begun=begun, ended=ended)
        for exchange, (begun, ended) in zip(traffic.exchanges, spans, strict=True)
    ]
    return judged_life(timed, load("v2"), 1, raised)


def _locked(body: Any = CREATE) -> Traffic:
    """Return a run that waits, a second one that is accepted, and the first as it still waits."""
    waiting: Any = run("requires_action")
    traffic = Traffic().add(f"GET {RUN}", waiting)
    traffic.add(f"POST {RUNS}", run("queued", id="run_2"), body=body)
    return traffic.add(f"GET {RUN}", waiting)


def broken_life(body: Any = CREATE) -> LifeVerdict:
    """Return the verdict on a life in which a second run is accepted while one waits."""
    return _verdict(_locked(body), (0, 1), (2, 3), (4, 5))


def test_what_is_broken_in_its_only_order_is_broken() -> None:
    """Nobody else could have explained it."""
    verdict = broken_life()
    assert "RUN-THREAD-001" in verdict.broken
    assert not verdict.unsure


def test_what_another_order_explains_is_not_broken() -> None:
    """A run without a word to answer, if a message was not given just before it was asked for."""
    silent = {"id": "asst_1", "object": "assistant", "instructions": None}
    traffic = Traffic().add("POST /assistants", silent, body={"model": "gpt-4o"})
    traffic.add("POST /threads", {"id": "thread_1", "object": "thread"}, body={})
    traffic.add(f"POST {RUNS}", run("queued"), body=CREATE)
    traffic.add("POST /threads/thread_1/messages", {}, body={"role": "user", "content": "Hi"})
    apart = _verdict(traffic, (0, 1), (2, 3), (4, 5), (6, 7))
    at_once = _verdict(traffic, (0, 1), (2, 3), (4, 7), (5, 8))
    assert "RUN-CREATE-006" in apart.broken
    assert "RUN-CREATE-006" in at_once.unsure
    assert "RUN-CREATE-006" not in at_once.broken


def test_patience_is_the_business_of_who_loads() -> None:
    """A run that takes minutes while many are at work breaks nothing."""
    traffic = Traffic()
    for _ in range(9):
        traffic.add(f"GET {RUN}", run("in_progress"))
    verdict = _verdict(traffic, *[(60.0 * at, 60.0 * at + 1) for at in range(9)])
    assert not {"RUN-LIFE-005", "RUN-LIFE-009"} & verdict.broken


def test_nobody_else_has_a_hand_in_a_life() -> None:
    """What it did not change is as it was: metadata that another left is the server's doing."""
    traffic = Traffic().add(f"GET {RUN}", run("completed"))
    changed: Any = {"metadata": {"a": "1"}}
    traffic.add(f"POST {RUN}", run("completed", **changed), body=changed)
    traffic.add(f"GET {RUN}", run("completed", metadata={"a": "2"}))
    assert "RUN-MODIFY-002" in _verdict(traffic, (0, 1), (2, 3), (4, 5)).broken


def hide(text: str) -> str:
    """Return a text without the one secret."""
    return text.replace("sk-secret", "$KEY")


def test_a_tally_keeps_few_examples_of_many_lives() -> None:
    """A day of a broken server takes no more memory than an hour."""
    tally = LoadTally()
    for _ in range(9):
        tally.add(broken_life(), hide)
    assert tally.broken["RUN-THREAD-001"] == 9
    assert len(tally.examples["RUN-THREAD-001"]) == MOST_EXAMPLES


def test_examples_are_not_sent_again_and_again() -> None:
    """A worker that has sent what there is begins anew, and keeps to the bound."""
    tally, master = LoadTally(), LoadTally()
    for _ in range(9):
        tally.add(broken_life(), hide)
        master.merge(tally.take())
    assert master.broken["RUN-THREAD-001"] == 9
    assert len(master.examples["RUN-THREAD-001"]) == MOST_EXAMPLES
    assert not tally.examples


def test_reasons_are_counted_without_ids_and_without_secrets() -> None:
    """One that comes again is the same reason, whatever thread it was."""
    tally = LoadTally()
    for number in range(50):
        tally.cut_short(f"#{number} GET http://h/v1/threads/t_{number}/runs/r: sk-secret", hide)
    assert tally.reasons == {"GET http://h/v1/threads/.../runs/...: $KEY": 50}


def test_endless_new_keys_of_workers_take_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A master counts together what is too much; what it knows goes on being counted apart."""
    monkeypatch.setattr(load_tally, "MOST_KEPT", 3)
    tally = LoadTally()
    for number in range(10):
        tally.merge({"broken": {f"RUN-{number}": 1, "RUN-0": 1}})
    counted = {f"RUN-{number}": 1 for number in (1, 2)}
    assert tally.broken == {"RUN-0": 10, **counted, load_tally.ANY_OTHER: 7}


def test_endless_new_reasons_take_no_memory() -> None:
    """What is too much is counted together."""
    tally = LoadTally()
    for number in range(1000):
        tally.cut_short(f"reason {number}", hide)
    assert len(tally.reasons) == MOST_REASONS + 1
    assert sum(tally.reasons.values()) == 1000


@pytest.mark.parametrize(("is_answered_later", "expected"), [(False, False), (True, True)])
def test_a_server_that_was_stopped_broke_nothing(is_answered_later: bool, expected: bool) -> None:
    """A stream that broke off is its fault only if it answered something afterwards."""
    cut = stream(("thread.run.created", run("queued")))
    body = {**CREATE, "stream": True}
    traffic = Traffic().add(f"POST {RUNS}", cut, body=body, headers=STREAM)
    broken_off = replace(traffic.exchanges[0].response, broken_off="reset")
    traffic.exchanges[0] = replace(traffic.exchanges[0], response=broken_off)
    if is_answered_later:
        traffic.add(f"GET {RUN}", run("queued"))
    else:
        traffic.lose(f"GET {RUN}")
    verdict = _verdict(traffic, (0, 1), (2, 3))
    assert ("RUN-STREAM-003" in verdict.broken) is expected
