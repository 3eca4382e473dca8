"""Polls that show what was shown before: fewer are judged, and all are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from benchmarks.passive import ALL, Server, recorded
from hypothesis import given
from hypothesis import strategies as st

from run_contracts.contract.loading import load
from run_contracts.factories import make_run
from run_contracts.incremental import judge as judge_module
from run_contracts.incremental.judge import IncrementalJudge
from run_contracts.incremental.read_before import ReadBefore
from run_contracts.incremental.repeated_polls import WithoutRepeats, without_repeats
from run_contracts.traffic.exchange import Exchange, Intent, Response
from tests.incremental.made_traffic import JSON, V2, Traffic, judged

EMPTY = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
WORKING, ENDED = make_run("in_progress", seed=1), make_run("completed", seed=1)


def _read_alike(*exchanges: Exchange) -> tuple[Exchange, ...]:
    """Return exchanges whose equal answers are read once."""
    before = ReadBefore()
    for exchange in exchanges:
        before.share(exchange)
    return exchanges


@given(st.lists(st.booleans(), max_size=30), st.sets(st.integers(1, 30)))
def test_each_exchange_is_kept_or_stood_for(is_ended: list[bool], settled: set[int]) -> None:
    """The first and the last of a row are kept, with one of those between, of their own kind."""
    traffic = Traffic()
    runs = (ENDED if one else WORKING for one in is_ended)
    exchanges = _read_alike(*map(traffic.read, runs))
    few = without_repeats(exchanges, settled)
    assert len(few.exchanges) + sum(few.times.values()) - len(few.times) == len(exchanges)
    kept = {one.number for one in few.exchanges}
    assert few.times.keys() <= kept
    shown = {one.number: (one.answer, one.number in settled) for one in exchanges}
    for exchange in exchanges:
        number = exchange.number
        around = {shown[number], shown.get(number - 1), shown.get(number + 1)}
        assert number in kept or len(around) == 1


OTHER: dict[str, Callable[[Traffic], Exchange]] = {
    "another answer": lambda traffic: traffic.read(WORKING | {"metadata": {"a": "b"}}),
    "another run": lambda traffic: traffic.read(WORKING | {"id": "run_other"}),
    "beside another": lambda traffic: traffic.read(WORKING, together=1),
    "of a search": lambda traffic: traffic.read(WORKING, source="walk 1"),
    "meant otherwise": lambda traffic: traffic.read(WORKING, intent=Intent.ORDINARY),
    "asked with more headers": lambda traffic: _with_header(traffic.read(WORKING)),
    "through another thread": lambda traffic: traffic.of(
        "GET", f"/threads/thread_other/runs/{WORKING['id']}", WORKING
    ),
    "another request": lambda traffic: traffic.of("GET", "/threads/thread_1", WORKING),
}


def _with_header(exchange: Exchange) -> Exchange:
    """Return an exchange whose request has one more header."""
    request = replace(exchange.request, headers=(("OpenAI-Beta", "assistants=v2"),))
    return replace(exchange, request=request)


def test_refusals_are_judged_one_by_one() -> None:
    """Why the same is refused again may be another thing each time."""
    traffic = Traffic()
    gone = Response(status=404, headers=JSON, body=b'{"error": {"message": "gone"}}')
    polls = _read_alike(*(traffic.read(WORKING, response=replace(gone)) for _ in range(6)))
    assert without_repeats(polls, ()) == WithoutRepeats(list(polls), {})


def test_what_is_no_poll_is_judged_each_time() -> None:
    """Whatever else is asked for again, and answered as before."""
    traffic = Traffic()
    steps = f"/threads/{WORKING['thread_id']}/runs/{WORKING['id']}/steps"
    lists = _read_alike(*(traffic.of("GET", steps, EMPTY) for _ in range(6)))
    assert without_repeats(lists, ()) == WithoutRepeats(list(lists), {})


@pytest.mark.parametrize("name", OTHER)
def test_what_is_otherwise_in_any_way_is_judged(name: str) -> None:
    """It ends a row, and so another begins after it."""
    traffic = Traffic()
    polls = [traffic.read(WORKING) for _ in range(3)]
    rows = _read_alike(*polls, OTHER[name](traffic), *(traffic.read(WORKING) for _ in range(3)))
    assert without_repeats(rows, ()) == WithoutRepeats(list(rows), {})


def test_a_violation_in_a_row_is_found_in_each_of_its_polls() -> None:
    """As it is by who judges all of them."""
    traffic, judge = Traffic(), IncrementalJudge(V2)
    wrong = WORKING | {"created_at": "now"}
    found = judged(judge, *(traffic.read(wrong) for _ in range(9)))
    assert found.count("RUN-SHAPE-003") == 9


@pytest.mark.parametrize("program", ["polling", "plain"])
def test_what_holds_is_counted_as_often_as_it_was_shown(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With and without repeats, each requirement showed as often."""
    exchanges, contract = recorded(Server(edition="v2", seed=5), (program,))[0][ALL], load("v2")
    few = _counted(exchanges, contract)
    monkeypatch.setattr(judge_module, "without_repeats", lambda all_, _: WithoutRepeats(all_, {}))
    assert few == _counted(exchanges, contract)


def _counted(exchanges: Any, contract: Any) -> Any:
    judge = IncrementalJudge(contract)
    for exchange in exchanges:
        judge.add(exchange)
    assert not list(judge.close())
    return judge.exercised
