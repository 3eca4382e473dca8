"""The command line of reports: rendered again, compared, and written by a check."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from run_contracts.report import jsonlines
from tests.cli.door import Door, run
from tests.report.checks_made import seen

BROKEN = "RUN-LIST-005"
QUICK = ("--only", "RUN-ERR-002")
"""Options of a check that waits for no run."""


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """Return what runs the command in a folder with a report of a right and a broken server."""
    for name, events in (
        ("right.jsonl", seen()),
        ("broken.jsonl", seen(BROKEN)),
        ("old.jsonl", seen(edition="v1")),
    ):
        with (tmp_path / name).open("w", encoding="utf-8") as file:
            for event in events:
                jsonlines.write(event, file)
    return partial(run, folder=tmp_path)


def test_a_check_is_told_again_as_it_was(door: Door, tmp_path: Path) -> None:
    """Without options the text of the check comes out of its report, word by word."""
    checked = door("check", "--report", "check.jsonl", *QUICK)
    done = door("report", "check.jsonl")
    assert done.returncode == 0
    assert done.stdout == checked.stdout


def test_a_report_becomes_what_is_asked_for(door: Door, tmp_path: Path) -> None:
    """Each file says that the rule is broken; the summary is added to what is there."""
    (tmp_path / "summary.md").write_text("# Before\n")
    done = door(
        *("report", "broken.jsonl", "--html", "o.html", "--junit", "o.xml", "--badge", "o.svg"),
        *("--har", "o.har", "--sarif", "o.sarif", "--github"),
        GITHUB_STEP_SUMMARY="summary.md",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"::error title={BROKEN} ")
    names = ("o.html", "o.xml", "o.svg", "o.har", "o.sarif")
    texts = {one: (tmp_path / one).read_text("utf-8") for one in names}
    assert BROKEN in texts["o.html"]
    assert "<failure" in texts["o.xml"]
    assert "1 broken" in texts["o.svg"]
    assert f'"ruleId": "{BROKEN}"' in texts["o.sarif"]
    assert json.loads(texts["o.har"])["log"]["version"] == "1.2"
    summary = (tmp_path / "summary.md").read_text("utf-8")
    assert summary.startswith("# Before\n## Run contract: the contract is broken")


def test_a_check_writes_the_same_files_itself(door: Door, tmp_path: Path) -> None:
    """What report makes of a file, check makes at once; its exit code is still the verdict's."""
    arguments = (
        *QUICK,
        "--report",
        "o.jsonl",
        "--html",
        "o.html",
        "--sarif",
        "o.sarif",
        "--github",
    )
    checked = door("check", *arguments, GITHUB_STEP_SUMMARY="summary.md")
    assert checked.returncode == 0, checked.stderr
    door("report", "o.jsonl", "--html", "again.html", "--sarif", "again.sarif")
    for form in ("html", "sarif"):
        again = (tmp_path / f"again.{form}").read_bytes()
        assert (tmp_path / f"o.{form}").read_bytes() == again
    assert "the contract holds" in (tmp_path / "summary.md").read_text("utf-8")


def test_an_archive_is_judged_as_its_report_is(door: Door, tmp_path: Path) -> None:
    """What is broken in the answers that were recorded is the same, and as often."""
    door("report", "broken.jsonl", "--har", "o.har")
    counts = {door("validate", one).stdout.splitlines()[-1] for one in ("broken.jsonl", "o.har")}
    assert len(counts) == 1
    assert BROKEN in door("validate", "o.har").stdout


@pytest.mark.parametrize(
    ("files", "code", "last"),
    [
        (("right.jsonl", "broken.jsonl"), 1, "something is newly broken"),
        (("broken.jsonl", "right.jsonl"), 0, "nothing is newly broken"),
        (("right.jsonl", "broken.jsonl", "right.jsonl"), 0, "nothing is newly broken"),
    ],
)
def test_compare_is_red_only_for_what_is_new(
    door: Door, tmp_path: Path, files: tuple[str, ...], code: int, last: str
) -> None:
    """The last line says it, and the page says the same."""
    done = door("compare", *files, "--html", "o.html")
    assert done.returncode == code, done.stderr
    assert done.stdout.splitlines()[-1] == last
    assert BROKEN in done.stdout
    assert last in (tmp_path / "o.html").read_text("utf-8")


@pytest.mark.parametrize("command", ["report", "compare"])
def test_help_shows_examples(door: Door, command: str) -> None:
    """Each command explains itself."""
    done = door(command, "--help")
    assert done.returncode == 0
    assert f"run-contracts {command} " in done.stdout


WRONG = {
    "no such report": (("report", "no.jsonl"), "no.jsonl: no such file"),
    "no report": (("report", "summary.md"), "summary.md, line 1: not JSON"),
    "no place": (("report", "right.jsonl", "--html", "no/o.html"), "cannot be written"),
    "no place for HAR": (("report", "right.jsonl", "--har", "no/o.har"), "cannot be written"),
    "check, no place": (("check", "--sarif", "no/o.sarif"), "no/o.sarif: cannot be written"),
    "no GitHub": (("report", "right.jsonl", "--github"), "$GITHUB_STEP_SUMMARY names"),
    "check, no GitHub": (("check", "--github"), "$GITHUB_STEP_SUMMARY names"),
    "one file": (("compare", "right.jsonl"), "needs two reports or more"),
    "editions": (("compare", "old.jsonl", "right.jsonl"), "the editions differ: old.jsonl v1"),
    "compare nothing": (("compare", "right.jsonl", "no.jsonl"), "no.jsonl: no such file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage_is_one_line_and_exit_2(door: Door, tmp_path: Path, name: str) -> None:
    """Nothing is rendered half, and nothing is sent."""
    arguments, reason = WRONG[name]
    (tmp_path / "summary.md").write_text("# Summary\n")
    done = door(*arguments, GITHUB_STEP_SUMMARY="")
    assert done.returncode == 2
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert not list(tmp_path.glob("o.*"))


@pytest.mark.parametrize(
    ("option", "name", "other"),
    [("--report", "page.html", "--html"), ("--html", "x.jsonl", "--report")],
)
def test_a_file_is_not_written_in_another_form_than_its_name_says(
    door: Door, tmp_path: Path, option: str, name: str, other: str
) -> None:
    """A report whose name ends like one of another form is refused, by one line, before all."""
    done = door("check", option, name, *QUICK)
    assert done.returncode == 2
    assert f"{other} writes what its name says" in done.stderr
    assert not (tmp_path / name).exists()
