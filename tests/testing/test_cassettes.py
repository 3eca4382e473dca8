"""Cassettes and stubs of a project as items of its tests, and `assert_recording`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from run_contracts.errors import UsageError
from run_contracts.testing.recordings_judged import AssertRecording
from tests import samples
from tests.testing.plugging import Plugged

INI = "[pytest]\nrun_contracts_cassettes = tests/cassettes\n"
PATH = "/v1/threads/thread_1/runs/run_1"


def _cassette(*runs: Any) -> str:
    """Return a cassette in which a run is read several times."""
    interactions = [
        {
            "request": {
                "method": "GET",
                "uri": f"http://a.example{PATH}",
                "body": None,
                "headers": {},
            },
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {"Content-Type": ["application/json"]},
                "body": {"string": json.dumps(run)},
            },
        }
        for run in runs
    ]
    return json.dumps({"version": 1, "interactions": interactions})


RIGHT = _cassette(samples.run("in_progress"), samples.run("completed"))


def _project(pytester: pytest.Pytester, **cassettes: str) -> None:
    pytester.makeini(INI)
    folder = pytester.path / "tests" / "cassettes"
    folder.mkdir(parents=True)
    for name, text in cassettes.items():
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    (folder.parent / "test_own.py").write_text("def test_own(): pass\n", encoding="utf-8")


def test_a_stale_cassette_fails_in_words(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """Each file is an item; one that breaks the contract says how, and one that keeps it passes."""
    stale = _cassette(samples.run("completed"), samples.run("in_progress"))
    _project(pytester, right=RIGHT, stale=stale)
    result = plugged()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*tests/cassettes/stale.json, interaction 2: GET *: RUN-LIFE-002 (MUST) at /status: *",
            "read as edition v2: *",
        ]
    )


def test_what_is_no_recording_is_skipped(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """The reason says that it is of no form that is known."""
    _project(pytester, right=RIGHT, other='{"some": "thing"}')
    result = plugged("-rs")
    result.assert_outcomes(passed=2, skipped=1)
    result.stdout.fnmatch_lines(["*other.json: not read: it is JSON of no form that is known"])


def test_an_item_can_be_named(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """Its id begins with its file; who names another file gets nothing of it."""
    _project(pytester, right=RIGHT)
    plugged("tests/cassettes/right.json::keeps-the-contract").assert_outcomes(passed=1)
    plugged("tests/test_own.py").assert_outcomes(passed=1)


def test_cassettes_beside_the_tests_are_collected(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """Wherever testpaths lead, what is meant is judged."""
    _project(pytester, right=RIGHT)
    pytester.makeini(INI + "testpaths = tests/test_own.py\n")
    plugged().assert_outcomes(passed=2)


def test_a_folder_that_means_nothing_is_wrong_usage(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """Green on nothing would be worse."""
    _project(pytester)
    result = plugged()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*run_contracts_cassettes: tests/cassettes means no file in *"])


def test_assert_recording_tells_what_is_broken(tmp_path: Any) -> None:
    """A file and a document are judged alike."""
    stale = _cassette(samples.run("completed"), samples.run("in_progress"))
    file = tmp_path / "stale.json"
    file.write_text(stale, encoding="utf-8")
    AssertRecording()(json.loads(RIGHT))
    for recording in (file, json.loads(stale)):
        with pytest.raises(AssertionError, match="RUN-LIFE-002"):
            AssertRecording()(recording)


def test_assert_recording_is_not_green_on_nothing() -> None:
    """What holds nothing of the contract is wrong usage."""
    with pytest.raises(UsageError, match="no form that is known"):
        AssertRecording()({"some": "thing"})


def test_records_of_a_stub_are_judged() -> None:
    """Method, URL, status and body are all that a stub needs to say."""
    stub = {
        "method": "GET",
        "url": f"http://a.example{PATH}",
        "status": 400,
        "body": {"error": "no"},
    }
    with pytest.raises(AssertionError, match="RUN-ERR-001"):
        AssertRecording()(stub)
