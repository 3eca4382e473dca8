"""A check of a hostile server ends by itself, shows no secret, and writes what can be read."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.hostile.behaviour import HOLD, Behaviour, everything
from tests.hostile.behaviours import BEHAVIOURS, MODULES
from tests.hostile.page import PAGE, rows, told, written
from tests.hostile.trial import Trial, tried

QUICK = (
    "noise",
    "chunk-10000-digits",
    "redirect-all",
    "echo-redirect",
    "stream-noise",
    "body-deep",
    "times-1e30",
    "id-empty",
    "list-mixed",
    "creates-nothing",
)
"""Behaviours whose checks take a second or two of cpu time, one of each kind or more."""
KILLED = -9


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_a_check_survives(name: str) -> None:
    """It ends in time with a code of its own, and nothing that it leaves behind is wrong."""
    trial = tried(BEHAVIOURS[name])
    assert trial.wrong == (), trial.said


def test_every_kind_is_tried() -> None:
    """The quick ones are of all kinds."""
    assert {BEHAVIOURS[name].kind for name in QUICK} == {one.kind for one in BEHAVIOURS.values()}


def test_a_check_that_does_not_end_is_killed() -> None:
    """And it has not survived."""
    silent = Behaviour(
        name="silent", kind="none", sentence="Is.", act=lambda _: iter([HOLD]), on=everything
    )
    trial = tried(silent, bound=1.0)
    assert (trial.exit_code, trial.wrong) == (KILLED, ("did not end within 1 s",))


def test_no_two_behaviours_have_one_name() -> None:
    """The table and the pattern of the benchmark go by names."""
    names = Counter(one.name for module in MODULES for one in module.ALL)
    assert [name for name, number in names.items() if number > 1] == []
    assert len(BEHAVIOURS) >= 180


def test_the_page_names_every_behaviour_and_no_other() -> None:
    """Each with its sentence; `python -m benchmarks hostile --write` makes the table."""
    said = {name: sentence for name, (sentence, _) in rows(PAGE.read_text("utf-8")).items()}
    assert said == {name: told(one.sentence) for name, one in BEHAVIOURS.items()}


def test_the_page_says_how_each_check_ended() -> None:
    """By its exit code; what did not survive says in bold why."""
    ended = {name: how for name, (_, (how, _)) in rows(PAGE.read_text("utf-8")).items()}
    odd = {name: how for name, how in ended.items() if how not in ("0", "1", "3", "5")}
    assert {name: how for name, how in odd.items() if not how.startswith("**")} == {}


def test_a_table_that_is_written_again_keeps_what_was_not_tried() -> None:
    """One may try a few behaviours and write the page."""
    text = PAGE.read_text("utf-8")
    trial = Trial(
        behaviour=BEHAVIOURS["noise"],
        exit_code=1,
        seconds=29.0,
        megabytes=50.0,
        requests=1,
        wrong=(),
        said="",
    )
    made = rows(written(text, [trial]))
    assert made["noise"][1] == ("1", "< 30 s")
    assert {**made, "noise": None} == {**rows(text), "noise": None}
