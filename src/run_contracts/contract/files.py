"""Where the contract data lies, and how a file of it is read.

The data is the top-level `schemas/` directory. A wheel carries it inside the package; a checkout
and an editable install have it beside `src/`.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from run_contracts.errors import ContractError


@cache
def root() -> Path:
    """Return the directory that holds the contract data; raise `ContractError` if it is missing."""
    package = Path(__file__).parents[1]
    for place in (package / "schemas", package.parents[1] / "schemas"):
        if (place / "requirements.toml").is_file():
            return place
    raise ContractError(
        f"the contract data is missing: no schemas/requirements.toml under {package} or beside "
        "src/; install the package again"
    )


def read_toml(name: str) -> dict[str, Any]:
    """Return the content of a TOML file of the contract data, e.g. ``lifecycle.toml``."""
    try:
        return tomllib.loads(read_text(name))
    except tomllib.TOMLDecodeError as error:
        raise ContractError(f"schemas/{name} cannot be read: {error}") from error


def read_json(name: str) -> Any:
    """Return the content of a JSON file of the contract data, e.g. ``v2/run.json``."""
    try:
        return json.loads(read_text(name))
    except ValueError as error:
        raise ContractError(f"schemas/{name} cannot be read: {error}") from error


def read_text(name: str) -> str:
    """Return the text of a file of the contract data; raise `ContractError` if there is none."""
    try:
        return (root() / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"schemas/{name} cannot be read: {error}") from error


def kinds(edition: str) -> list[str]:
    """Return the kinds that have a schema in an edition, e.g. ``["assistant", "common", ...]``."""
    names = (path.stem for path in (root() / edition).glob("*.json"))
    return sorted(name for name in names if name != "openapi")
