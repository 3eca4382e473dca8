"""Reading requests: JSON, the request schemas, the query of a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from run_contracts.body import read_json
from run_contracts.contract import Contract
from run_contracts.errors import UnreadableBody
from run_contracts.server.refusal import Refusal

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

LARGEST_PAGE = 100
DEFAULT_PAGE = 20
JSON_NAMES = {
    bool: "a boolean",
    int: "an integer",
    float: "a decimal number",
    str: "a string",
    list: "an array",
    dict: "an object",
    type(None): "null",
}
ARTICLES = {"null": "null", "integer": "an integer", "array": "an array", "object": "an object"}


def parsed(data: bytes, kind: str, contract: Contract, *, required: bool = True) -> dict[str, Any]:
    """Return a request's body; raise `Refusal` if it is not JSON or breaks its schema."""
    if not data.strip() and not required:
        return {}
    try:
        body = read_json(data)
    except UnreadableBody as error:
        raise Refusal(f"We could not parse the JSON body of your request: {error}.") from None
    if not body.is_json:
        reason = body.violations[0].expected.partition("; ")[2]
        raise Refusal(f"We could not parse the JSON body of your request: {reason}.")
    if not isinstance(body.value, dict):
        raise Refusal("The body of your request must be a JSON object.", code="invalid_type")
    _conform(body.value, kind, contract)
    return body.value


def _conform(value: dict[str, Any], kind: str, contract: Contract) -> None:
    """Raise the refusal for the first thing in which a body breaks its schema."""
    try:
        if contract.validator(kind).is_valid(value):
            return
    except ValueError:
        raise Refusal("Your request holds text that is not Unicode.") from None
    from jsonschema.exceptions import best_match  # noqa: PLC0415 - only refusals need it

    error = best_match(contract.explainer(kind).iter_errors(value))
    raise _refusal(error) if error is not None else Refusal("Invalid request.")


def _refusal(error: ValidationError) -> Refusal:
    """Return a schema error in the words of the protocol."""
    wanted, schema = cast("Any", error.validator_value), cast("dict[str, Any]", error.schema)
    param = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in error.absolute_path)
    param = param.lstrip(".")
    match error.validator:
        case "required":
            name = error.message.split("'")[1]
            full = f"{param}.{name}" if param else name
            return Refusal(
                f"Missing required parameter: '{full}'.",
                param=full,
                code="missing_required_parameter",
            )
        case "additionalProperties":
            given = cast("dict[str, Any]", error.instance)
            extra = next(name for name in given if name not in schema["properties"])
            full = f"{param}.{extra}" if param else extra
            return Refusal(f"Unknown parameter: '{full}'.", param=full, code="unknown_parameter")
        case "type":
            return _wrong_type(wanted, error.instance, param)
        case _:
            code = CODES.get(str(error.validator), "invalid_value")
            limit = f" ({error.validator} {wanted})" if code in LIMITS else ""
            return Refusal(f"Invalid value for '{param}'{limit}.", param=param, code=code)


CODES = {
    "maximum": "integer_above_max_value",
    "minimum": "integer_below_min_value",
    "maxLength": "string_above_max_length",
    "minLength": "string_below_min_length",
    "maxItems": "array_above_max_length",
    "minItems": "array_below_min_length",
    "maxProperties": "object_above_max_properties",
}
LIMITS = frozenset(CODES.values())


def _wrong_type(wanted: str | list[str], given: Any, param: str) -> Refusal:
    first = wanted if isinstance(wanted, str) else wanted[0]
    expected = ARTICLES.get(first, f"a {first}")
    found = JSON_NAMES.get(type(given), "something else")
    return Refusal(
        f"Invalid type for '{param}': expected {expected}, but got {found} instead.",
        param=param,
        code="invalid_type",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """What a request for a list asks: how many, in which order, from where."""

    limit: int = DEFAULT_PAGE
    order: str = "desc"
    after: str | None = None
    before: str | None = None


def page_query(query: Mapping[str, str]) -> PageQuery:
    """Return the query of a list; raise `Refusal` for a limit or order out of range."""
    text = query.get("limit", str(DEFAULT_PAGE))
    if not (text.isascii() and text.lstrip("-").isdigit() and len(text) < DEFAULT_PAGE):
        raise Refusal(
            f"Invalid type for 'limit': expected an integer, but got '{text[:DEFAULT_PAGE]}'.",
            param="limit",
            code="invalid_type",
        )
    limit = int(text)
    if not 1 <= limit <= LARGEST_PAGE:
        word = "above_max" if limit > LARGEST_PAGE else "below_min"
        raise Refusal(
            f"Invalid 'limit': expected a value between 1 and {LARGEST_PAGE}, but got {limit}.",
            param="limit",
            code=f"integer_{word}_value",
        )
    order = query.get("order", "desc")
    if order not in ("asc", "desc"):
        raise Refusal(
            "Invalid value for 'order': 'asc' or 'desc'.", param="order", code="invalid_value"
        )
    return PageQuery(limit=limit, order=order, after=query.get("after"), before=query.get("before"))
