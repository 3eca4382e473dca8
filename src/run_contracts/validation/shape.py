"""Shape: departures of a value from its kind's JSON Schema, as violations of requirements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import EVERY_OTHER, ITEM_KINDS, Requirement
from run_contracts.errors import HarnessError
from run_contracts.validation.departures import Departure, Path, at, departures
from run_contracts.validation.found import MISSING
from run_contracts.validation.violation import Violation, broken, token

THE_VALUE = ""


def shape_violations(value: Any, kind: str, contract: Contract) -> Iterator[Violation]:
    """Yield every departure of a value from its kind's schema, in the order of the value."""
    for departure in departures(value, kind, contract):
        actual: Any = at(value, departure.path)
        if kind in ITEM_KINDS and _is_item(departure.path, actual):
            continue
        path = departure.path
        code, parameters = code_of(departure)
        if departure.missing is not None:
            path, actual = (*path, departure.missing), MISSING
        rule = _requirement(contract, kind, path, departure, actual)
        pointer = "".join(map(token, path))
        yield broken(rule, pointer, actual, code, **parameters)


def rule_for(kind: str, contract: Contract, field: str) -> Requirement | None:
    """Return the requirement on a field's form: its own, else the one for every other field."""
    by_field = _form_rules(kind, contract)
    return by_field.get(field) or by_field.get(EVERY_OTHER)


@lru_cache(maxsize=256)
def _form_rules(kind: str, contract: Contract) -> Mapping[str, Requirement]:
    """Return the requirements on the form of one field, by field."""
    by_field: dict[str, Requirement] = {}
    for rule in contract.register.on(kind):
        if rule.judge == "schema" and rule.keyword is None:
            by_field.setdefault(rule.fields[0], rule)
    return by_field


def _requirement(
    contract: Contract, kind: str, path: Path, departure: Departure, actual: Any
) -> Requirement:
    """Return the requirement a departure breaks: one for the keyword first, then the field's.

    What is no word at all does not break the rule on which words there are.
    """
    field = _field_of(kind, path)
    is_word = departure.keyword != "enum" or isinstance(actual, str)
    for rule in contract.register.on(kind):
        if rule.keyword in departure.walked and rule.fields == (field,) and is_word:
            return rule
    form_rule = rule_for(kind, contract, field) or rule_for(kind, contract, THE_VALUE)
    if form_rule is None:
        raise HarnessError(f"no requirement speaks of field {field!r} of a {kind}")
    return form_rule


def _field_of(kind: str, path: Path) -> str:
    """Return the field a path leads through; inside an error envelope that is the second step."""
    steps = path[1:] if kind == "error" else path
    return str(steps[0]) if steps else THE_VALUE


def code_of(departure: Departure) -> tuple[str, dict[str, Any]]:
    """Return how a schema is departed from: the code, and its parameters."""
    keyword, wanted = departure.keyword, departure.wanted
    if departure.missing is not None:
        fields = departure.schema.get("properties", {})
        return "missing", {"form": _form(fields.get(departure.missing, {}))}
    if keyword in BOUNDS:
        code, unit = BOUNDS[keyword]
        return code, {"bound": wanted, "unit": unit}
    return _code_of_keyword(keyword, wanted)


def _code_of_keyword(keyword: str, wanted: Any) -> tuple[str, dict[str, Any]]:
    match keyword, wanted:
        case (("anyOf" | "oneOf"), [*branches]):
            return "form", {"forms": [_form(branch) for branch in branches]}
        case "type", _:
            return "type", {"types": [wanted] if isinstance(wanted, str) else wanted}
        case ("const", value) | ("enum", [value]):
            return "const", {"value": value}
        case "enum", _:
            return "enum", {"values": wanted}
        case "additionalProperties", _:
            return "undeclared", {}
    return "keyword", {"keyword": keyword, "wanted": str(wanted)}


BOUNDS = {
    f"{end}{what}": (code, unit)
    for end, code in (("max", "too-many"), ("min", "too-few"))
    for what, unit in {
        "imum": "",
        "Length": " characters",
        "Items": " items",
        "Properties": " pairs",
    }.items()
}
"""The keywords that bound something, with their code and the unit of the bound."""


def _form(schema: Any) -> str:
    """Return a schema in a few words, for a field that is missing or fits no branch."""
    match schema:
        case {"const": value} | {"enum": [value]}:
            return str(value)
        case {"enum": values}:
            return f"one of {', '.join(map(str, values))}"
        case {"type": types}:
            return types if isinstance(types, str) else " or ".join(types)
        case {"$ref": reference}:
            name = reference.rsplit("/", 1)[-1].removesuffix(".json").replace("_", " ")
            return f"an {name}" if name.startswith(("a", "e", "i", "o")) else f"a {name}"
        case {"anyOf": branches} | {"oneOf": branches}:
            return " or ".join(_form(branch) for branch in branches)
    return "a value"


def _is_item(path: Path, actual: Any) -> bool:
    """Say whether a departure of a list lies inside one of its items; what is no object is none."""
    is_bare = len(path) == len(("data", 0)) and not isinstance(actual, dict)
    return len(path) > 1 and path[0] == "data" and not is_bare
