"""What an installation brings: packages and MiB, of the core and with each extra.

``python -m benchmarks sizes [EXTRA ...] [--of CHECKOUT]`` installs each into a fresh environment.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.comparison.installs import of_pip

HERE = Path(__file__).parents[1]
FOR_DEVELOPERS = {"test", "docs", "bench", "dev"}
OF_THE_ENVIRONMENT = ("pip", "setuptools")
"""What a new environment may have before anything is installed."""
MIB = 1024**2


def measure(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks sizes")
    parser.add_argument("extras", nargs="*", help="which; without any, the core and those of users")
    parser.add_argument("--of", type=Path, default=HERE, help="another checkout of the project")
    asked = parser.parse_args(arguments)
    print(f"  {'':<12}{'packages':>10}{'MiB':>8}{'without .pyc':>14}")
    for extra in asked.extras or ["", *_extras(asked.of)]:
        with TemporaryDirectory() as folder:
            wanted = f"{asked.of.resolve()}[{extra}]" if extra else str(asked.of.resolve())
            python = of_pip(Path(folder), (wanted,))
            packages, size, sources = _counted(python)
        name = extra or "core"
        print(f"  {name:<12}{packages:>10}{size / MIB:>8.0f}{sources / MIB:>14.0f}", flush=True)


def _extras(checkout: Path) -> Iterator[str]:
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return (one for one in project["optional-dependencies"] if one not in FOR_DEVELOPERS)


def _counted(python: Path) -> tuple[int, int, int]:
    """Return how many packages an environment has, their bytes, and those without compiled ones."""
    words = [str(python), "-m", "pip", "--disable-pip-version-check"]
    listed = subprocess.run(
        [*words, "list", "--format=json"], check=True, capture_output=True, text=True
    )
    packages = [one for one in json.loads(listed.stdout) if one["name"] not in OF_THE_ENVIRONMENT]
    (installed,) = python.parents[1].glob("lib/python*/site-packages")
    files = [path for path in _brought(installed) if path.is_file()]
    sizes = {path: path.stat().st_blocks * 512 for path in files}
    compiled = sum(size for path, size in sizes.items() if path.suffix == ".pyc")
    return len(packages), sum(sizes.values()), sum(sizes.values()) - compiled


def _brought(installed: Path) -> Iterator[Path]:
    for path in installed.iterdir():
        if not path.name.startswith(OF_THE_ENVIRONMENT):
            yield from path.rglob("*") if path.is_dir() else (path,)
