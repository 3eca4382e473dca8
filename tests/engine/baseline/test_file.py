"""The file of known failures: where it is looked for, and which entries are taken."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from run_contracts.engine.baseline import EMPTY, Baseline, Known, as_toml, found, place
from run_contracts.errors import UsageError

NAME = "run-contracts.baseline.toml"
ENTRY = {
    "id": '"RUN-LIST-005"',
    "fingerprint": '"listRuns /has_more"',
    "reason": '"our gateway cuts the last page"',
    "expires": "2027-03-31",
}


def _written(folder: Path, *, name: str = NAME, **fields: str | None) -> Path:
    """Write a file of one entry; a field that is None is left out."""
    lines = [f"{key} = {value}" for key, value in (ENTRY | fields).items() if value is not None]
    path = folder / name
    path.write_text("\n".join(["[[known]]", *lines, ""]))
    return path


def test_an_entry_is_read_as_it_was_written(tmp_path: Path) -> None:
    """With what may be left out, and without."""
    path = _written(tmp_path)
    entry = Known(
        id="RUN-LIST-005",
        fingerprint="listRuns /has_more",
        reason="our gateway cuts the last page",
        expires=date(2027, 3, 31),
        link="",
        profile="full",
    )
    assert found(None, tmp_path) == Baseline(name=str(path), entries=(entry,))
    assert str(entry) == "our gateway cuts the last page, until 2027-03-31"
    path.write_text(as_toml(entry))
    assert found(None, tmp_path).entries == (entry,)
    _written(tmp_path, link='"https://h/17"', profile='"generated"')
    (linked,) = found(None, tmp_path).entries
    assert (linked.link, linked.profile) == ("https://h/17", "generated")
    assert str(linked).endswith("page (https://h/17), until 2027-03-31")


def test_the_nearest_file_is_taken(tmp_path: Path) -> None:
    """Here without more; upwards only beside a pyproject.toml; the named one before all."""
    here = tmp_path / "project" / "tests"
    here.mkdir(parents=True)
    assert (place(here), found(None, here)) == (None, EMPTY)
    above = _written(here.parent)
    assert place(here) is None
    (here.parent / "pyproject.toml").touch()
    assert place(here) == above
    farther = _written(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    assert place(here) == above
    above.unlink()
    assert place(here) == farther
    own = _written(here)
    assert place(here) == own
    other = _written(tmp_path, name="other.toml")
    assert found(other, here).name == str(other)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"id": None}, "id: is missing"),
        ({"fingerprint": None}, "fingerprint: is missing"),
        ({"expires": None}, "expires: is missing"),
        ({"reason": None}, "reason: say why"),
        ({"reason": '" TBD "'}, "reason: say why"),
        ({"reason": '"Todo, later"'}, "reason: say why"),
        ({"reason": '"-"'}, "reason: say why"),
        ({"reason": "7"}, "reason: expected a text"),
        ({"expires": '"2027-03-31"'}, "expires: expected a date"),
        ({"expires": "2027-03-31T10:00:00"}, "expires: expected a date"),
        ({"id": '"RUN-LIST-999"'}, "id: there is no such requirement"),
        ({"failures": "[]"}, "failures: expected this or fingerprint, not both"),
        ({"fingerprint": None, "failures": "[]"}, "failures: expected texts"),
        ({"fingerprint": None, "failures": "[7]"}, "failures: expected texts"),
        ({"fingerprint": None, "failures": '"x"'}, "failures: expected a list of texts"),
        ({"fingerprint": None, "failures": '["RUN-LIST-999 x"]'}, "there is no such requirement"),
        ({"until": '"soon"'}, "there is no such field"),
        ({"profile": '"whole"'}, "profile: expected one of smoke, full, generated"),
    ],
)
def test_a_wrong_entry_is_refused(
    tmp_path: Path, fields: dict[str, str | None], complaint: str
) -> None:
    """By its number, its id and what is wrong with it."""
    path = _written(tmp_path, **fields)
    with pytest.raises(UsageError) as caught:
        found(None, tmp_path)
    assert str(caught.value).startswith(f"{path}: entry 1, ")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_each_wrong_entry_has_a_line(tmp_path: Path) -> None:
    """With its own number; the right ones have none."""
    path = _written(tmp_path)
    right, wrong = path.read_text(), "[[known]]\nid = 7\n"
    path.write_text(right + wrong + right + wrong)
    with pytest.raises(UsageError) as caught:
        found(None, tmp_path)
    assert [line.split(", ")[0] for line in str(caught.value).splitlines()] == [
        f"{path}: entry 2",
        f"{path}: entry 4",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[known]\nid = 'a'\n", "nothing but"),
        ("known = 7\n", "nothing but"),
        ("[[known]]\n[other]\n", "nothing but"),
        ("known = [7]\n", "expected a table"),
        ("[[known\n", "cannot be read as TOML"),
    ],
)
def test_what_is_no_list_of_entries_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    """In one line that says so."""
    (tmp_path / NAME).write_text(text)
    with pytest.raises(UsageError, match=complaint):
        found(None, tmp_path)


def test_a_file_of_nothing_knows_nothing(tmp_path: Path) -> None:
    """It is one all the same; one that is named and not there is refused."""
    (tmp_path / NAME).write_text("")
    assert found(None, tmp_path).entries == ()
    with pytest.raises(UsageError, match="no such file"):
        found(tmp_path / "gone.toml", tmp_path)


def test_an_entry_of_several_failures_is_read_as_it_was_written(tmp_path: Path) -> None:
    """What one cause breaks stands in one entry."""
    failures = '["RUN-LIST-005 * /has_more: x", "RUN-LIST-006 listRuns: y"]'
    path = _written(tmp_path, fingerprint=None, failures=failures)
    (entry,) = found(None, tmp_path).entries
    assert list(entry.accepted) == [
        ("RUN-LIST-005", "* /has_more: x"),
        ("RUN-LIST-006", "listRuns: y"),
    ]
    path.write_text(as_toml(entry))
    assert found(None, tmp_path).entries == (entry,)
