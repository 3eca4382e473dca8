"""Workers that are told to end, or die: what they had not begun is not lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from run_contracts.client.budget import Budget
from run_contracts.events import NightEnded
from run_contracts.night import night_rounds
from run_contracts.night.crew import Crew, Died
from run_contracts.night.night_log import NightLog
from run_contracts.night.orders import Answer, RoundKind, RoundOrder, RoundResult, WorkerOrders
from run_contracts.night.whole_night import WholeNight
from tests.night.nights import application
from tests.night.test_rounds import TARGET
from tests.night.test_verdicts_of_nights import night, raw

SLOW = "import time\n\ntime.sleep(60)\n"
DYING = "import os\n\nos._exit(3)\n"


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUN_CONTRACTS_STATE", str(tmp_path / "state"))


@contextmanager
def crew_of(folder: Path, name: str) -> Iterator[Crew]:
    """Start one worker that searches an application."""
    orders = WorkerOrders(
        target=TARGET,
        application=name,
        folder=folder,
        lanes=1,
        shown=frozenset(),
        entries=(),
        known=frozenset(),
    )
    crew = Crew(1, 4, lambda: orders)
    crew.fill()
    try:
        yield crew
    finally:
        crew.kill()


def ordered(crew: Crew) -> list[int]:
    """Order four rounds of the worker; return their numbers."""
    for number, member in enumerate(crew.free(), start=1):
        crew.order(
            member,
            RoundOrder(
                number=number,
                check=f"{number:08x}",
                kind=RoundKind.WALKS,
                seed=number,
                budget=Budget(requests=2000, runs=100, seconds=60.0),
                walks=200,
            ),
        )
    return [order.number for order in crew.ordered]


def answers(crew: Crew, is_enough: Callable[[list[Answer | Died]], object]) -> list[Answer | Died]:
    """Return what a crew answers until it is enough."""
    until, found = time.monotonic() + 60, list[Answer | Died]()
    while not is_enough(found):
        assert time.monotonic() < until, found
        found += crew.answers(0.1)
    return found


def test_what_a_worker_has_not_begun_when_it_is_stopped_is_answered(tmp_path: Path) -> None:
    """Without a request: the one that it had begun is ended, and nothing is lost."""
    with crew_of(tmp_path, application(tmp_path)) as crew:
        assert ordered(crew) == [1, 2, 3, 4]
        answers(crew, lambda _: crew.begun)
        crew.stop()
        *results, died = answers(crew, lambda _: crew.is_empty)
    assert isinstance(died, Died)
    assert (died.lost, died.unbegun) == ((), ())
    rounds = [one for one in results if isinstance(one, RoundResult)]
    assert sorted(one.number for one in rounds) == [1, 2, 3, 4]
    assert sum(one.is_unbegun for one in rounds) >= 3


def test_what_a_worker_that_starts_was_ordered_is_not_lost(tmp_path: Path) -> None:
    """It is stopped before it has read its orders, so that nothing was sent."""
    (tmp_path / "slow_server.py").write_text(SLOW, encoding="utf-8")
    with crew_of(tmp_path, "slow_server:app") as crew:
        numbers = ordered(crew)
        crew.stop()
        (died,) = answers(crew, lambda _: crew.is_empty)
    assert isinstance(died, Died)
    assert died.lost == ()
    assert [one.number for one in died.unbegun] == numbers


def in_process(folder: Path, module: str, *, seconds: float) -> tuple[WholeNight, list[str]]:
    """Return a night of an application with this text, and the lines that it will tell."""
    (folder / "night_app.py").write_text(module, encoding="utf-8")
    lines = list[str]()
    made = night(folder / "corpus", TARGET)
    made.memory.tell = lines.append
    plan = replace(made.plan, application="night_app:app", folder=folder, seconds=seconds)
    return replace(made, plan=plan), lines


def test_a_night_that_is_over_before_its_workers_have_started_has_lost_nothing(
    tmp_path: Path,
) -> None:
    """Its workers are ended by itself: no death is told, and none of their requests counted."""
    over, lines = in_process(tmp_path, SLOW, seconds=1.0)
    events = list(over.followed(raw(), lambda: False))
    summary = next(one for one in events if isinstance(one, NightEnded))
    assert lines == []
    assert (summary.rounds, summary.lost) == (0, 0)
    state = NightLog(over.memory.corpus.folder, "server").state
    assert (state.lost, state.requests_lost, state.runs, state.open) == (0, 0, 0, {})


def test_workers_that_die_in_a_row_end_the_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each that dies is told; that another is started only if one is."""
    monkeypatch.setattr(night_rounds, "MOST_DEATHS", 1)
    dying, lines = in_process(tmp_path, DYING, seconds=60.0)
    events = list(dying.followed(raw(), lambda: False))
    summary = next(one for one in events if isinstance(one, NightEnded))
    assert summary.reason == "2 workers died in a row; the last one ended with code 3"
    assert lines == [
        "a worker of the night ended with code 3; another is started",
        "a worker of the night ended with code 3",
    ]
    assert summary.lost == 0
