"""The house: imports point one way, and importing us is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import run_contracts

SOURCE = Path(run_contracts.__file__).parents[1]
PACKAGES = (
    "contract",
    "validation",
    "traffic",
    "making",
    "checks",
    "client",
    "probes",
    "server",
    "engine",
    "report",
    "testing",
    "cli",
)
"""The rooms from the ground up: each may import only what stands before it."""
GROUND = ("__init__", "errors", "types", "events")
"""The facade and the published values; they import no room."""
DOORS = (
    "target",
    "factories",
    "strategies",
    "schemathesis_checks",
    "schemathesis_hooks",
    "pytest_plugin",
    "__main__",
)
"""Paths that people import. They may import any room, and no room imports them."""
APART = [
    ("server", {"checks", "probes", "client", "traffic", "validation.rules", "validation.shape"}),
    ("server", {"validation.judging", "validation.fast", "making", "engine", "httpx2"}),
    ("checks", {"probes", "client", "server", "making", "httpx2"}),
    ("probes", {"checks", "server", "validation", "engine.verdicts"}),
    ("making", {"checks", "server", "probes", "client", "engine"}),
    ("report", {"engine", "probes", "checks", "client"}),
]
HEAVY = (
    "hypothesis faker schemathesis jsonschema jsonschema_rs httpx2 starlette uvicorn click rich "
    "jinja2"
)


def _name(path: Path) -> str:
    """Return the dotted name of a module below the package, e.g. ``checks.lists``."""
    parts = path.relative_to(SOURCE / "run_contracts").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


@cache
def _modules() -> dict[str, Path]:
    return {_name(path): path for path in (SOURCE / "run_contracts").rglob("*.py")}


def _imported(path: Path) -> Iterator[str]:
    """Yield what a module imports, inside functions and for type checkers, too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports name their module in full"
            for alias in node.names:
                yield _home(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Import):
            yield from (_home(alias.name) for alias in node.names)


def _home(name: str) -> str:
    """Return the module that holds a name: ours below the package, others by their first part."""
    first, _, rest = name.partition(".")
    if first != "run_contracts":
        return first
    while rest and rest not in _modules():
        rest = rest.rpartition(".")[0]
    return rest or "__init__"


@cache
def _imports() -> tuple[tuple[str, str], ...]:
    """Return (module, what it imports) for every import of the package."""
    return tuple((name, other) for name, path in _modules().items() for other in _imported(path))


def _room(module: str) -> str:
    return module.partition(".")[0]


def test_every_entry_is_on_the_map() -> None:
    """What stands at the top of the package is a room, a door, or on the ground."""
    assert {_room(name) for name in _modules()} == {*PACKAGES, *GROUND, *DOORS}


def test_imports_point_one_way() -> None:
    """No room imports one that stands above it, nor a door; the ground imports nothing of ours."""
    floors = {**dict.fromkeys(GROUND, -1), **{name: at for at, name in enumerate(PACKAGES)}}
    wrong = [
        (module, other)
        for module, other in _imports()
        if _room(module) not in DOORS
        and module != "__init__"
        and _room(other) in {*PACKAGES, *GROUND, *DOORS}
        and _room(other) != _room(module)
        and floors.get(_room(other), len(PACKAGES)) >= floors[_room(module)]
    ]
    assert wrong == []


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Every module, and every list of a package, can be read before those that import it."""
    graph: dict[str, set[str]] = {}
    for module, other in _imports():
        if other in _modules() and other != module:
            graph.setdefault(module, set()).add(other)
    try:
        order = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"a circle: {' -> '.join(error.args[1])}")
    assert len(order) > 100


@pytest.mark.parametrize(("room", "others"), APART)
def test_rooms_that_must_not_know_each_other_do_not(room: str, others: set[str]) -> None:
    """The server is not told how it is judged, checks never send, probes never judge."""
    known = {
        name
        for module, other in _imports()
        if _room(module) == room and _room(other) != room
        for name in (other, _room(other))
    }
    assert known & others == set()


@pytest.mark.parametrize("module", ["run_contracts", "run_contracts.pytest_plugin"])
def test_importing_us_imports_nothing_heavy(module: str) -> None:
    """A project that has us installed and does not use us pays next to nothing."""
    code = f"import sys, {module}; print(*(n for n in {HEAVY.split()} if n in sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""


def test_every_public_name_is_there() -> None:
    """The facade keeps its promise, has at most a dozen names, and lists them."""
    assert all(getattr(run_contracts, name) for name in run_contracts.__all__)
    assert len(run_contracts.__all__) <= 12
    assert dir(run_contracts) == run_contracts.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = run_contracts.nothing
