"""The kit of those who carry the project on: what its pages and its workflows say is so."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house.test_action import _validated

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *DECISIONS]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
NAMED_SESSION = re.compile(r"nox -s ((?:[a-z][\w.-]*(?: |\b))+)")


def _project() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _jobs(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]


def _versions() -> list[str]:
    """Return the versions of Python that the project says it is for."""
    named = (re.fullmatch(r".* :: Python :: (3\.\d+)", one) for one in _project()["classifiers"])
    return [found[1] for found in named if found]


def _sessions() -> set[str]:
    """Return the sessions of the noxfile, read and not run: the tests do not need nox."""
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    found = [one for one in tree.body if isinstance(one, ast.FunctionDef)]
    return {one.name for one in found if "nox.session" in ast.unparse(one.decorator_list)}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_the_form_that_github_asks_for(path: Path) -> None:
    """By the schema that editors and linters use."""
    _validated("vendor.github-workflows", path)


def test_ci_runs_the_tests_on_every_python_that_the_project_is_for() -> None:
    """The least is the one that installers ask for; nox reads the same classifiers."""
    jobs = _jobs(ROOT / ".github" / "workflows" / "ci.yml")
    assert jobs["tests"]["strategy"]["matrix"]["python-version"] == _versions()
    assert _project()["requires-python"] == f">={_versions()[0]}"


PROVES_WHO_IT_IS = {
    ("release", "publish"): {"id-token": "write"},
    ("pages", "deploy"): {"id-token": "write", "pages": "write"},
}
"""Jobs that say who they are: to PyPI, which trusts the one workflow, and to GitHub Pages."""


def test_only_the_job_that_publishes_can_prove_to_pypi_who_it_is() -> None:
    """All others read, but for the one that puts up the site, and there is no token to steal."""
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        assert "secrets." not in text
        whole = yaml.safe_load(text)["permissions"]
        for name, job in _jobs(path).items():
            expected = PROVES_WHO_IT_IS.get((path.stem, name), {"contents": "read"})
            assert job.get("permissions", whole) == expected


@pytest.mark.parametrize("path", [ROOT / "CONTRIBUTING.md", *WORKFLOWS], ids=lambda path: path.name)
def test_each_session_of_nox_that_is_named_exists(path: Path) -> None:
    """With the version of Python, where it has one."""
    text = path.read_text(encoding="utf-8").replace("${{ matrix.python-version }}", _versions()[0])
    named = {name for names in NAMED_SESSION.findall(text) for name in names.split()}
    known = _sessions() | {f"tests-{version}" for version in _versions()}
    assert named <= known
    assert named or path.stem == "release"


def test_contributing_names_each_session_of_nox() -> None:
    """One command for each task, and each is told."""
    assert {name for name in _sessions() if f"`nox -s {name}`" in CONTRIBUTING} == _sessions()


COUNTED = re.findall(r"(\d+) tests, those\s+of\s+`([^`]+)`", CONTRIBUTING)


def test_as_many_tests_skip_as_contributing_says(pytester: pytest.Pytester) -> None:
    """Without a browser, and without recordings."""
    paths = [str(ROOT / path) for _, path in COUNTED]
    collected, _ = pytester.inline_genitems("-p", "no:randomly", f"--rootdir={ROOT}", *paths)
    items = Counter(item.nodeid.partition("::")[0] for item in collected)
    assert items == {path: int(number) for number, path in COUNTED}


def test_what_skips_is_told_of_two_kinds() -> None:
    """For want of a browser, or of recordings."""
    assert {path for _, path in COUNTED} == {
        "tests/recordings/test_real_browser.py",
        "tests/recordings/test_recorded_traffic.py",
        "tests/report/test_browser.py",
        "tests/traffic/test_recorded.py",
    }


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_parts_and_is_in_the_index(path: Path) -> None:
    """Its number and title, a date, and what, why and with what effect."""
    text = path.read_text(encoding="utf-8")
    ((number, title),) = re.findall(r"\A# (\d{4}): (.+)\n\n\d{4}-\d{2}-\d{2}, ", text)
    assert path.name.startswith(number)
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
    ]
    index = (path.parent / "README.md").read_text(encoding="utf-8")
    assert f"| [{number}]({path.name}) | {title} |" in index


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_each_link_inside_the_project_leads_somewhere(path: Path) -> None:
    """To a file or folder that is there."""
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (path.parent / link).exists()] == []
