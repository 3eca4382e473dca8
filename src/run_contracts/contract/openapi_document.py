"""The OpenAPI document of an edition as one piece, for tools that take no folder of files."""

from __future__ import annotations

from functools import cache
from typing import Any

from run_contracts.contract.files import kinds, read_json

COMPONENTS = "#/components/schemas/"
SHARED_FILE, DEFINITIONS = "common", "$defs"
"""The file that holds nothing but parts of others, and where: each is a component, ``common.x``."""
OF_A_FILE = ("$schema", "$id")
"""What a schema says of itself as a file; a component of a document is none."""


@cache
def bundled(edition: str) -> dict[str, Any]:
    """Return the OpenAPI document with every schema file as a component of its own.

    Do not change it: it is shared. Every ``run.json#/x`` has become
    ``#/components/schemas/run/x``.

    >>> sorted(bundled("v1")["components"]["schemas"])[:2]
    ['assistant', 'common.function_call']
    """
    document: dict[str, Any] = _rewritten(read_json(f"{edition}/openapi.json"), None)
    schemas = {
        kind: _rewritten(read_json(f"{edition}/{kind}.json"), kind) for kind in kinds(edition)
    }
    parts = schemas.pop(SHARED_FILE)[DEFINITIONS]
    schemas |= {f"{SHARED_FILE}.{name}": part for name, part in parts.items()}
    document["components"]["schemas"] = schemas
    return document


def _rewritten(value: Any, home: str | None) -> Any:
    """Return a value whose references to files, and inside `home`, point into the document."""
    if isinstance(value, dict):
        return {
            name: _reference(item, home) if name == "$ref" else _rewritten(item, home)
            for name, item in value.items()
            if name not in OF_A_FILE
        }
    if isinstance(value, list):
        return [_rewritten(item, home) for item in value]
    return value


def _reference(reference: str, home: str | None) -> str:
    file, _, pointer = reference.partition("#")
    kind = file.removesuffix(".json") or home
    if kind == SHARED_FILE:
        pointer = pointer.replace(f"/{DEFINITIONS}/", ".", 1)
    return f"{COMPONENTS}{kind}{pointer}" if kind else reference
