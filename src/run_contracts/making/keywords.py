"""Keywords of JSON Schema 2020-12: which are understood, and which are read as they stand.

Nothing is made from a schema that is only half read: every keyword is known, or refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ANNOTATIONS = frozenset(
    {"$schema", "$id", "$anchor", "$comment", "$defs", "$vocabulary", "title", "description"}
    | {"default", "examples", "deprecated", "readOnly", "writeOnly"}
    | {"contentEncoding", "contentMediaType", "contentSchema"}
)
"""What says nothing of which values are allowed."""
KEYWORDS = {
    "null": frozenset[str](),
    "boolean": frozenset[str](),
    "integer": frozenset(
        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    ),
    "number": frozenset(
        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    ),
    "string": frozenset({"minLength", "maxLength", "pattern", "format"}),
    "array": frozenset({"items", "prefixItems", "minItems", "maxItems", "uniqueItems"}),
    "object": frozenset(
        {"properties", "required", "additionalProperties", "propertyNames"}
        | {"minProperties", "maxProperties"}
    ),
}
"""What may stand beside each type and is read as it stands."""
WHOLE_SCHEMA = ("$ref", "const", "anyOf", "oneOf", "enum")
"""Keywords that say by themselves what a value is; what stands beside them is merged with them."""
LEFT_OVER = frozenset({"allOf", "not", "oneOf", "patternProperties"})
"""Keywords that a normal form may still have where no plainer one says the same."""
TRIED = LEFT_OVER - {"patternProperties"}
"""Keywords that say nothing of how a value is made."""
CONTAINED = frozenset({"contains", "minContains", "maxContains"})
MERGED = LEFT_OVER | CONTAINED | {"if", "then", "else", "dependentRequired", "dependentSchemas"}
MERGED |= {"unevaluatedItems", "unevaluatedProperties"}
"""Keywords that a schema is rid of before it is read, as far as can be."""
KNOWN_KEYWORDS = MERGED.union({"type"}, WHOLE_SCHEMA, *KEYWORDS.values())
ONE_SCHEMA = frozenset(
    {"items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else"}
    | {"unevaluatedItems", "unevaluatedProperties"}
)
LISTED_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
NAMED_SCHEMAS = frozenset({"properties", "patternProperties", "dependentSchemas"})
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


def words_of_schema(schema: Mapping[str, Any]) -> set[str]:
    """Return the keywords of a schema that say which values are allowed."""
    return {word for word in schema.keys() - ANNOTATIONS if not word.startswith("x-")}


def types_of(schema: Mapping[str, Any]) -> list[str]:
    """Return the types a schema allows; those its keywords speak of, if it names none.

    >>> types_of({"minLength": 1})
    ['string']
    """
    given = schema.get("type")
    if given is not None:
        return [given] if isinstance(given, str) else list(given)
    spoken = (kind for kind, words in KEYWORDS.items() if words & schema.keys())
    return [kind for kind in spoken if kind != "integer"]


def is_plain(schema: Mapping[str, Any]) -> bool:
    """Say whether a schema can be read as it stands, keyword by keyword.

    >>> is_plain({"type": "string", "maxLength": 3}), is_plain({"type": "string", "not": {}})
    (True, False)
    """
    words = words_of_schema(schema)
    whole = words.intersection(WHOLE_SCHEMA)
    if words & MERGED - {"oneOf"}:
        return False
    if whole:
        beside = {"type"} if whole & {"const", "enum"} else set()
        return len(whole) == 1 and not words - whole - beside
    return "type" in words or len(types_of(schema)) <= 1


def unknown_keyword(schema: Any) -> str | None:
    """Return a keyword in a schema, at any depth, that is not understood; None if there is none."""
    if not isinstance(schema, Mapping):
        return None
    unknown = sorted(words_of_schema(schema) - KNOWN_KEYWORDS)
    inner = (word for part in _inner(schema) if (word := unknown_keyword(part)) is not None)
    return next(iter(unknown), None) or next(inner, None)


def _inner(schema: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the schemas inside a schema."""
    for word, value in schema.items():
        if word in ONE_SCHEMA:
            yield value
        elif word in LISTED_SCHEMAS:
            yield from value
        elif word in NAMED_SCHEMAS:
            yield from value.values()


def is_of_type(value: Any, types: set[str]) -> bool:
    """Say whether a value is of one of these JSON types; True is no integer, 1.0 is one."""
    if isinstance(value, bool):
        return "boolean" in types
    if "integer" in types and isinstance(value, float) and value.is_integer():
        return True
    return any(isinstance(value, PYTHON_TYPES[kind]) for kind in types)  # type: ignore[arg-type]
