"""The house: imports point one way, and importing us is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import run_contracts
from tests.house.measures import circle, imported, modules, room

PACKAGE = Path(run_contracts.__file__).parent
PACKAGES = (
    "filesystem",
    "contract",
    "validation",
    "traffic",
    "events",
    "coverage",
    "making",
    "checks",
    "incremental",
    "client",
    "probes",
    "server",
    "engine",
    "report",
    "recordings",
    "conduct",
    "rating",
    "load_testing",
    "night",
    "watching",
    "testing",
    "cli",
)
"""The rooms from the ground up: each may import only what stands before it."""
GROUND = ("types", "errors", "extras", "lazy_imports", "__init__")
"""The facade and the published values, from the ground up; they import no room."""
DOORS = (
    "target",
    "factories",
    "load",
    "strategies",
    "schemathesis_checks",
    "schemathesis_hooks",
    "pytest_plugin",
    "asgi",
    "mitmproxy_addon",
    "__main__",
)
"""Paths that people import. They may import any room, and no room imports them."""
APART = [
    ("server", {"checks", "probes", "client", "traffic", "validation.rules", "validation.shape"}),
    ("server", {"validation.judging", "validation.fast", "making", "engine", "httpx2"}),
    ("checks", {"probes", "client", "server", "making", "httpx2"}),
    ("probes", {"checks", "server", "validation", "engine.verdicts"}),
    ("coverage", {"making", "checks", "client", "probes", "engine", "validation.rules"}),
    ("making", {"checks", "server", "probes", "client", "engine"}),
    ("report", {"engine", "probes", "checks", "client"}),
]
HEAVY = (
    "hypothesis faker schemathesis jsonschema jsonschema_rs httpx2 starlette uvicorn click rich "
    "jinja2 harfile locust gevent"
)


def _names(tree: ast.Module, name: str) -> bool:
    """Say whether code imports something of this name, or uses it of a module."""
    return any(
        (isinstance(node, ast.alias) and node.name == name)
        or (isinstance(node, ast.Attribute) and node.attr == name)
        for node in ast.walk(tree)
    )


@cache
def _imports() -> tuple[tuple[str, str], ...]:
    """Return (module, what it imports) for every import of the package."""
    trees = modules(PACKAGE)
    return tuple((n, other) for n, tree in trees.items() for other in imported(n, tree, trees))


def test_what_sends_is_made_once_without_a_lock() -> None:
    """`cached_property` of Python 3.11 lets those wait for one another who take turns to send."""
    trees = modules(PACKAGE)
    names = [name for name in trees if room(name) == "probes"]
    locked = [name for name in names if _names(trees[name], "cached_property")]
    assert names
    assert not locked, f"{locked}: use run_contracts.probes.made_once"


def test_every_entry_is_on_the_map() -> None:
    """What stands at the top of the package is a room, a door, or on the ground."""
    assert {room(name) for name in modules(PACKAGE)} == {*PACKAGES, *GROUND, *DOORS}


def test_imports_point_one_way() -> None:
    """No room imports one that stands above it, nor a door; the ground imports no room."""
    floors = {name: at for at, name in enumerate([*GROUND, *PACKAGES])}
    wrong = [
        (module, other)
        for module, other in _imports()
        if room(module) not in DOORS
        and module != "__init__"
        and room(other) in {*PACKAGES, *GROUND, *DOORS}
        and room(other) != room(module)
        and floors.get(room(other), len(floors)) >= floors[room(module)]
    ]
    assert wrong == []


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Every module, and every list of a package, can be read before those that import it."""
    assert circle(PACKAGE) == []


@pytest.mark.parametrize(("home", "others"), APART)
def test_rooms_that_must_not_know_each_other_do_not(home: str, others: set[str]) -> None:
    """The server is not told how it is judged, checks never send, probes never judge."""
    known = {
        name
        for module, other in _imports()
        if room(module) == home != room(other)
        for name in (other, room(other))
    }
    assert known & others == set()


@pytest.mark.parametrize("module", ["run_contracts", "run_contracts.pytest_plugin"])
def test_importing_us_imports_nothing_heavy(module: str) -> None:
    """A project that has us installed and does not use us pays next to nothing."""
    code = f"import sys, {module}; print(*(n for n in {HEAVY.split()} if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_every_public_name_is_there() -> None:
    """The facade keeps its promise, has at most a dozen names, and lists them."""
    assert all(getattr(run_contracts, name) for name in run_contracts.__all__)
    assert len(run_contracts.__all__) <= 12
    assert dir(run_contracts) == run_contracts.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = run_contracts.nothing
