"""The README: its commands are run and its Python is executed, and both say what it says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from run_contracts.cli.commands.check import command
from run_contracts.contract.openapi_document import bundled
from run_contracts.factories import as_sse, factory, make_run
from run_contracts.server import ServerOptions, running

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
ELSEWHERE = re.compile(r" st run |run-contracts (serve|selftest|watch)|^pytest ")
"""Commands that run without end, or for minutes; tests of their own run them."""
HERE = "http://127.0.0.1:8000/v1"


def _blocks(language: str) -> list[str]:
    fenced = re.compile(rf"^```{language}\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
    return fenced.findall(README)


def _commands() -> Iterator[tuple[str, list[str]]]:
    """Yield each command line with the lines it is said to print."""
    for block in _blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *lines = part.splitlines()
            if not ELSEWHERE.search(command):
                yield command, [line for line in lines if line.strip() not in ("", "...")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the files that the README speaks of."""
    found = tmp_path_factory.mktemp("readme")
    shutil.copytree(Path(__file__).parents[2] / "examples", found / "examples")
    (found / "answers").mkdir()
    for number in range(1, 4):
        run = make_run("completed", seed=number)
        if number == 3:
            run["usage"] = {"prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 6}
        (found / "answers" / f"{number}.json").write_text(json.dumps(run))
    (found / "stream.sse").write_text(as_sse(factory(seed=7).stream("completed")))
    (found / "runs.jsonl").write_text(json.dumps(make_run("queued", seed=7)) + "\n")
    return found


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    """Return the URL of a server whose lists never say that more follows."""
    with running(ServerOptions.for_checking(faults=("RUN-LIST-005",))) as url:
        yield url


def _said(command: str, folder: Path, url: str) -> str:
    env = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "OPENAI_API_KEY": "sk-reference",
        "RUN_CONTRACTS_CHECK_PROFILE": "smoke",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "COLUMNS": "80",
    }
    done = subprocess.run(
        ["bash", "-c", command.replace(HERE, url)],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 1), f"{command}: {done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr
    said = (done.stdout + done.stderr).replace(url, HERE)
    return said.replace(" --profile smoke --only", " --only")  # the checks it shows are full ones


def _like(line: str) -> re.Pattern[str]:
    """Return a pattern for a line whose numbers and ids differ each time; ... stands for more."""
    pattern = re.escape(line)
    pattern = re.sub(r"\\\.\\\.\\\.", ".*", pattern)
    pattern = pattern.replace("profile\\ full", r"profile\ \w+")
    pattern = re.sub(r"(thread|run|step)_[A-Za-z0-9]+", r"\1_\\w+", pattern)
    return re.compile(re.sub(r"(?<![-\d\w:])\d+(\\\.\d+)?", r"[\\d.]+", pattern))


SAID_LOOSELY = ("  requests ", "218 hold")
"""Lines that depend on what was drawn, or on the profile."""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_commands_say_what_the_readme_says(folder: Path, broken: str) -> None:
    """Run in their order, in one folder, against a broken server."""
    _said(f"run-contracts check {HERE} --only RUN-LIST-005 --report check.jsonl", folder, broken)
    for name in ("before.jsonl", "after.jsonl"):
        shutil.copy(folder / "check.jsonl", folder / name)
    for typed, lines in _commands():
        said = _said(typed, folder, broken)
        for line in lines:
            if not line.startswith(SAID_LOOSELY):
                assert _like(line).search(said), f"{typed}: no line like {line!r} in:\n{said}"
    assert {"check.html", "check.xml", "check.svg", "compared.html", "summary.md"} <= {
        path.name for path in folder.iterdir()
    }


class _Client:
    def get_run(self) -> Any:
        return make_run("completed", seed=7)


@pytest.fixture(scope="module")
def right() -> Iterator[str]:
    """Return the URL of a right server."""
    with running(ServerOptions.for_checking()) as url:
        yield url


@pytest.mark.parametrize("block", _blocks("python"))
def test_the_python_of_the_readme_runs(
    block: str,
    right: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As it is written, with what it takes for granted; its tests pass."""
    monkeypatch.chdir(tmp_path)
    Path("openapi.json").write_text(json.dumps(bundled("v2")))
    given = {"client": _Client(), "parse": dict}
    exec(compile(block.replace(HERE, right), "README.md", "exec"), given)
    for name, made in list(given.items()):
        if name.startswith("test_") and hasattr(made, "hypothesis"):
            made()
    capsys.readouterr()


def test_the_options_of_check_in_the_readme_are_its_options() -> None:
    """None is made up."""
    table = re.findall(r"^\| (`--.*?) \|", README, flags=re.MULTILINE)
    named = set(re.findall(r"--[a-z-]+", " ".join(table)))
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    assert named <= known
    assert len(named) >= 12
