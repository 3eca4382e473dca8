"""What `pip install run-contracts` brings is enough to make and judge; the rest is asked for.

Here everything is installed, so Python is told not to find what only extras bring.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest

from run_contracts.extras import CALLED_OTHERWISE
from run_contracts.factories import factory

DECLARED = tomllib.loads(
    (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
)["project"]
EXTRAS = ("server", "check", "load", "wsgi", "dask", "mitmproxy")
MODULES = {name.replace("-", "_"): module for module, name in CALLED_OTHERWISE.items()}
HIDING = """
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden!r}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden())
"""
NEEDING = {
    "serve": "server",
    "list --faults": "server",
    "list --degradations": "server",
    "check": "check",
    "check http://127.0.0.1:9/v1": "check",
    "cleanup": "check",
    "client -- python app.py {url}": "check",
    "selftest": "check",
    "rate --command 'python check.py {url}'": "check",
    "watch --upstream http://127.0.0.1:9/v1": "check",
}
"""Commands that need an extra, and which it is."""
ENOUGH = (
    "sample",
    "sample --status failed --edition v1",
    "sample --breaks RUN-USAGE-001",
    "list",
    "list --clients",
    "explain RUN-LIFE-007",
    "explain RUN-LIST-005",
    "openapi",
    "validate run.json",
    "--help",
)
"""Commands for which what is always installed is enough."""
PYTEST = ("-m", "pytest", "-p", "run_contracts.pytest_plugin", "-p", "no:cacheprovider")
"""Pytest without what else is installed here."""
FIXTURES = """
def test_made(make_run, assert_run):
    assert_run(make_run("completed"))

def test_recorded(make_run, assert_recording):
    assert_recording(make_run("failed"))

def test_server(run_server): ...

def test_watched(watched_runs): ...

def test_played(play_recording):
    play_recording("recording.har")
"""


def _module(requirement: str) -> str:
    """Return the module of a requirement, as far as one can tell by its name."""
    found = re.match(r"[\w.-]+", requirement)
    assert found is not None
    name = found[0].lower().replace("-", "_")
    return MODULES.get(name, name)


def _names(extra: str) -> list[str]:
    lines = DECLARED["optional-dependencies"][extra]
    return [_module(line) for line in lines if not line.startswith("run-contracts")]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of a Python that finds nothing of what only extras bring."""
    folder = tmp_path_factory.mktemp("bare")
    hidden = {name for extra in EXTRAS for name in _names(extra)} - {"pytest"}
    (folder / "sitecustomize.py").write_text(HIDING.replace("{hidden!r}", repr(hidden)))
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(folder), *sys.path]),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }


def _ran(
    arguments: list[str], bare: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env=bare,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("line", NEEDING)
def test_a_command_says_which_extra_it_needs(
    line: str, bare: dict[str, str], tmp_path: Path
) -> None:
    """In one line, with the command that adds it, and the code of wrong usage."""
    done = _ran(["-m", "run_contracts", *shlex.split(line)], bare, tmp_path)
    (said,) = done.stderr.splitlines()
    assert said.endswith(f"is not installed; pip install 'run-contracts[{NEEDING[line]}]'"), said
    assert done.returncode == 2


@pytest.mark.parametrize("line", ENOUGH)
def test_making_and_judging_needs_no_extra(line: str, bare: dict[str, str], tmp_path: Path) -> None:
    """Nor does looking up what the contract says."""
    made = json.dumps(factory("v2", seed=0).run("completed"))
    (tmp_path / "run.json").write_text(made, encoding="utf-8")
    done = _ran(["-m", "run_contracts", *shlex.split(line)], bare, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_an_explanation_says_what_it_lacks(bare: dict[str, str], tmp_path: Path) -> None:
    """A requirement that only a server can break has no example without one."""
    done = _ran(["-m", "run_contracts", "explain", "RUN-LIST-005"], bare, tmp_path)
    assert "run-contracts[check]" in " ".join(done.stdout.split())


def test_a_cassette_in_yaml_says_what_reads_it(bare: dict[str, str], tmp_path: Path) -> None:
    """And the other files are judged all the same."""
    (tmp_path / "one.yaml").write_text("interactions: []\nversion: 1\n", encoding="utf-8")
    (tmp_path / "two.json").write_text('{"object": "thread.run"}', encoding="utf-8")
    done = _ran(["-m", "run_contracts", "validate", "one.yaml", "two.json"], bare, tmp_path)
    assert "one.yaml: not read: it is YAML: pyyaml is not installed" in done.stderr
    assert "RUN-SHAPE-001" in done.stdout


def test_fixtures_say_which_extra_they_need(bare: dict[str, str], tmp_path: Path) -> None:
    """Those that make and judge values need none."""
    (tmp_path / "test_fixtures.py").write_text(FIXTURES, encoding="utf-8")
    done = _ran([*PYTEST, "-q"], bare, tmp_path)
    assert "2 passed, 3 errors" in done.stdout
    said = [line for line in done.stdout.splitlines() if line.startswith("run-contracts: ")]
    assert len(said) == 3, done.stdout
    assert all(line.endswith("pip install 'run-contracts[check]'") for line in said)


def test_a_target_says_which_extra_it_needs(bare: dict[str, str], tmp_path: Path) -> None:
    """As pytest's own words for wrong usage, before anything is collected."""
    done = _ran([*PYTEST, "--run-target", "http://127.0.0.1:9/v1"], bare, tmp_path)
    assert done.stderr.strip().endswith("pip install 'run-contracts[check]'")
    assert done.returncode == 4


@pytest.mark.parametrize("door", ["schemathesis_checks", "schemathesis_hooks"])
def test_a_door_says_which_extra_it_needs(door: str, bare: dict[str, str], tmp_path: Path) -> None:
    """By an error of ours, which is an `ImportError`, too."""
    code = f"try:\n    import run_contracts.{door}\nexcept ImportError as error:\n    print(error)"
    done = _ran(["-c", code], bare, tmp_path)
    assert done.stdout.strip().endswith("pip install 'run-contracts[check]'")


def test_what_is_said_to_be_brought_is_what_is_declared() -> None:
    """The installed lists are those of pyproject.toml; `all` names every extra of users."""
    (everything,) = DECLARED["optional-dependencies"]["all"]
    named = everything.partition("[")[2].rstrip("]").split(",")
    assert {"server", *named} == {*EXTRAS}
    assert {*EXTRAS} <= {*(distribution("run-contracts").metadata.get_all("Provides-Extra") or ())}
