"""Records of loggers: exchanges under the names that people give their parts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from run_contracts.errors import UsageError
from run_contracts.recordings.file_reading import entries
from run_contracts.recordings.formats.exchange_records import PartNames
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.recorded import Recorded
from tests.recordings.calls import BROKEN, Call, calls, wrong
from tests.recordings.records_of_calls import ALONE, RECORDERS
from tests.recordings.verdicts_of import verdicts_of

HOLD, BREAK = Standing.HOLDS, Standing.BROKEN
WITH_REQUESTS = sorted(RECORDERS.keys() - ALONE)


def _write(file: Path, name: str, of: list[Call]) -> Path:
    file.write_text("".join(json.dumps(RECORDERS[name](call)) + "\n" for call in of))
    return file


@pytest.mark.parametrize("name", WITH_REQUESTS)
@pytest.mark.parametrize("suffix", ["jsonl", "json", "log"])
def test_what_a_logger_wrote_is_read(name: str, suffix: str, tmp_path: Path) -> None:
    """Lines hold exchanges whatever the file is called, with their numbers as places."""
    read = entries(_write(tmp_path / f"x.{suffix}", name, calls()))
    for number, (entry, call) in enumerate(zip(read, calls(), strict=True), start=1):
        assert isinstance(entry, Recorded)
        assert entry.place == f"line {number}"
        assert (entry.request.method, entry.response.status) == (call.method, call.status)
        assert entry.request.url.endswith(call.path)
        assert entry.request.payload.body.value == call.sent
        assert entry.response.payload.body.value == call.answer
        assert entry.at in (0, call.at)


@pytest.mark.parametrize("name", WITH_REQUESTS)
def test_records_are_judged_as_a_session(name: str, tmp_path: Path) -> None:
    """What is right holds, and what is wrong breaks its one rule."""
    assert verdicts_of(_write(tmp_path / "x.jsonl", name, calls())).answers == {HOLD: 5}
    found = verdicts_of(_write(tmp_path / "x.jsonl", name, wrong()))
    assert (found.answers, found.broken) == ({HOLD: 3, BREAK: 2}, {BROKEN})


@pytest.mark.parametrize("name", WITH_REQUESTS)
def test_a_log_without_bodies_breaks_nothing(name: str, tmp_path: Path) -> None:
    """An access log shows what was asked for, and not what was answered."""
    lines = [_without_bodies(RECORDERS[name](call)) for call in calls()]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = verdicts_of(tmp_path / "x.jsonl")
    assert found.broken == set()
    assert not found.answers[HOLD]


def _without_bodies(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {key: _without_bodies(inner) for key, inner in value.items() if "body" not in key}


def test_other_lines_of_a_log_cost_nothing(tmp_path: Path) -> None:
    """What is about something else, or no JSON, is named, and the exchanges are judged."""
    lines = [json.dumps(RECORDERS["pino"](call)) for call in calls()]
    lines[1:1] = ['{"level": 30, "msg": "listening"}', "npm warn", "{"]
    (tmp_path / "x.log").write_text("\n".join(lines))
    assert verdicts_of(tmp_path / "x.log").answers == {HOLD: 5, Standing.NOT_READ: 3}


def test_names_of_ones_own_are_believed(tmp_path: Path) -> None:
    """Parts that stand nowhere usual are read from where somebody says that they are."""
    lines = [
        {"a": {"m": call.method, "t": call.url}, "s": call.status, "out": call.answer}
        for call in wrong()
    ]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    names = PartNames.of(["method=a.m", "url=a.t", "status=s", "response_body=out"])
    found = verdicts_of(tmp_path / "x.jsonl", names)
    assert (found.answers, found.broken) == ({HOLD: 3, BREAK: 2}, {BROKEN})


@pytest.mark.parametrize("text", ["", "url", "url=", "=x", "nothing=x"])
def test_a_name_that_is_none_is_refused(text: str) -> None:
    """The error names what may be named."""
    with pytest.raises(UsageError, match="NAME one of method, url, status"):
        PartNames.of([text])
