"""Shape: what JSON Schema finds wrong with a value, as violations of requirements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import EVERY_OTHER, Requirement, register
from run_contracts.errors import HarnessError
from run_contracts.validation.violation import MISSING, Violation, token

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

THE_VALUE = ""
ITEM_KINDS = {"run_list": "run", "run_step_list": "run_step", "message_list": "message"}
"""The kinds of lists, which share the requirements of ``list``, and the kinds of their items."""


def shape_violations(value: Any, kind: str, contract: Contract) -> Iterator[Violation]:
    """Yield every departure of a value from its kind's schema, in the order of the value."""
    errors = (_leaf(error) for error in contract.explainer(kind).iter_errors(value))
    for error in sorted(errors, key=lambda error: [str(step) for step in error.absolute_path]):
        if kind in ITEM_KINDS and _is_item(error):
            continue
        for path, actual, expected in _departures(error):
            rule = _requirement(contract.edition, kind, path, error)
            yield Violation(
                requirement=rule.id,
                level=rule.level,
                pointer="".join(token(step) for step in path),
                found=actual,
                expected=expected,
            )


def field_of(kind: str, path: Sequence[str | int]) -> str:
    """Return the field a path leads through; inside an error envelope that is the second step."""
    steps = path[1:] if kind == "error" else path
    return str(steps[0]) if steps else THE_VALUE


def rules_on(kind: str, edition: str) -> tuple[Requirement, ...]:
    """Return the requirements that speak of values of a kind; lists of all kinds share theirs."""
    return register(edition).on("list" if kind in ITEM_KINDS else kind)


def rule_for(kind: str, edition: str, field: str) -> Requirement | None:
    """Return the requirement on a field's form: its own, else the one for every other field."""
    by_field = _form_rules(kind, edition)
    return by_field.get(field) or by_field.get(EVERY_OTHER)


@cache
def _form_rules(kind: str, edition: str) -> dict[str, Requirement]:
    """Return the requirements on the form of one field, by field."""
    by_field: dict[str, Requirement] = {}
    for rule in rules_on(kind, edition):
        if len(rule.fields) == 1 and is_form_rule(rule):
            by_field.setdefault(rule.fields[0], rule)
    return by_field


def is_form_rule(rule: Requirement) -> bool:
    """Say whether a requirement is about the form of one field, judged by the schema alone."""
    special = rule.keyword or rule.expect or rule.prefix
    return not special and rule.area in FORM_AREAS and rule.id not in ARITHMETIC


FORM_AREAS = frozenset({"shape", "list", "step", "object", "error"})
ARITHMETIC = frozenset(f"RUN-STEP-{number:03}" for number in (20, 21, 22, 26, 27, 35))


def _requirement(
    edition: str, kind: str, path: Sequence[str | int], error: ValidationError
) -> Requirement:
    """Return the requirement a departure breaks: one for the keyword first, then the field's."""
    field = field_of(kind, path)
    walked = {str(step) for step in error.absolute_schema_path}
    for rule in rules_on(kind, edition):
        if rule.keyword in walked and rule.fields == (field,):
            return rule
    form_rule = rule_for(kind, edition, field) or rule_for(kind, edition, THE_VALUE)
    if form_rule is None:
        raise HarnessError(f"no requirement speaks of field {field!r} of a {kind}")
    return form_rule


def _departures(error: ValidationError) -> Iterator[tuple[list[str | int], Any, str]]:
    """Yield path, what was found and what was expected; one for each missing field."""
    path = list(error.absolute_path)
    if error.validator == "required":
        name = error.message.split("'")[1]
        schema = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        yield [*path, name], MISSING, _form(schema.get(name, {}))
    else:
        yield path, error.instance, _expected(error)


def _leaf(error: ValidationError) -> ValidationError:
    """Return the error inside a union that says most: that of the branch the value is meant for.

    A branch for another JSON type was not meant; of the others, the one with the same
    discriminating word is. Where several are left, the union itself is the error.
    """
    while error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.relative_schema_path[0], []).append(inner)
        meant = list(branches.values())
        for is_other in (_is_of_other_type, _is_other_word):
            if len(meant) > 1:
                meant = [errors for errors in meant if not any(map(is_other, errors))]
        if len(meant) != 1:
            break
        error = meant[0][0]
    return error


def _is_of_other_type(error: ValidationError) -> bool:
    """Say whether a branch of a union is for another JSON type than the value's."""
    return not error.relative_path and error.validator in ("type", "enum", "const")


def _is_other_word(error: ValidationError) -> bool:
    """Say whether a branch of a union is for values whose `type` is another word."""
    return list(error.relative_path) == ["type"] and error.validator in ("const", "enum")


def _expected(error: ValidationError) -> str:
    """Return in words what would have been right."""
    keyword, wanted = str(error.validator), cast("Any", error.validator_value)
    if keyword in ("oneOf", "anyOf"):
        return " or ".join(_form(branch) for branch in wanted)
    if keyword in ("type", "enum", "const"):
        return _form({keyword: wanted})
    if keyword.startswith(("max", "min")):
        bound = "most" if keyword.startswith("max") else "least"
        return f"at {bound} {wanted}{_unit(keyword)}"
    if keyword == "additionalProperties":
        return "no other field than the declared ones"
    return f"what {keyword} asks: {wanted}"


_UNITS = {"Length": " characters", "Items": " items", "Properties": " pairs"}


def _unit(keyword: str) -> str:
    return next((unit for ending, unit in _UNITS.items() if keyword.endswith(ending)), "")


def _types(wanted: str | list[str]) -> str:
    return " or ".join([wanted] if isinstance(wanted, str) else wanted)


def _words(values: list[Any]) -> str:
    shown = [str(value) for value in values]
    return shown[0] if len(shown) == 1 else f"one of {', '.join(shown)}"


def _form(schema: Any) -> str:
    """Return a schema in a few words, for a field that is missing or fits no branch."""
    match schema:
        case {"const": value}:
            return str(value)
        case {"enum": values}:
            return _words(values)
        case {"type": types}:
            return _types(types)
        case {"$ref": reference}:
            return f"a {reference.rsplit('/', 1)[-1].removesuffix('.json').replace('_', ' ')}"
        case {"anyOf": branches} | {"oneOf": branches}:
            return " or ".join(_form(branch) for branch in branches)
    return "a value"


def _is_item(error: ValidationError) -> bool:
    """Say whether a list's error lies inside one of its items; what is no object is none."""
    path = list(error.absolute_path)
    return len(path) > 1 and path[0] == "data" and not _is_bare(error)


def _is_bare(error: ValidationError) -> bool:
    """Say whether an item of a list is no object at all, a bare id for example."""
    return len(error.absolute_path) == len(("data", 0)) and not isinstance(error.instance, dict)
