"""The log of a night: what goes on after a kill, and what is made of a log that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from run_contracts.errors import UsageError
from run_contracts.night import night_log
from run_contracts.night.night_log import NightLog

KEY = "RUN-LIST-005 listRuns /has_more: cut-short, found boolean"


def written(folder: Path) -> NightLog:
    """Return the log of a night that had a round, found something, and is in its second round."""
    log = NightLog(folder, "server")
    log.begin()
    log.add(what="began", round=1, check="aa")
    log.add(what="began", round=2, check="bb")
    log.add(what="ended", round=1, requests=9, runs=2, found={KEY: 4}, spent=12.5)
    return log


def test_a_night_goes_on_from_its_log(tmp_path: Path) -> None:
    """Findings, rounds, time, and the rounds that were under way."""
    written(tmp_path).close()
    log = NightLog(tmp_path, "server")
    state = log.state
    assert log.is_resumed
    assert (state.rounds, state.ended, state.requests, state.spent) == (2, 1, 9, 12.5)
    assert (state.findings[KEY].seen, state.findings[KEY].first_round) == (4, 1)
    assert state.open == {2: "bb"}


def test_it_is_the_same_when_it_was_read_twice(tmp_path: Path) -> None:
    """Beginning anew says all of it in one line, and loses nothing."""
    written(tmp_path).close()
    log = NightLog(tmp_path, "server")
    log.begin()
    log.close()
    again = NightLog(tmp_path, "server")
    assert again.state == log.state
    assert again.state.findings[KEY].seen == 4


def test_a_last_line_that_is_cut_is_passed_over(tmp_path: Path) -> None:
    """A kill may come in the middle of it."""
    written(tmp_path).close()
    with (tmp_path / "night.jsonl").open("ab") as file:
        file.write(b'{"what": "ended", "rou')
    log = NightLog(tmp_path, "server")
    assert (log.state.ended, log.complaints) == (1, [])


@pytest.mark.parametrize(
    "line",
    [
        b"\xff\xfe",
        b"[]",
        b'{"what": "deleted everything"}',
        b'{"what": "ended", "round": -1}',
        b'{"what": "ended", "round": 3, "requests": 1e400}',
        b'{"what": "ended", "round": 3, "requests": 1, "runs": 1, "found": {"'
        + b"x" * 900
        + b'":1}}',
        b'{"what": "state", "rounds": true}',
        b'{"what": "spent", "spent": "long"}',
        b'{"what": "began", "round": 3, "check": "' + b"c" * 100 + b'"}',
        b"[" * 3000,
        b'{"what": "spent", "spent": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"what": "began", "round": 1099511627777, "check": "cc"}',
    ],
)
def test_a_line_that_is_none_costs_itself_alone(line: bytes, tmp_path: Path) -> None:
    """The night goes on with the rest, and tells it once."""
    written(tmp_path).close()
    with (tmp_path / "night.jsonl").open("ab") as file:
        file.write(line + b"\n" + b'{"what": "spent", "spent": 99.0}\n')
    log = NightLog(tmp_path, "server")
    assert log.state.findings[KEY].seen == 4
    assert log.state.spent == 99.0
    (complaint,) = log.complaints
    assert "line 6 is none of a night" in complaint


def test_a_night_that_is_over_is_followed_by_a_new_one(tmp_path: Path) -> None:
    """It has all its time; its rounds are counted on, so that none has a seed of the last night."""
    log = written(tmp_path)
    log.add(what="over", spent=60.0)
    log.close()
    again = NightLog(tmp_path, "server")
    assert not again.is_resumed
    assert (again.state.spent, again.state.rounds, again.state.findings) == (0.0, 2, {})
    assert again.state.open == {2: "bb"}


def test_a_night_that_took_its_time_is_followed_by_a_new_one(tmp_path: Path) -> None:
    """It was killed at its end, or a shorter one is begun."""
    written(tmp_path).close()
    assert NightLog(tmp_path, "server", seconds=13.0).is_resumed
    again = NightLog(tmp_path, "server", seconds=12.0)
    assert not again.is_resumed
    assert (again.state.spent, again.state.requests, again.state.rounds) == (0.0, 0, 2)


def test_numbers_of_a_log_leave_room_to_count_on(tmp_path: Path) -> None:
    """A file may say large ones, often; what the night adds is taken in all the same."""
    written(tmp_path).close()
    ended = {"what": "ended", "round": 2**40, "requests": 2**40, "runs": 2**40, "spent": 1e9}
    with (tmp_path / "night.jsonl").open("a") as file:
        file.writelines(f"{json.dumps(ended | {'found': {KEY: 2**40}})}\n" for _ in range(9000))
        file.write('{"what": "began", "round": 1099511627776, "check": "cc"}\n')
    log = NightLog(tmp_path, "server")
    log.begin()
    log.add(what="began", round=log.state.rounds + 1, check="dd")
    log.add(what="ended", round=log.state.rounds, requests=5, runs=1, found={KEY: 1}, spent=9.0)
    log.close()
    again = NightLog(tmp_path, "server")
    assert again.complaints == []
    assert again.state.requests == 5


def test_the_night_of_another_target_is_refused(tmp_path: Path) -> None:
    """With one line that says what to do."""
    written(tmp_path).close()
    with pytest.raises(UsageError, match="name another folder by --corpus"):
        NightLog(tmp_path, "another server")


def test_a_long_log_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A night of weeks does not fill the disk."""
    monkeypatch.setattr(night_log, "LONG_LOG", 2000)
    log = written(tmp_path)
    for number in range(3, 200):
        log.add(what="began", round=number, check=f"{number:08x}")
        log.add(what="ended", round=number, requests=1, runs=0, found={KEY: 1}, spent=number)
    log.close()
    assert (tmp_path / "night.jsonl").stat().st_size < 4000
    again = NightLog(tmp_path, "server").state
    assert again == log.state
    assert (again.ended, again.requests, again.findings[KEY].seen) == (198, 206, 201)
