"""Schemas that hypothesis draws: every keyword that is understood, alone and with others."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]
PATTERNS = ("^[a-z]{2}-[0-9]{4}$", "^x", "y$", r"^\d+$", "[aeiou]", r"^(eu|us)-\w+$", "^[^/]*$")
FORMATS = ("date-time", "date", "time", "email", "uri", "uuid", "ipv4", "ipv6", "hostname")
NAMES = ("a", "b", "c")
FIELD_NAMES: tuple[Any, ...] = (
    *({"maxLength": 3}, {"maxLength": 1}, {"pattern": "^[a-c]"}, {"format": "uuid"}),
    *({"enum": ["a", "zip"]}, {"const": "b"}, {"type": "integer"}, False, True),
    {"anyOf": [{"const": "a"}, {"pattern": "^[bx]"}]},
    {"oneOf": [{"minLength": 3}, {"pattern": "^[bx]"}]},
    {"not": {"pattern": "^a"}},
    {"allOf": [{"minLength": 2}, {"not": {"const": "zip"}}]},
)


def bounded(least: str, most: str, bounds: st.SearchStrategy[Any]) -> st.SearchStrategy[Schema]:
    """Return the strategy of one bound, of both, or of none."""
    both = st.tuples(bounds, bounds).map(sorted)
    return both.flatmap(
        lambda pair: st.sampled_from(
            [{}, {least: pair[0]}, {most: pair[1]}, {least: pair[0], most: pair[1]}]
        )
    )


def merged(*parts: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    """Return the strategy of schemas with the keywords of several."""
    return st.tuples(*parts).map(lambda drawn: {k: v for part in drawn for k, v in part.items()})


def maybe(word: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Schema]:
    """Return the strategy of a keyword that is there or not."""
    return st.just({}) | values.map(lambda value: {word: value})


NUMBERS = merged(
    st.sampled_from([{"type": "integer"}, {"type": "number"}]),
    bounded("minimum", "maximum", st.integers(-50, 50))
    | bounded("exclusiveMinimum", "maximum", st.integers(-50, 10).map(lambda n: n * 3)),
    maybe("multipleOf", st.sampled_from([1, 2, 5, 0.5])),
)
STRINGS = st.one_of(
    merged(st.just({"type": "string"}), bounded("minLength", "maxLength", st.integers(0, 9))),
    st.sampled_from(PATTERNS).map(lambda pattern: {"type": "string", "pattern": pattern}),
    st.sampled_from(FORMATS).map(lambda name: {"type": "string", "format": name}),
)
WORDS = st.lists(st.sampled_from([None, True, 0, 1, "a", "b", 2.5]), min_size=1, max_size=3)
PLAIN = st.one_of(
    NUMBERS,
    STRINGS,
    WORDS.map(lambda words: {"enum": words}),
    st.sampled_from([{"type": "null"}, {"type": "boolean"}, {"const": {"k": [1]}}, True]),
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Schema]:
    """Return the strategy of objects, with what makes their fields depend on one another."""
    names = st.lists(st.sampled_from(NAMES), unique=True, max_size=2)
    return merged(
        st.just({"type": "object"}),
        maybe("properties", st.dictionaries(st.sampled_from(NAMES), inner, min_size=1)),
        maybe("required", names),
        maybe("additionalProperties", inner | st.just(value=False)),
        maybe("dependentRequired", st.dictionaries(st.sampled_from(NAMES), names, max_size=2)),
        bounded("minProperties", "maxProperties", st.integers(0, 3)),
        maybe("propertyNames", st.sampled_from(FIELD_NAMES)),
        maybe("patternProperties", st.dictionaries(st.sampled_from(("^[bx]", "y$", "^a")), inner)),
    )


def arrays(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Schema]:
    """Return the strategy of arrays."""
    return merged(
        st.just({"type": "array"}),
        maybe("items", inner),
        maybe("prefixItems", st.lists(inner, min_size=1, max_size=2)),
        maybe("uniqueItems", st.booleans()),
        bounded("minItems", "maxItems", st.integers(0, 4)),
        maybe("contains", inner),
    )


def combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Schema]:
    """Return the strategy of schemas that are said by means of others."""
    some = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        some.map(lambda parts: {"allOf": parts}),
        some.map(lambda parts: {"anyOf": parts}),
        some.map(lambda parts: {"oneOf": parts}),
        inner.map(lambda part: {"not": part}),
        merged(inner.filter(lambda one: isinstance(one, dict)), maybe("not", inner)),
        st.tuples(inner, inner, inner).map(
            lambda parts: dict(zip(("if", "then", "else"), parts, strict=True))
        ),
    )


def schemas() -> st.SearchStrategy[Any]:
    """Return the strategy of schemas, some of which allow nothing."""
    return st.recursive(
        PLAIN, lambda inner: objects(inner) | arrays(inner) | combined(inner), max_leaves=5
    )
