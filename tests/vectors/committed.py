"""The committed vectors as any reader finds them: files in a folder."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
VECTORS, SCHEMAS, NPM = ROOT / "vectors", ROOT / "schemas", ROOT / "npm"
EDITIONS = ("v1", "v2")


@cache
def document(name: str) -> Any:
    """Return a file of vectors, which tests only read."""
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def files(set_: str, edition: str) -> list[dict[str, Any]]:
    """Return the entries of the index for a set in an edition."""
    listed = document("index.json")["files"]
    return [one for one in listed if (one["set"], one["edition"]) == (set_, edition)]


@cache
def vectors(set_: str, edition: str) -> tuple[tuple[dict[str, Any], dict[str, Any]], ...]:
    """Return the vectors of a set, their long texts written out, each with its file's entry."""
    return tuple(
        (file, expanded(vector))
        for file in files(set_, edition)
        for vector in document(file["file"])["vectors"]
    )


def expanded(vector: dict[str, Any]) -> dict[str, Any]:
    """Return a vector with its long texts."""
    whole = json.loads(json.dumps(vector))
    for text in whole.pop("repeated", ()):
        steps = [one.replace("~1", "/").replace("~0", "~") for one in text["pointer"].split("/")]
        holder: Any = whole
        for step in steps[1:-1]:
            holder = holder[int(step) if isinstance(holder, list) else step]
        long = text["unit"] * (text["length"] // len(text["unit"]) + 1)
        last = int(steps[-1]) if isinstance(holder, list) else steps[-1]
        holder[last] = text["before"] + long[: text["length"]] + text["after"]
    return dict(whole)
