"""The list of known failures, from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from run_contracts.engine.baseline import FILE_NAME, place
from run_contracts.report import jsonlines
from run_contracts.server import ServerOptions, running
from tests.cli.door import Door, run
from tests.report.checks_made import seen

FAULT = "RUN-ERR-010"


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """Return what runs the command in a project with the report of a broken server."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "below").mkdir()
    with (tmp_path / "check.jsonl").open("w", encoding="utf-8") as file:
        for event in seen(FAULT):
            jsonlines.write(event, file)

    return partial(run, folder=tmp_path / "below", OPENAI_API_KEY="sk-reference")


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    """Return the base URL of a server that takes bodies which break their schema."""
    with running(ServerOptions.for_checking(faults=(FAULT,))) as url:
        yield url


def _written(door: Door, tmp_path: Path, reason: str = "our gateway cuts the last page") -> Path:
    """Write the list and its reasons, beside pyproject.toml."""
    place = tmp_path / FILE_NAME
    done = door("baseline", "write", "../check.jsonl", "--baseline", str(place))
    assert done.returncode == 0, done.stderr
    text = place.read_text("utf-8")
    place.write_text(text.replace("TODO: say why this is accepted", reason), encoding="utf-8")
    return place


def test_a_known_failure_is_told_and_not_red(door: Door, tmp_path: Path, broken: str) -> None:
    """The list beside pyproject.toml, upwards, is found; every report says that it is known."""
    _written(door, tmp_path)
    files = ("--report", "k.jsonl", "--html", "k.html", "--junit", "k.xml", "--badge", "k.svg")
    done = door("check", broken, "--only", FAULT, *files)
    assert done.returncode == 0, done.stdout
    assert "known: our gateway cuts the last page, until 20" in done.stdout
    assert "\n1 known; " in done.stdout
    folder = tmp_path / "below"
    (case,) = ET.parse(folder / "k.xml").getroot().iter("testcase")
    (skipped,) = case.iter("skipped")
    assert str(skipped.get("message")).startswith("known failure: our gateway")
    assert "Known failures" in (folder / "k.html").read_text("utf-8")
    assert "1 known" in (folder / "k.svg").read_text("utf-8")
    again = door("report", "k.jsonl")
    assert again.stdout == done.stdout


def test_a_new_list_is_refused_until_its_reasons_are_written(
    door: Door, tmp_path: Path, broken: str
) -> None:
    """Nothing is sent; the line names file, entry and field."""
    place = _written(door, tmp_path, reason="TODO: say why this is accepted")
    done = door("check", broken, "--only", FAULT)
    assert (done.returncode, done.stdout) == (2, "")
    line = f'run-contracts: {place}: entry 1, "{FAULT}": reason: say why this failure is accepted'
    words = "none of -, ..., ?, fixme, known, reason, tbd, todo, …, nor what begins with todo"
    assert done.stderr == f"{line}; {words}\n"


def test_a_list_without_a_project_is_found_where_it_is_needed(tmp_path: Path) -> None:
    """Upwards only one beside a pyproject.toml is: others are somebody else's."""
    above, here = tmp_path / FILE_NAME, tmp_path / "here" / FILE_NAME
    here.parent.mkdir()
    above.touch()
    assert place(here.parent) is None
    here.touch()
    assert place(here.parent) == here
    here.unlink()
    (tmp_path / "pyproject.toml").touch()
    assert place(here.parent) == above


def test_writing_again_adds_only_what_is_new(door: Door, tmp_path: Path) -> None:
    """Reasons that were written stay as they are."""
    place = _written(door, tmp_path)
    before = place.read_text("utf-8")
    done = door("baseline", "write", "../check.jsonl")
    assert done.stdout == f"{place}: 0 entries added\n"
    assert place.read_text("utf-8") == before


def test_the_list_is_tried_on_a_report(door: Door, tmp_path: Path) -> None:
    """With it the check would not be red, and without it it would be; the cause is told."""
    empty = door("baseline", "check", "../check.jsonl")
    assert empty.returncode == 1
    assert f"{FAULT} not known: " in empty.stdout
    assert "  createRun: not-refused, found number" in empty.stdout
    _written(door, tmp_path)
    known = door("baseline", "check", "../check.jsonl")
    assert known.returncode == 0
    assert known.stdout.splitlines()[-1] == "1 known, 0 not known, 0 out of date"


def test_an_entry_that_is_too_old_is_red_in_every_report(
    door: Door, tmp_path: Path, broken: str
) -> None:
    """Its failure is red again, and the entry has a line of its own."""
    place = _written(door, tmp_path)
    lines = place.read_text("utf-8").splitlines()
    old = ["expires = 2020-01-01" if one.startswith("expires") else one for one in lines]
    place.write_text("\n".join(old), encoding="utf-8")
    done = door("check", broken, "--only", FAULT, "--quiet", "--junit", "k.xml")
    assert done.returncode == 1
    assert f"known failures: {FAULT}: expired on 2020-01-01" in done.stdout
    suite = ET.parse(tmp_path / "below" / "k.xml").getroot()[0]
    assert (suite.get("failures"), suite.get("tests")) == ("2", "2")


ENTRY = 'id = "RUN-LIST-005"\nfingerprint = "f"\nreason = "so be it"\nexpires = 2099-01-01\n'
WRONG = {
    "no TOML": ("known = [", "cannot be read as TOML"),
    "another table": ("[tool]\n", "holds nothing but [[known]] tables"),
    "no table": ('known = ["x"]', "entry 1, null: expected a table"),
    "unknown id": (ENTRY.replace("-005", "-999"), '"RUN-LIST-999": id: there is no such'),
    "unknown field": (ENTRY + "until = 1\n", '"until": there is no such field; there are id'),
    "no fingerprint": (ENTRY.replace("fingerprint", "link"), "fingerprint: is missing"),
    "no date": (ENTRY.replace("2099-01-01", '"soon"'), "expires: expected a date like"),
    "a time": (ENTRY.replace("2099-01-01", "2099-01-01T00:00:00"), "expires: expected a date"),
    "no reason": (ENTRY.replace('reason = "so be it"\n', ""), "reason: say why"),
    "empty reason": (ENTRY.replace("so be it", " "), "reason: say why"),
    "other profile": (
        ENTRY + 'profile = "big"\n',
        'profile: expected one of smoke, full, generated, found "big"',
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_list_that_cannot_be_is_refused_in_one_line(
    door: Door, tmp_path: Path, name: str
) -> None:
    """File, entry and field are in it; exit code 2, and nothing is sent."""
    text, reason = WRONG[name]
    text = f"[[known]]\n{text}" if text.startswith("id") else text
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    done = door("check", "http://127.0.0.1:9/v1")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert reason in done.stderr
    assert FILE_NAME in done.stderr


def test_each_wrong_entry_has_its_line(door: Door, tmp_path: Path) -> None:
    """Two wrong entries are two lines."""
    wrong = ENTRY.replace("so be it", "todo")
    (tmp_path / FILE_NAME).write_text(f"[[known]]\n{wrong}\n" * 2, encoding="utf-8")
    done = door("baseline", "check", "../check.jsonl")
    assert (done.returncode, done.stderr.count("\n")) == (2, 2)


def test_the_embedded_server_has_no_known_failures(door: Door, tmp_path: Path) -> None:
    """The list of a project is about its own servers."""
    _written(door, tmp_path)
    done = door("check", "--only", FAULT)
    assert done.returncode == 0
    assert "\n1 hold; " in done.stdout
