"""The npm package as its users have it: installed from its tarball, read by ajv and TypeScript."""

from __future__ import annotations

import json
import shutil
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.committed import NPM, ROOT, SCHEMAS, VECTORS
from tests.vectors.node import need_node, packed, passed, run, with_tools

MOST_BYTES = 600_000
"""Bytes of the tarball at most."""
EXAMPLE = ROOT / "examples" / "typescript"
IMPORTING = """
import * as contract from "run-contracts";
import cases from "run-contracts/vectors/v2/edge-cases/run.json" with { type: "json" };
import schema from "run-contracts/schemas/v2/run.json" with { type: "json" };
import { expanded } from "run-contracts/expanded";
const { readFileSync } = await import("node:fs");
const rules = new URL(import.meta.resolve("run-contracts/schemas/requirements.toml"));
console.log(JSON.stringify({
  files: contract.index().files.length,
  imported: cases.vectors.length,
  read: contract.edgeCases("v2", "run").length,
  id: schema.$id,
  huge: contract.edgeCases("v2", "run").find((one) => one.id.endsWith("instructions-huge"))
    .value.instructions.length,
  rules: readFileSync(rules, "utf8").includes("RUN-LIFE-001"),
  expanded: expanded({ repeated: [
    { pointer: "/value/a~1b/1", before: "<", unit: "xy", length: 5, after: ">" },
  ], value: { "a/b": ["", ""] } }),
}));
"""


@pytest.fixture(scope="session")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the packed package."""
    need_node()
    return packed(tmp_path_factory.mktemp("packed"))


@pytest.fixture(scope="session")
def project(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the package, and the tools that it is tried with."""
    return with_tools(tmp_path_factory.mktemp("tools"), tarball)


def _package() -> Any:
    return json.loads((NPM / "package.json").read_text(encoding="utf-8"))


def test_the_package_is_of_the_version_of_the_project() -> None:
    """Both are released together."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = json.loads((NPM / "package-lock.json").read_text(encoding="utf-8"))
    assert (_package()["name"], _package()["version"]) == (project["name"], project["version"])
    assert lock["packages"][""]["devDependencies"] == _package()["devDependencies"]
    assert lock["packages"][""]["version"] == _package()["version"]


def test_nothing_runs_when_the_package_is_installed_and_nothing_comes_with_it() -> None:
    """No script of npm's that an install calls, and no dependency."""
    assert not {"install", "preinstall", "postinstall", "prepare"} & _package()["scripts"].keys()
    assert not [name for name in _package() if name.lower().endswith("dependencies")][1:]
    assert "dependencies" not in _package()


def test_the_tarball_holds_the_contract_and_the_vectors_as_they_are(tarball: Path) -> None:
    """Every file of data, to the byte, and no code of Python."""
    with tarfile.open(tarball) as archive:
        members = [one for one in archive.getmembers() if one.isfile()]
        held = {one.name: archive.extractfile(one).read() for one in members}  # type: ignore[union-attr]
    for folder in (SCHEMAS, VECTORS):
        for path in [*folder.rglob("*.json"), *folder.rglob("*.toml")]:
            name = f"package/{folder.name}/{path.relative_to(folder)}"
            assert held[name] == path.read_bytes()
    assert {"package/LICENSE", "package/README.md", "package/index.js"} <= held.keys()
    assert not [name for name in held if name.endswith((".py", ".pyc")) or "test" in name]
    assert tarball.stat().st_size < MOST_BYTES


def test_the_tarball_is_installed_offline_into_an_empty_folder(
    tarball: Path, tmp_path: Path
) -> None:
    """And what it exports can be imported there."""
    (tmp_path / "package.json").write_text('{"private": true}', encoding="utf-8")
    cache = str(tmp_path / "no-cache")
    run(["npm", "install", "--offline", "--cache", cache, "--no-audit", str(tarball)], tmp_path)
    assert [one.name for one in (tmp_path / "node_modules").iterdir() if one.is_dir()] == [
        "run-contracts"
    ]
    (tmp_path / "importing.mjs").write_text(IMPORTING, encoding="utf-8")
    seen = json.loads(run(["node", "importing.mjs"], tmp_path))
    assert seen["files"] == len(json.loads((VECTORS / "index.json").read_text())["files"])
    assert 0 < seen["imported"] < seen["read"]
    assert seen["id"] == "https://run-contracts.invalid/1/v2/run.json"
    assert seen["huge"] == 256_000
    assert seen["rules"] is True
    assert seen["expanded"] == {"value": {"a/b": ["", "<xyxyx>"]}}


@pytest.mark.slow
def test_strict_ajv_takes_every_schema_and_says_of_vectors_what_is_said_of_them(
    project: Path,
) -> None:
    """Without a warning, and with formats."""
    shutil.copytree(NPM / "test", project / "test")
    done = passed(run(["node", "--test", "test/"], project))
    assert done["pass"] == done["tests"] >= 14
    assert done["skipped"] == done["fail"] == 0


@pytest.mark.slow
def test_the_example_in_typescript_is_of_strict_types_and_holds(project: Path) -> None:
    """It reads the package, judges by ajv, and drives its own parser of runs."""
    shutil.copytree(EXAMPLE, project / "example", ignore=shutil.ignore_patterns("built"))
    tsc = str(project / "node_modules" / ".bin" / "tsc")
    run([tsc, "--strict"], project / "example")
    done = passed(run(["node", "--test", "built/test/"], project / "example"))
    assert done["pass"] == done["tests"] >= 11
    assert done["skipped"] == done["fail"] == 0


USES = {
    'const one: string = edgeCases("v2", "run")[0]!.id;': True,
    'const one: number = edgeCases("v2", "run")[0]!.id;': False,
    'edgeCases("v3");': False,
    'for (const { broken } of nearMisses("v1")) broken.requirement satisfies string;': True,
    'for (const { broken } of histories("v1")) broken.requirement;': False,
    'for (const { refused } of requests("v2")) refused?.status satisfies number | undefined;': True,
    'edgeCases("v2")[0]!.value = {};': False,
}


@pytest.mark.slow
def test_the_declared_types_allow_what_is_right_and_refuse_what_is_wrong(project: Path) -> None:
    """Under `tsc --strict`, each use in a file of its own."""
    place = project / "uses"
    place.mkdir()
    names = "edgeCases, histories, nearMisses, requests"
    for at, use in enumerate(USES):
        text = f'import {{ {names} }} from "run-contracts";\nvoid [{names}];\n{use}\nexport {{}};\n'
        (place / f"use{at}.mts").write_text(text, encoding="utf-8")
    tsc = str(project / "node_modules" / ".bin" / "tsc")
    options = ["--strict", "--noEmit", "--module", "nodenext", "--skipLibCheck", "false"]
    right = [f"use{at}.mts" for at, holds in enumerate(USES.values()) if holds]
    run([tsc, *options, "--types", "node", *right], place)
    wrong = [f"use{at}.mts" for at, holds in enumerate(USES.values()) if not holds]
    with pytest.raises(AssertionError) as refused:
        run([tsc, *options, "--types", "node", *wrong], place)
    assert [name for name in wrong if f"{name}(3," not in str(refused.value)] == []
