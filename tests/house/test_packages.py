"""What we import of others is declared, so that no other package has to bring it along."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import run_contracts
from tests.house.measures import modules

PACKAGE = Path(run_contracts.__file__).parent
PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
EXTRAS = {"server", "check", "load", "mitmproxy", "wsgi", "dask", "all"}
"""What people may install beside the package; the others are for those who work on it."""


def packages(trees: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the packages of others that code imports, wherever it does."""
    for tree in trees:
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                package = name.partition(".")[0]
                if package not in {*sys.stdlib_module_names, "run_contracts", ""}:
                    yield package


def normal(name: str) -> str:
    """Return a name of a distribution as all of its spellings are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name)[0]).lower()


def undeclared(imported: Iterable[str], declared: Iterable[str]) -> set[str]:
    """Return the imported packages that no declared distribution is there to bring."""
    names, brought_by = set(map(normal, declared)), packages_distributions()
    return {one for one in imported if not names & set(map(normal, brought_by.get(one, [one])))}


def test_every_package_that_is_imported_is_declared() -> None:
    """In the dependencies, or in an extra."""
    extras = PROJECT["optional-dependencies"]
    assert set(extras) >= EXTRAS
    declared = [*PROJECT["dependencies"], *(one for name in EXTRAS for one in extras[name])]
    imported = set(packages(modules(PACKAGE).values()))
    assert "httpx2" in imported
    assert undeclared(imported, declared) == set()


@pytest.mark.parametrize("code", ["import yaml.nodes", "def f():\n    from yaml import load"])
def test_a_package_that_is_not_declared_is_seen(code: str) -> None:
    """Under the name by which it is imported, inside functions, too."""
    imported = list(packages([ast.parse(code)]))
    assert undeclared(imported, ["httpx2>=2"]) == {"yaml"}
    assert undeclared(imported, ["httpx2>=2", "PyYAML >= 6"]) == set()
