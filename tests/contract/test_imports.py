"""The house: imports point one way, and importing us is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import run_contracts

PACKAGE = Path(run_contracts.__file__).parent
LAYERS = (
    "errors",
    "_data",
    "register",
    "lifecycle",
    "_readings",
    "operations",
    "openapi",
    "contract",
    "violation",
    "body",
    "sse",
    "_rules",
    "_shape",
    "_verdict",
    "validation",
    "exchange",
    "sequence",
    "evidence",
    "types",
    "making",
    "factories",
    "strategies",
    "recordings",
    "checks",
    "server",
    "budget",
    "target",
    "lifespan",
    "in_process",
    "receiving",
    "session",
    "probes",
    "searching",
    "schemathesis_checks",
    "schemathesis_hooks",
    "schemathesis_bridge",
    "verdict",
    "judgement",
    "events",
    "concluding",
    "baseline",
    "recipe",
    "leftovers",
    "cleaning",
    "report",
    "replaying",
    "journal",
    "planning",
    "interrupting",
    "course",
    "runner",
    "selftest",
    "examples",
    "testing",
    "pytest_plugin",
    "cli",
    "__main__",
)
"""The rooms from the ground up: each may import only what stands before it."""
APART = [
    ("server", {"checks", "validation", "probes", "_rules", "_shape", "verdict", "runner"}),
    ("checks", {"probes", "session", "server", "httpx2"}),
    ("probes", {"checks", "server", "verdict", "validation"}),
    ("searching", {"checks", "server", "verdict", "validation"}),
    ("making", {"checks", "server", "probes", "session", "runner"}),
    ("report", {"runner", "probes", "checks", "session", "exchange"}),
]
HEAVY = (
    "hypothesis faker schemathesis jsonschema jsonschema_rs httpx2 starlette uvicorn click rich "
    "jinja2"
)


def _room(module: str) -> str:
    """Return the room of a module: ``checks`` for ``run_contracts.checks.lists``."""
    return module.split(".")[1] if "." in module else ""


def _imports() -> list[tuple[str, str]]:
    """Return (room, imported module) for every import, those inside functions included."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts == ("__init__",):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                is_ours = node.module == "run_contracts"
                found += [(parts[0], name) for name in (names if is_ours else [node.module])]
            elif isinstance(node, ast.Import):
                found += [(parts[0], alias.name) for alias in node.names]
    return found


def test_every_room_is_in_the_plan() -> None:
    """A new module has to be given its place."""
    rooms = {path.relative_to(PACKAGE).with_suffix("").parts[0] for path in PACKAGE.rglob("*.py")}
    assert rooms - {"__init__"} == set(LAYERS)


def test_imports_point_one_way() -> None:
    """No room imports one that stands above it; so there is no cycle of rooms."""
    wrong = [
        (room, module)
        for room, module in _imports()
        if module.startswith("run_contracts.")
        and _room(module) != room
        and LAYERS.index(_room(module)) >= LAYERS.index(room)
    ]
    assert wrong == []


@pytest.mark.parametrize(("room", "others"), APART)
def test_rooms_that_must_not_know_each_other_do_not(room: str, others: set[str]) -> None:
    """The server is not told how it is judged, checks never send, probes never judge."""
    known = {
        _room(module) if module.startswith("run_contracts.") else module.split(".")[0]
        for importer, module in _imports()
        if importer == room
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
