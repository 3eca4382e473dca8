"""The measures of the house see what they are there to see."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house import measures, test_language


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return a package of two rooms that know one another, and of a door."""
    texts = {
        "low/__init__.py": "",
        "low/values.py": "class Run: ...\n",
        "high/__init__.py": "",
        "high/values.py": "def f():\n    from run_contracts.low import values\n",
        "high/other.py": "class Run: ...\n",
        "door.py": "from run_contracts.high.values import f\n",
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_entries_stand_above_what_they_import(package: Path) -> None:
    """An import inside a function is an arrow like any other."""
    assert measures.arrows(package) == {("high", "low"), ("door", "high")}
    assert measures.floors(package) == 3
    assert measures.circle(package) == []


def test_a_circle_is_seen(package: Path) -> None:
    """Even one of which only type checkers know."""
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import run_contracts.door\n"
    (package / "low" / "values.py").write_text(text)
    assert set(measures.circle(package)) == {"low.values", "door", "high.values"}


def test_doubled_names_are_seen(package: Path) -> None:
    """Of modules and of classes."""
    assert measures.doubled(package) == (["values"], ["Run"])


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("def told(): ...", ["told"]),
        ("x = [look for look in ()]", ["look", "look"]),
        ("def f(stage): ...", ["stage"]),
        ("class BigNote: ...", ["BigNote"]),
        ("from a import b as way", ["way"]),
        ("other.note()", []),
        ("'told'", []),
    ],
)
def test_banned_words_are_seen_in_names_alone(code: str, names: list[str]) -> None:
    """Not in texts, and not in what other people call theirs."""
    found = [name for _, name in test_language.names(ast.parse(code))]
    assert [name for name in found if test_language.words(name) & test_language.BANNED.keys()] == (
        names
    )


@pytest.mark.parametrize(
    ("code", "is_vague"),
    [
        ("one = f()\nreturn one", False),
        ("one = f()\n\nreturn one", True),
        ("for one in f():\n    g()\n    h(one)", True),
        ("return [\n  one\n  for\n  one\n  in f()\n]", False),
    ],
)
def test_vague_names_are_seen_where_they_live_long(code: str, is_vague: bool) -> None:
    """Comprehensions hold them together."""
    lines = "\n".join(f"    {line}" for line in code.splitlines())
    (function,) = ast.parse(f"def f():\n{lines}").body
    assert isinstance(function, ast.FunctionDef)
    assert bool(list(test_language.vague(function))) == is_vague
