"""What is given twice where one can be meant: an option, and a file for two reports."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.cli.door import Door, run

QUICK = ("check", "--only", "RUN-ERR-002", "--quiet")


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """Return what runs the command in a folder of its own."""
    return partial(run, folder=tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [
        (*QUICK, "--report", "a.jsonl", "--report", "b.jsonl"),
        (*QUICK, "--report", "a.jsonl", "--report=a.jsonl"),
        ("validate", "nothing.json", "--judge", "server", "--judge=client"),
        ("baseline", "write", "--baseline", "a.toml", "--baseline", "b.toml", "x.jsonl"),
        ("watch", "--upstream", "http://127.0.0.1:9", "--upstream", "http://127.0.0.1:8"),
    ],
)
def test_an_option_with_one_value_is_refused_twice(
    arguments: tuple[str, ...], door: Door, tmp_path: Path
) -> None:
    """With one line that names it, before anything is sent or written."""
    done = door(*arguments)
    assert done.returncode == 2, done.stdout
    (line,) = done.stderr.splitlines()
    assert " is given 2 times" in line
    assert list(tmp_path.iterdir()) == []


def test_what_may_be_repeated_is(door: Door) -> None:
    """Options with many values, and flags."""
    done = door(*QUICK, "--only", "RUN-ERR-001", "--quiet", "--strict", "--strict")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("files", "both"),
    [
        (("--html", "same", "--junit", "same"), "--html and --junit both write to same"),
        (("--report", "same", "--har", "./same"), "--report and --har both write to same"),
        (("--sarif", "link", "--badge", "there"), "--sarif and --badge both write to there"),
    ],
)
def test_two_reports_in_one_file_are_refused(
    files: tuple[str, ...], both: str, door: Door, tmp_path: Path
) -> None:
    """With one line that names both, before what is there is written over."""
    (tmp_path / "there").write_text("what was there", encoding="utf-8")
    (tmp_path / "link").symlink_to("there")
    done = door(*QUICK, *files)
    assert done.returncode == 2, done.stdout
    (line,) = done.stderr.splitlines()
    assert both in line
    assert (tmp_path / "there").read_text(encoding="utf-8") == "what was there"
    assert not (tmp_path / "same").exists()


def test_what_is_no_file_takes_all_reports(door: Door) -> None:
    """Nothing is lost that was not to be lost."""
    done = door(*QUICK, "--html", "/dev/null", "--junit", "/dev/null")
    assert done.returncode == 0, done.stderr
