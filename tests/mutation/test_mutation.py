"""What measures the tests sees what it is there to see."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.__main__ import EQUIVALENT, main
from tests.mutation.mutants import Equivalent, equivalents, mutants_of, population, stale
from tests.mutation.parts import OURS, ROOT

MODULE = '''
def is_low(value: int) -> bool:
    """Say whether a value is below ten."""
    return value < 10

def same(value: int) -> int:
    return value
'''
TESTS = """
from five.bounds import is_low

def test_low():
    assert [is_low(value) for value in (8, 9, 10, 99, 100, 101)] == [True] * 2 + [False] * 4
"""
TRIED = """
import json, sys
from pathlib import Path
from tests.mutation.killing import verdicts
from tests.mutation.mutants import population
from tests.mutation.parts import Part, Project

part = Part(name="bounds", modules="bounds.py", tests=("tests",))
project = Project(root=Path(sys.argv[1]), package="five", parts=(part,))
found = verdicts(project, population(project.home, ["bounds.py"]), 1)
print(json.dumps([(one.mutant.function, one.mutant.lines[1], one.result, one.by) for one in found]))
"""


def _tried(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", TRIED, str(root)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of one module, half of it tested."""
    root = tmp_path_factory.mktemp("five")
    texts = {
        "src/five/__init__.py": "",
        "src/five/bounds.py": MODULE,
        "tests/test_five.py": TESTS,
        "pyproject.toml": "[tool.pytest.ini_options]\n",
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture(scope="module")
def tried(project: Path) -> list[list[str]]:
    """Return what becomes of each mutant of that module."""
    done = _tried(project)
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout)
    return found


def test_mutants_of_what_is_tested_are_killed(tried: list[list[str]]) -> None:
    """By the test that fails on them."""
    of_low = {line: (result, by) for name, line, result, by in tried if name == "is_low"}
    assert set(of_low) == {
        "+ return value <= 10",
        "+ return value < 11",
        "+ return value < 100",
        "+ return not (value < 10)",
    }
    assert set(of_low.values()) == {("killed", "tests/test_five.py::test_low")}


def test_mutants_of_what_is_not_tested_survive(tried: list[list[str]]) -> None:
    """Nothing fails on them."""
    assert [one[1:] for one in tried if one[0] == "same"] == [["+ return None", "survived", ""]]


def test_the_project_itself_is_left_as_it_is(project: Path, tried: list[list[str]]) -> None:
    """Only copies are changed."""
    assert (project / "src/five/bounds.py").read_text() == MODULE


def test_tests_that_fail_without_a_mutant_measure_nothing(project: Path, tmp_path: Path) -> None:
    """The part and the test are named."""
    root = tmp_path / "red"
    root.mkdir()
    for name in ("src", "pyproject.toml"):
        (root / name).symlink_to(project / name)
    (root / "tests").mkdir()
    (root / "tests/test_red.py").write_text("def test_red():\n    assert False\n")
    done = _tried(root)
    assert done.returncode == 1
    assert "bounds: without any mutant this fails: tests/test_red.py::test_red" in done.stderr


OPERATORS = {
    "x = a <= b": {"x = a < b"},
    "x = a is not None": {"x = a is None"},
    "x = a not in b": {"x = a in b"},
    "x = a and b and c": {"x = a or b and c", "x = a and b or c"},
    "x = not a": {"x = a"},
    "x = f(7, True)": {"x = f(8, True)", "x = f(70, True)", "x = f(7, False)"},
    "x = 'word'": {"x = 'otherword'"},
    "x = a - b": {"x = a + b"},
    "x = {1} | b": {"x = ({1})", "x = b", "x = {2} | b", "x = {10} | b", "x = set() | b"},
    "x = a[0]": {"x = a[-1]"},
    "x = a[-1]": {"x = a[0]", "x = a[-2]", "x = a[-10]"},
    "x = any(a)": {"x = all(a)"},
    "X = (A, B)": {"X = (B,)", "X = (A,)"},
    "X = frozenset({A, B, C})": {
        "X = frozenset({B, C})",
        "X = frozenset({A, C})",
        "X = frozenset({A, B})",
    },
    "x = a if b else c": {"x = a if not b else c"},
    "f(a)": {"pass"},
    "x += a": {"x -= a", "pass"},
    "x = f'{a}'": {"x = 'other'"},
}


@pytest.mark.parametrize("line", OPERATORS)
def test_each_operator_makes_its_mutants(line: str) -> None:
    """And no others."""
    assert {one.changed for one in mutants_of("m.py", line)} == OPERATORS[line]


@pytest.mark.parametrize(
    "text",
    [
        '"""Say `1`."""',
        "x: Literal['a', 1]",
        "def f(x: Literal['a'] = None) -> Literal['b']: ...",
        "X = Literal['a', 'b']",
        "__all__ = ['a', 'b']",
        "if TYPE_CHECKING:\n    x = 1",
        "@decides('RUN-LIFE-001')\ndef f(): ...",
        "x = 'some words'",
        "x = f'some {a} words'",
        "x = cast('Any', y)",
    ],
)
def test_what_no_test_could_see_is_left_alone(text: str) -> None:
    """Docstrings, types, names that are exported, prose."""
    assert list(mutants_of("m.py", text)) == []


def test_a_mutant_says_where_it_is_and_what_differs() -> None:
    """By the outermost function, the line, and the lines of a diff."""
    text = "def f():\n    for x in y:\n        continue\n"
    broken, passing = mutants_of("a/m.py", text)
    assert (broken.place, broken.function) == ("a/m.py:3", "f")
    assert broken.lines == ("- continue", "+ break")
    assert passing.lines == ("- continue", "+ pass")


def test_each_equivalent_is_a_mutant_and_has_a_reason() -> None:
    """An entry for what is no longer so would hide nothing, or the wrong thing."""
    known = equivalents(EQUIVALENT)
    assert stale(known, population(OURS.home, [part.modules for part in OURS.parts])) == []
    assert all(len(one.reason) > 20 for one in known)
    gone = Equivalent(path="m.py", lines=("- a", "+ b"), reason="It is the same.")
    assert stale([gone], mutants_of("m.py", "f(a)")) == [gone]


def test_an_unknown_part_is_answered_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A typo does not measure everything, or nothing."""
    with pytest.raises(SystemExit):
        main(["--only", "check"])
    assert "validation, lifecycle, checks, budget, baseline" in capsys.readouterr().err
