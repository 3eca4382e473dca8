"""Values are made of any schema: by factories, by strategies, the plainest and the fullest."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from run_contracts import Contract, ContractError, load
from run_contracts.making.forms import Fields, Make
from run_contracts.making.generators.faker import faked
from run_contracts.making.generators.hypothesis import strategy_of
from run_contracts.making.generators.simplest import fullest, simplest
from run_contracts.making.parsing import form_of
from run_contracts.making.pruning import makeable
from tests.making.drawn_schemas import schemas

FEW = settings(
    max_examples=12,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
LEAVING_OUT = pytest.mark.filterwarnings("ignore::run_contracts.errors.LeftOutWarning")
"""A part that may be left out can be one of which nothing is known, as a time of one letter."""
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TREE = {
    "type": "object",
    "properties": {
        "value": {"type": "integer"},
        "left": {"anyOf": [{"$ref": "#/properties/x"}, {"type": "null"}]},
        "others": {"type": "array", "items": {"$ref": "#/properties/x"}},
    },
    "required": ["value", "left", "others"],
}


def contract_with(schema: Any) -> Contract:
    """Return a contract that has things, with one field of a schema."""
    whole = {"type": "object", "properties": {"x": schema}, "required": ["x"]}
    return load("v2").with_schema("thing", whole)


def form_with(schema: Any) -> Fields:
    """Return the form of an object with one field of a schema."""
    form = form_of(contract_with(schema), "thing")
    assert isinstance(form, Fields)
    return makeable(form)


def made(form: Fields) -> Iterator[Any]:
    """Yield what each generator makes of a field."""
    makes: tuple[Make, ...] = (simplest, fullest, *[faked(random.Random(7), "en_US")] * 5)
    yield from (make(form)["x"] for make in makes)
    drawn: list[Any] = []

    @FEW
    @given(strategy_of(form))
    def collect(value: Any) -> None:
        drawn.append(value["x"])

    collect()
    yield from drawn


def may_be(schema: Any) -> bool:
    """Say whether a schema allows anything, as far as merging its keywords tells."""
    whole = jsonschema_rs.canonicalize(schema).to_json_schema()
    return whole is not False and whole.get("not") != {}


def wrong(schema: Any, values: Iterable[Any]) -> list[Any]:
    """Return the values that a validator refuses, formats included."""
    contract = contract_with(schema)
    fast = jsonschema_rs.Draft202012Validator(
        contract.schema("thing"),
        registry=contract.resources,
        base_uri=contract.uri("thing"),
        validate_formats=True,
    )
    slow = contract.explainer("thing")
    said = json.dumps(schema)
    is_slow = not any(word in said for word in FAST_ONLY)
    return [
        value
        for value in values
        if not fast.is_valid({"x": value}) or (is_slow and not slow.is_valid({"x": value}))
    ]


FAST_ONLY = ('"format"', "(?<")
"""What jsonschema takes for an annotation, and what Python's regular expressions do not have."""


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^[a-z]{2}-[0-9]{4}$"},
        {"type": "string", "pattern": r"^\d+$", "minLength": 4, "maxLength": 6},
        {"type": "string", "pattern": r"^(?<area>\d{3})\s\w+$"},
        {"type": "string", "pattern": "[aeiou]", "minLength": 5},
        {"type": "string", "pattern": "^https://", "format": "uri"},
        {"type": "string", "pattern": "^[^/]*$", "maxLength": 3},
        {"type": "string", "format": "ipv4", "maxLength": 9},
        *({"type": "string", "format": word} for word in ("date-time", "date", "time", "duration")),
        *({"type": "string", "format": word} for word in ("email", "hostname", "ipv4", "ipv6")),
        *({"type": "string", "format": word} for word in ("uri", "uri-reference", "uuid", "regex")),
        {"allOf": [CITY, {"properties": {"zip": {"pattern": "^[0-9]{4}$"}}, "required": ["zip"]}]},
        {"allOf": [{"$ref": "common.json#/$defs/usage"}, CITY]},
        {"$ref": "common.json#/$defs/usage", "minProperties": 4},
        {"anyOf": [{"type": "integer"}, {"type": "null"}], "minimum": 1},
        {"oneOf": [{"type": "integer"}, {"type": "number"}]},
        {"oneOf": [CITY, {"type": "object", "required": ["zip"]}]},
        {"not": {"type": "null"}},
        {"type": "string", "not": {"enum": ["", "a"]}},
        {"type": "string", "not": {"pattern": "^a"}, "minLength": 1},
        {**CITY, "not": {"required": ["zip"]}},
        {"type": "array", "uniqueItems": True, "minItems": 3, "items": {"enum": [1, 2, 3]}},
        {"type": "array", "uniqueItems": True, "minItems": 3, "items": CITY},
        {"type": "array", "prefixItems": [True], "uniqueItems": True, "minItems": 4, "maxItems": 4},
        {
            "type": "array",
            "prefixItems": [{"enum": [1, 2]}, {"enum": [1, 2]}, {"enum": [1, 2, 3]}],
            "uniqueItems": True,
            "minItems": 3,
        },
        {
            "type": "array",
            "prefixItems": [{"enum": [1, 2, 7]}, {"type": "integer"}],
            "contains": {"const": 7},
            "maxItems": 2,
        },
        {"oneOf": [{"enum": [None, 1, 1.5]}, {"type": "number"}]},
        {"type": "array", "prefixItems": [{"type": "integer"}, CITY], "items": False},
        {"type": "array", "prefixItems": [{"const": 1}], "minItems": 3, "items": {"const": 2}},
        {"type": "array", "items": {"type": "integer"}, "contains": {"minimum": 7}},
        {"type": "array", "contains": CITY, "minContains": 2, "maxContains": 2},
        {"type": "integer", "multipleOf": 7, "minimum": 1, "exclusiveMaximum": 50},
        {"type": "integer", "multipleOf": 2.5},
        {"type": "number", "multipleOf": 0.25, "exclusiveMinimum": 0, "maximum": 1},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"type": "integer", "minimum": 2**60},
        {"type": "integer", "maximum": -(2**60)},
        {"enum": [0, 1]},
        {**CITY, "dependentRequired": {"zip": ["country"]}},
        {**CITY, "dependentSchemas": {"zip": {"properties": {"zip": {"type": "integer"}}}}},
        {
            "type": "object",
            "properties": {"kind": {"enum": ["card", "cash"]}, "number": {"pattern": "^[0-9]+$"}},
            "required": ["kind"],
            "if": {"properties": {"kind": {"const": "card"}}},
            "then": {"required": ["number"]},
            "else": {"properties": {"number": False}},
        },
        {"type": "object", "patternProperties": {"^x-": {"type": "integer"}}, "minProperties": 1},
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": False, "c": {"not": {}}},
            "propertyNames": {"pattern": "^[a-c]$|^bb"},
            "additionalProperties": {"type": "string"},
        },
        {"type": "object", "propertyNames": {"enum": ["a", "b"]}, "minProperties": 2},
        {"type": "object", "propertyNames": {"maxLength": 1}, "minProperties": 4},
        {"type": "object", "propertyNames": {"not": {"pattern": "^a"}}, "minProperties": 2},
        {
            "type": "object",
            "properties": {"ab": {"type": "integer"}, "zip": {"type": "integer"}},
            "propertyNames": {"anyOf": [{"const": "a"}, {"pattern": "^[bz]"}, {"enum": ["c"]}]},
            "minProperties": 4,
        },
        {
            "type": "object",
            "properties": {"a": {"pattern": "^x"}},
            "patternProperties": {"^[bx]": True},
            "additionalProperties": False,
            "minProperties": 1,
        },
        {"type": "object", "patternProperties": {"^x": {"type": "integer"}}, "minProperties": 3},
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}},
            "patternProperties": {"^x": {"type": "integer"}},
            "additionalProperties": {"type": "string"},
            "minProperties": 3,
        },
        {
            "type": "object",
            "properties": {"a": CITY, "b": CITY, "c": CITY},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        },
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"const": 1}},
            "additionalProperties": {"type": "string"},
            "minProperties": 3,
            "maxProperties": 3,
        },
        {"type": "object", "additionalProperties": {"format": "uuid"}, "maxProperties": 0},
        {"allOf": [CITY], "unevaluatedProperties": False},
        {"type": "object", "required": ["anything"]},
        {"minimum": 1, "minLength": 1},
        TREE,
    ],
    ids=json.dumps,
)
def test_what_is_made_is_of_its_schema(schema: Any) -> None:
    """Each keyword, alone and with others that it depends on."""
    values = list(made(form_with(schema)))
    assert len(values) > 7
    assert wrong(schema, values) == []


@LEAVING_OUT
@given(schemas())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_made_of_any_schema_validates(schema: Any) -> None:
    """Of a drawn schema either something is made, all of it valid, or the refusal is plain."""
    try:
        values = list(made(form_with(schema)))
    except (ContractError, Unsatisfiable):
        return
    assert wrong(schema, values) == []


def test_names_that_cannot_be_are_refused() -> None:
    """No object has three fields of one letter's names; it is said, not tried for ever."""
    names = {"type": "object", "propertyNames": {"pattern": "^[ab]$"}, "minProperties": 3}
    for make in (simplest, fullest, faked(random.Random(7), "en_US")):
        with pytest.raises(ContractError, match="no 3 fields were found that all differ"):
            make(form_with(names))


@LEAVING_OUT
def test_few_drawn_schemas_are_refused() -> None:
    """The property above is about nearly all of them: what is refused allows nothing."""
    counts = {True: 0, False: 0}

    @settings(FEW, max_examples=150)
    @given(schemas())
    def tally(schema: Any) -> None:
        try:
            simplest(form_with(schema))
        except ContractError:
            counts[False] += may_be(schema)
        else:
            counts[True] += 1

    tally()
    assert counts[True] > 4 * counts[False]


def test_a_schema_that_leads_back_to_itself_comes_to_an_end() -> None:
    """A tree is as small as may be, or a few levels deep."""
    form = form_with(TREE)
    assert simplest(form) == {"x": {"value": 0, "left": None, "others": []}}
    deep = fullest(form)
    assert deep["x"]["left"]["left"]["left"] == {"value": 0, "left": None, "others": []}
    assert deep["x"]["others"][0]["others"][0]["others"][0]["others"] == []


def test_fields_stand_in_the_order_in_which_they_are_written() -> None:
    """Also where keywords had to be merged first."""
    schema = {
        "allOf": [
            {"type": "object", "properties": {"zip": CITY, "city": CITY}},
            {"properties": {"area": CITY}},
        ]
    }
    assert list(fullest(form_with(schema))["x"]) == ["zip", "city", "area"]


def test_a_factory_makes_other_strings_of_a_pattern_each_time() -> None:
    """Letters and digits vary where the pattern leaves them free."""
    form = form_with({"type": "string", "pattern": "^cus_[A-Za-z0-9]{14}$"})
    make = faked(random.Random(1), "en_US")
    assert len({make(form)["x"] for _ in range(500)}) > 450


def test_strings_hold_no_half_of_a_surrogate_pair() -> None:
    """Every string can be sent as UTF-8, those of patterns included."""

    @settings(FEW, max_examples=200)
    @given(strategy_of(form_with({"type": "string", "pattern": "^.[^a]"})))
    def encodes(value: Any) -> None:
        value["x"].encode()

    encodes()
