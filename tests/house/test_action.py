"""The GitHub action: its form, and its script, run as a runner runs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from run_contracts.server import ServerOptions, running

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"


def _action() -> Any:
    return yaml.safe_load(ACTION.read_text(encoding="utf-8"))


def _validated(schema: str, path: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_has_the_form_that_github_asks_for() -> None:
    """By the schema that editors and linters use."""
    _validated("vendor.github-actions", ACTION)


def test_the_workflow_of_the_docs_has_the_form_that_github_asks_for(tmp_path: Path) -> None:
    """It gives the action only what it takes."""
    page = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    path = tmp_path / "workflow.yml"
    path.write_text(block, encoding="utf-8")
    _validated("vendor.github-workflows", path)
    (step,) = yaml.safe_load(block)["jobs"]["contract"]["steps"]
    assert set(step["with"]) <= set(_action()["inputs"])


def test_every_input_is_used_and_no_other() -> None:
    """An input that does nothing would be a lie."""
    used = set(re.findall(r"inputs\.([a-z-]+)", ACTION.read_text(encoding="utf-8")))
    assert used == set(_action()["inputs"])


@pytest.fixture
def runner(tmp_path: Path) -> Mapping[str, str]:
    """Return the environment of a step of the action, with our command where it is installed."""
    tool = tmp_path / "tool"
    (tool / "bin").mkdir(parents=True)
    command = shutil.which("run-contracts", path=str(Path(sys.executable).parent))
    assert command is not None
    (tool / "bin" / "run-contracts").symlink_to(command)
    return {
        "PATH": os.environ["PATH"],
        "TOOL": str(tool),
        "OPENAI_API_KEY": "sk-reference",
        "EDITION": "v2",
        "PROFILE": "smoke",
        "OPTIONS": "--seed 7 --only RUN-ERR-002",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(("faults", "code"), [((), 0), (("RUN-ERR-002",), 1)])
def test_the_check_of_the_action_tells_github(
    faults: tuple[str, ...], code: int, runner: Mapping[str, str]
) -> None:
    """Its code is the step's; what it says and writes goes where GitHub looks."""
    step = next(one for one in _action()["runs"]["steps"] if one.get("id") == "check")
    with running(ServerOptions.for_checking(faults=faults)) as url:
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            env={**runner, "URL": url},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == code, done.stdout + done.stderr
    output = dict(
        line.split("=", 1) for line in Path(runner["GITHUB_OUTPUT"]).read_text().splitlines()
    )
    assert output["exit-code"] == str(code)
    names = {path.name for path in Path(output["folder"]).iterdir()}
    assert names == {"check.jsonl", "check.html", "check.xml"}
    assert "seed 7" in done.stdout
    assert ("::error title=RUN-ERR-002" in done.stdout) == bool(code)
    assert "run contract" in Path(runner["GITHUB_STEP_SUMMARY"]).read_text().lower()
