"""``run-contracts check module:app``: an application in this process, as pytest checks it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.cli.door import Door, run
from tests.testing.plugging import APP

WSGI = "\nfrom a2wsgi import ASGIMiddleware\n\nas_wsgi = ASGIMiddleware(wrong)\n"
MOUNTED = """
async def below(scope, receive, send):
    path = scope.get("path", "").removeprefix("/openai")
    await wrong({**scope, "path": path}, receive, send)
"""
ONLY = ("--profile", "smoke", "--only", "RUN-ERR-002")


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """Return what runs the command where a module with applications lies."""
    tmp_path.joinpath("served.py").write_text(APP + WSGI + MOUNTED, encoding="utf-8")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-reference")
    yield partial(run, folder=tmp_path)
    sys.modules.pop("served", None)


@pytest.mark.parametrize("name", ["served:wrong", "served:as_wsgi", "served:below/openai/v1"])
def test_an_application_is_checked_by_its_name(door: Door, name: str) -> None:
    """ASGI or WSGI, below /v1 or the path that is given; the next command names it, too."""
    done = door("check", name, *ONLY)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"run-contracts check {name} --profile smoke --only RUN-ERR-002" in done.stdout


def test_a_right_application_is_not_red(door: Door) -> None:
    """It needs no server."""
    done = door("check", "served:right", *ONLY)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("served:nothing", "served:nothing: there is no such application in served"),
        ("not_there:app", "not_there:app: cannot import not_there: ModuleNotFoundError"),
        ("served:ServerOptions", "served:ServerOptions is no application: is a class"),
    ],
)
def test_what_names_no_application_is_one_line_and_exit_2(
    door: Door, name: str, reason: str
) -> None:
    """Which part of it is wrong."""
    done = door("check", name)
    assert done.returncode == 2
    assert done.stdout == ""
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_plan_imports_no_application(door: Door) -> None:
    """Whoever only asks what would be sent runs no code of the project."""
    done = door("check", "not_there:app", "--dry-run")
    assert done.returncode == 0
