"""Node and npm for tests: the package as it is packed, and what it is tried with."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.committed import NPM, ROOT

MUST_RUN = bool(os.environ.get("RUN_CONTRACTS_NODE"))
"""Whether what is missing fails: `.ci/run` says so, for there nothing may skip."""
LEAST_NODE = 20
LONGEST = 170
"""Seconds that a command of node may take."""
PACKED = ("schemas", "vectors", "npm")


def missing(reason: str) -> None:
    """Skip for want of node, npm or the registry, or fail where nothing may skip."""
    if MUST_RUN:
        pytest.fail(reason)
    pytest.skip(reason)


def need_node() -> None:
    """Skip unless a node that is new enough is here, and npm."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing("node and npm are not on the path")
    version = run(["node", "--version"], Path.cwd()).removeprefix("v")
    if int(version.partition(".")[0]) < LEAST_NODE:
        missing(f"node is {version.strip()}, and {LEAST_NODE} or later is needed")


def run(command: list[str], folder: Path, **environment: str) -> str:
    """Return what a command prints; it must succeed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "npm_config_update_notifier": "false", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def packed(folder: Path) -> Path:
    """Return the tarball that `npm pack` makes of the package, in a copy of what it is made of."""
    checkout = folder / "checkout"
    for name in PACKED:
        ignored = shutil.ignore_patterns("node_modules", "__pycache__")
        shutil.copytree(ROOT / name, checkout / name, ignore=ignored)
    shutil.copy(ROOT / "LICENSE", checkout)
    before = _files(checkout / "npm")
    name = run(["npm", "pack", "--silent", "--pack-destination", str(folder)], checkout / "npm")
    assert _files(checkout / "npm") == before, "what was copied was not taken away again"
    return folder / name.strip()


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def with_tools(folder: Path, tarball: Path) -> Path:
    """Return a folder with ajv, TypeScript and the packed package, or skip without a registry.

    The tools are those of the lock file, from npm's cache where it has them.
    """
    place = folder / "project"
    place.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(NPM / name, place)
    tools = subprocess.run(
        ["npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    if tools.returncode:
        missing(f"npm cannot install ajv and TypeScript: {tools.stderr.strip()[-300:]}")
    # The package itself is of another name than what it is tried in.
    (place / "package.json").write_text('{"private": true, "type": "module"}', encoding="utf-8")
    with tarfile.open(tarball) as archive:
        archive.extractall(place, filter="data")
    (place / "package").rename(place / "node_modules" / "run-contracts")
    return place


def passed(output: str) -> dict[str, Any]:
    """Return how many tests node ran, and how many of them passed, by its own summary."""
    lines = [line[2:].split(" ") for line in output.splitlines() if line.startswith("# ")]
    return {name[0]: int(name[1]) for name in lines if len(name) == 2 and name[1].isdecimal()}
