"""One command for each task, e.g. `nox -s tests`; `nox -l` names them all.

What follows `--` is handed on. Each has an environment of its own, which is kept; it is made anew
by `--reuse-venv never`.
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import nox

nox.needs_version = ">=2025.5"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "tests"]

VERSIONS = nox.project.python_versions(nox.project.load_toml("pyproject.toml"))
"""The versions of Python that pyproject.toml names; those that are not installed are left out."""
CLIENTS = [*tomllib.loads(Path("tests/clients/clients.toml").read_text(encoding="utf-8"))]
"""The clients that drive the reference server: `nox -s "clients(openai-python-3)"`."""
SAME_FILES = "W002"
"""What the editions share stands in the schemas of both."""
READS_DATA = ("tests/contract", "tests/report", "tests/cli", "tests/house")
"""Tests that find it out if the wheel lacks a schema, a page or a table."""


@nox.session(python=VERSIONS)
def tests(session: nox.Session) -> None:
    """Run the tests on each Python, or those that are named: `nox -s tests-3.13 -- tests/house`."""
    session.install("-e", ".[test]")
    session.run("pytest", *(session.posargs or ("-n", "3")))


@nox.session
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest versions that pyproject.toml allows of what it names."""
    session.install("uv")
    python = str(Path(session.bin, "python"))
    resolution = ("--resolution", "lowest-direct")
    session.run("uv", "pip", "install", "--python", python, *resolution, "-e", ".[test]")
    session.run("pytest", *(session.posargs or ("-n", "3")))


@nox.session(python=VERSIONS)
def light(session: nox.Session) -> None:
    """Make and judge runs with nothing but what is always installed, and pytest."""
    session.install(".", "pytest")
    alone = ("--noconftest", "-o", "addopts=")
    session.run("pytest", *alone, *(session.posargs or ("tests/doors/test_light_core.py",)))


@nox.session
def lint(session: nox.Session) -> None:
    """Find what the rules of style refuse; change nothing."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check", *(session.posargs or (".",)))
    session.run("ruff", "format", "--check", *(session.posargs or (".",)))


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the package, and of what people write with it."""
    session.install("-e", ".[dev]")
    session.run("mypy", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site of the documentation, and try what builds it: `nox -s docs -- serve`."""
    session.install("-e", ".[docs,test]")
    if not session.posargs:
        session.run("pytest", "-m", "not slow", "tests/docs/test_site.py")
    session.run("python", "-m", "website", *(session.posargs or ("build",)))


@nox.session
@nox.parametrize("client", CLIENTS, ids=CLIENTS)
def clients(session: nox.Session, client: str) -> None:
    """Let a real client drive the reference server, in an environment of its own."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.clients", client, *session.posargs)


@nox.session
def mutate(session: nox.Session) -> None:
    """Tell how many small defects the tests see: `nox -s mutate -- --seed 2 --only checks`."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "tests.mutation", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Print every measure, or those that are named: `nox -s bench -- verdict`."""
    session.install("-e", ".[bench]")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session(reuse_venv=False)
def package(session: nox.Session) -> None:
    """Build what is released into dist/, look it over, and try the wheel without its source."""
    shutil.rmtree("dist", ignore_errors=True)
    session.install("build", "check-wheel-contents", "twine")
    session.run("python", "-m", "build")
    (source,), (wheel,) = Path("dist").glob("*.tar.gz"), Path("dist").glob("*.whl")
    session.run("twine", "check", "--strict", str(source), str(wheel))
    session.run("check-wheel-contents", "--ignore", SAME_FILES, str(wheel))
    session.install(f"{wheel}[test]")
    session.run("run-contracts", "selftest")
    session.run("pytest", "-n", "3", *(session.posargs or READS_DATA))
