"""The refusals of bodies that break their schema, in the words of the protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from run_contracts.server.requests.refusal import Refusal, unsupported

if TYPE_CHECKING:
    import jsonschema_rs

GIVEN = {
    bool: "a boolean",
    int: "an integer",
    float: "a decimal number",
    str: "a string",
    list: "an array",
    dict: "an object",
    type(None): "null",
}
WANTED = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "number": "a decimal number",
    "object": "an object",
    "string": "a string",
}
SIZES = {
    "MaxLength": ("string", "long", "maximum length", "string_above_max_length"),
    "MinLength": ("string", "short", "minimum length", "string_below_min_length"),
    "MaxItems": ("array", "long", "maximum length", "array_above_max_length"),
    "MinItems": ("array", "short", "minimum length", "array_below_min_length"),
}
CHOICES = ("AnyOf", "OneOfNotValid")


def refusal_of(error: jsonschema_rs.ValidationError) -> Refusal:
    """Return the refusal that says what is wrong with a body; of several ways the likeliest."""
    if _kind(error) not in CHOICES:
        return _plain(error)
    branches = [branch for branch in _branches(error) if not _is_only_null(branch)]
    fitting = [one for one in branches if not _errors_of_type(one, error)]
    if not fitting:
        wanted = [kind for branch in branches for one in branch for kind in _types(one)]
        return _wrong_type(error, wanted)
    likely = [branch for branch in fitting if not any(_names_other(one, error) for one in branch)]
    if likely:
        return refusal_of(likely[0][0])
    others = [one for branch in fitting for one in branch if _names_other(one, error)]
    options = [option for one in others for option in _options(one)]
    return unsupported(_param(others[0]), others[0].instance, options)


def _branches(error: jsonschema_rs.ValidationError) -> Iterator[list[Any]]:
    """Yield what is wrong in each alternative, those of alternatives within included."""
    for branch in cast("Any", error.kind).context:
        if len(branch) == 1 and _kind(branch[0]) in CHOICES and _path(branch[0]) == _path(error):
            yield from _branches(branch[0])
        else:
            yield branch


def _errors_of_type(branch: list[Any], choice: jsonschema_rs.ValidationError) -> list[Any]:
    """Return the errors that say the value is of no type this alternative takes."""
    return [one for one in branch if _types(one) and _path(one) == _path(choice)]


def _names_other(
    error: jsonschema_rs.ValidationError, choice: jsonschema_rs.ValidationError
) -> bool:
    """Tell whether an error says that another alternative was named, itself or by its type."""
    here = _path(choice)
    return bool(_options(error)) and _path(error) in (here, [*here, "type"])


def _is_only_null(branch: list[Any]) -> bool:
    return len(branch) == 1 and _types(branch[0]) == ["null"]


def _plain(error: jsonschema_rs.ValidationError) -> Refusal:
    """Return the refusal for an error that has no alternatives."""
    kind, name, detail = _kind(error), _param(error), cast("Any", error.kind)
    if kind == "Required":
        full = _join(name, detail.property)
        return Refusal(
            f"Missing required parameter: '{full}'.", param=full, code="missing_required_parameter"
        )
    if kind == "AdditionalProperties":
        full = _join(name, detail.unexpected[0])
        return Refusal(f"Unknown parameter: '{full}'.", param=full, code="unknown_parameter")
    if kind == "Type":
        return _wrong_type(error, _types(error))
    if _options(error):
        return unsupported(name, error.instance, _options(error))
    if kind == "PropertyNames":
        return _plain_size(detail.error, name, "MaxLength")
    return _plain_size(error, name, kind)


def _plain_size(error: jsonschema_rs.ValidationError, name: str, kind: str) -> Refusal:
    """Return the refusal for something too long, too short, too large or too small."""
    value, limit = cast("Any", error.instance), getattr(error.kind, "limit", None)
    if kind in SIZES:
        noun, excess, bound, code = SIZES[kind]
        message = (
            f"{noun} too {excess}. Expected {WANTED[noun]} with {bound} {limit}, "
            f"but got {WANTED[noun]} with length {len(value)} instead."
        )
    elif kind == "MaxProperties":
        code = "object_above_max_properties"
        message = (
            f"object has too many properties. Expected at most {limit} properties, "
            f"but got {len(value)} instead."
        )
    elif kind in ("Maximum", "Minimum"):
        noun = "integer" if isinstance(value, int) else "decimal"
        word, bound, sign = ("above", "max", "<=") if kind == "Maximum" else ("below", "min", ">=")
        code = f"{noun}_{word}_{bound}_value"
        message = (
            f"{noun} {word} {bound}imum value. "
            f"Expected a value {sign} {limit}, but got {value} instead."
        )
    else:
        code, message = "invalid_value", "this value is not supported."
    return Refusal(f"Invalid '{name}': {message}", param=name, code=code)


def _wrong_type(error: jsonschema_rs.ValidationError, wanted: list[str]) -> Refusal:
    """Return the refusal for a value of the wrong JSON type; null is never what was missing."""
    names = dict.fromkeys(WANTED[kind] for kind in wanted if kind != "null")
    given = GIVEN[type(error.instance)]
    listed = " or ".join(names)
    listed = f"one of {listed}" if len(names) > 1 else listed
    param = _param(error)
    return Refusal(
        f"Invalid type for '{param}': expected {listed}, but got {given} instead.",
        param=param,
        code="invalid_type",
    )


def _kind(error: jsonschema_rs.ValidationError) -> str:
    return type(error.kind).__name__.removeprefix("ValidationErrorKind_")


def _types(error: jsonschema_rs.ValidationError) -> list[str]:
    return list(getattr(error.kind, "types", []))


def _options(error: jsonschema_rs.ValidationError) -> list[Any]:
    """Return the values an error says are allowed, if it is about those."""
    if _kind(error) == "Constant":
        return [cast("Any", error.kind).expected_value]
    return list(getattr(error.kind, "options", []))


def _path(error: jsonschema_rs.ValidationError) -> list[str | int]:
    return list(error.instance_path)


def _param(error: jsonschema_rs.ValidationError) -> str:
    """Return where a value stands, as the protocol writes it: ``tools[0].function.name``."""
    steps = (f"[{one}]" if isinstance(one, int) else f".{one}" for one in _path(error))
    return "".join(steps).lstrip(".")


def _join(name: str, field: str) -> str:
    return f"{name}.{field}" if name else field
