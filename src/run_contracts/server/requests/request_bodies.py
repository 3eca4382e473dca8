"""Reading the body of a request: JSON, and the schema of what it asks for."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from run_contracts.contract.loading import Contract
from run_contracts.errors import UnreadableBody
from run_contracts.server.requests.refusal import Refusal
from run_contracts.server.requests.schema_refusals import refusal_of
from run_contracts.validation.json_text import decode_json, lone_surrogates

if TYPE_CHECKING:
    import jsonschema_rs

NEIGHBOURS = Path(__file__).with_name("neighbour_bodies.json")
"""The bodies that operations beside those of runs take, as the SDK's types have them."""
NOT_PARSED = "We could not parse the JSON body of your request"
MODIFICATIONS = {
    "modify_assistant_request": "create_assistant_request",
    "modify_thread_request": "create_thread_request",
}
"""Bodies that may hold any part of what another one must hold."""


def parsed(data: bytes, kind: str, contract: Contract, *, required: bool = True) -> dict[str, Any]:
    """Return a request's body; raise `Refusal` if it is not JSON or breaks its schema."""
    if not data.strip() and not required:
        return {}
    value = _value(data)
    if not isinstance(value, dict):
        raise Refusal(
            "Invalid type for the body of your request: expected an object.", code="invalid_type"
        )
    first = next(_validator(contract, kind).iter_errors(value), None)
    if first is not None:
        raise refusal_of(first)
    return value


def _value(data: bytes) -> Any:
    """Return the JSON value of a body that everybody can read back."""
    try:
        body = decode_json(data)
    except UnreadableBody as error:
        raise Refusal(f"{NOT_PARSED}: {error}.") from None
    if not body.is_json:
        reason = body.violations[0].parameters["reason"]
        raise Refusal(f"{NOT_PARSED}: {reason}.")
    if lone_surrogates(body.value):
        raise Refusal(f"{NOT_PARSED}: it holds text that is not Unicode.")
    if not _is_finite(body.value):
        raise Refusal(f"{NOT_PARSED}: it holds a number that is too large.")
    return body.value


def _is_finite(value: Any) -> bool:
    """Tell whether every number of a value can be written as JSON again."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    return not isinstance(value, list) or all(map(_is_finite, value))


@cache
def _neighbours() -> dict[str, Any]:
    """Return the schemas of bodies that are no part of the contract, and what they share."""
    schemas: dict[str, Any] = json.loads(NEIGHBOURS.read_text(encoding="utf-8"))
    return schemas


@cache
def _validator(contract: Contract, kind: str) -> jsonschema_rs.Draft202012Validator:
    """Return the validator of a kind of request body."""
    if kind in _neighbours():
        schema = {**_neighbours()[kind], "$defs": _neighbours()["$defs"]}
        return contract.compiled(schema, name=kind, formats=True)
    if kind not in MODIFICATIONS:
        return contract.compiled(contract.schema(kind), name=kind, formats=True)
    schema = {**contract.schema(MODIFICATIONS[kind]), "required": []}
    schema["properties"] = {k: v for k, v in schema["properties"].items() if k != "messages"}
    return contract.compiled(schema, name=kind, formats=True)
