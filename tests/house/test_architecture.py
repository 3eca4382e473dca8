"""docs/architecture.md says what is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import run_contracts
from tests.house.test_imports import DOORS, PACKAGES

PACKAGE = Path(run_contracts.__file__).parent
TEXT = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text(encoding="utf-8")
PLACES = sorted(set(re.findall(r"`([a-z_/]+\.py):([\w.]+)`", TEXT)))


def test_the_table_of_rooms_is_the_order_of_imports() -> None:
    """Who reads the table from above sees what may import what."""
    rooms = re.findall(r"^\| `(\w+)/?` \|", TEXT, re.MULTILINE)
    assert tuple(rooms) == PACKAGES
    assert set(re.findall(r"`(\w+)`", TEXT)) >= set(DOORS)


@pytest.mark.parametrize(("file", "name"), PLACES, ids=str)
def test_every_place_it_names_is_there(file: str, name: str) -> None:
    """A function that moved takes its line of the map along."""
    scope: list[ast.stmt] = ast.parse((PACKAGE / file).read_text(encoding="utf-8")).body
    for part in name.split("."):
        named = {
            node.name: node
            for node in scope
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        }
        assert part in named, f"{file} has no {name}"
        scope = named[part].body


def test_it_names_places() -> None:
    """The two ways of the data are shown by file and function."""
    assert len(PLACES) > 15
