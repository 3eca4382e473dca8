"""Keywords of JSON Schema 2020-12: which are understood, and what may stand beside what.

Nothing is made from a schema that is only half read: every keyword is known, or refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from run_contracts.errors import ContractError

ANNOTATIONS = frozenset(
    {"$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples"}
    | {"deprecated", "readOnly", "writeOnly", "format"}
)
"""What says nothing of which values are allowed; a format is no assertion in 2020-12."""
KEYWORDS = {
    "null": frozenset[str](),
    "boolean": frozenset[str](),
    "integer": frozenset({"minimum", "maximum"}),
    "number": frozenset({"minimum", "maximum"}),
    "string": frozenset({"minLength", "maxLength"}),
    "array": frozenset({"items", "minItems", "maxItems"}),
    "object": frozenset(
        {"properties", "required", "additionalProperties", "propertyNames"}
        | {"minProperties", "maxProperties"}
    ),
}
"""What may stand beside each type."""
WHOLE_SCHEMA = ("$ref", "const", "anyOf", "oneOf", "enum")
"""Keywords that say by themselves what a value is; only type may stand beside the last."""
KNOWN_KEYWORDS = frozenset({"type", *WHOLE_SCHEMA}).union(*KEYWORDS.values())
PYTHON_TYPES = {
    "null": type(None),
    "boolean": bool,
    "string": str,
    "array": list,
    "object": dict,
    "integer": int,
    "number": (int, float),
}
"""What a value of each type is in Python."""


def types_of(schema: Mapping[str, Any], where: str) -> list[str]:
    """Return the types a schema allows; the one its keywords speak of, if it names none."""
    given = schema.get("type")
    types = [given] if isinstance(given, str) else list(given or ())
    spoken = [kind for kind, words in KEYWORDS.items() if words & schema.keys()]
    if not types:
        types = [kind for kind in spoken if kind != "integer"]
        if len(types) > 1:
            raise ContractError(
                f"{where}: its keywords speak of {' and '.join(types)}; give it a type"
            )
    allowed = ANNOTATIONS.union({"type"}, *(KEYWORDS.get(kind, ()) for kind in types))
    # A keyword of another type says nothing, but only if it is known to be one.
    _only(schema, allowed | KNOWN_KEYWORDS.difference(WHOLE_SCHEMA), where, "here")
    return types


def must_stand_alone(schema: Mapping[str, Any], keyword: str, where: str) -> None:
    """Refuse what stands beside a keyword that says everything by itself."""
    beside = {"type"} if keyword in ("const", "enum") else set()
    _only(schema, ANNOTATIONS | beside | {keyword}, where, f"beside {keyword}")


def _only(schema: Mapping[str, Any], allowed: frozenset[str], where: str, place: str) -> None:
    """Raise `ContractError` for the first keyword that is not allowed in a place."""
    for keyword in schema:
        if keyword not in allowed and not keyword.startswith("x-"):
            raise ContractError(
                f"{where}: keyword {keyword!r} is not understood {place}; nothing is made from a "
                "schema that is only half read. Understood are "
                f"{', '.join(sorted(KNOWN_KEYWORDS))}"
            )


def is_of_type(value: Any, types: set[str]) -> bool:
    """Say whether a value is of one of these JSON types; True is no integer."""
    if isinstance(value, bool):
        return "boolean" in types
    return any(isinstance(value, PYTHON_TYPES[kind]) for kind in types)  # type: ignore[arg-type]
