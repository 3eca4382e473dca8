"""Requests: the members and parameters that an operation's request may have, and their values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from run_contracts.contract.files import read_json
from run_contracts.contract.loading import Contract
from run_contracts.contract.operations import operations

FALSY: tuple[Any, ...] = (0, False, "", [], {})
"""Values that servers take for none, and that are none only if they are null."""


def members(contract: Contract, operation: str) -> tuple[str, ...]:
    """Return the members that the body of an operation's request may have, by its schema.

    >>> from run_contracts.contract.loading import load
    >>> members(load("v2"), "submitToolOutputs"), members(load("v2"), "cancelRun")
    (('tool_outputs', 'stream'), ())
    """
    kind = operations(contract.edition)[operation].request
    return tuple(contract.schema(kind)["properties"]) if kind else ()


def default(contract: Contract, operation: str, member: str) -> Any:
    """Return what a member is taken for where it is left out; None if nobody says."""
    kind = operations(contract.edition)[operation].request or ""
    return contract.schema(kind)["properties"][member].get("default")


def legal(
    contract: Contract, operation: str, member: str, values: Iterable[Any]
) -> tuple[Any, ...]:
    """Return those of some values that a member of a request may have.

    >>> from run_contracts.contract.loading import load
    >>> legal(load("v2"), "createRun", "metadata", (*FALSY, None))
    ({}, None)
    """
    kind = operations(contract.edition)[operation].request or ""
    validator = contract.member_validator(kind, member)
    return tuple(value for value in values if validator.is_valid(value))


WITH_VALUE = "with a value"


def form(operation: str, member: str, value: Any) -> str:
    """Return the name of the form in which a request sends a member.

    >>> form("createRun", "temperature", 0.0), form("createRun", "model", "gpt-4o")
    ('createRun.temperature 0', 'createRun.model with a value')
    """
    falsy = 0 if isinstance(value, float) else value
    return f"{operation}.{member} {WITH_VALUE if value else json.dumps(falsy)}"


@cache
def query_parameters(edition: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the schemas of the query parameters of each operation, by its id and their names.

    >>> list(query_parameters("v2")["listRuns"])
    ['limit', 'order', 'after', 'before']
    """
    document = read_json(f"{edition}/openapi.json")
    declared = document["components"]["parameters"]
    by_operation = {}
    for path in document["paths"].values():
        for described in path.values():
            if isinstance(described, dict) and "operationId" in described:
                names = [one["$ref"].rpartition("/")[2] for one in described.get("parameters", ())]
                found = [declared[name] for name in names if declared[name]["in"] == "query"]
                by_operation[described["operationId"]] = {one["name"]: one for one in found}
    return MappingProxyType(by_operation)


def is_legal_parameter(contract: Contract, operation: str, name: str, text: str) -> bool:
    """Say whether a query parameter is one that an operation has, with a value that it may have.

    >>> from run_contracts.contract.loading import load
    >>> is_legal_parameter(load("v2"), "listRuns", "limit", "101")
    False
    """
    parameter = query_parameters(contract.edition)[operation].get(name)
    if parameter is None:
        return False
    schema = parameter["schema"]
    value: Any = text
    if schema["type"] == "integer":
        value = int(text) if text.removeprefix("-").isdecimal() else text
    if schema["type"] == "array":
        value = [text]
    return bool(contract.compiled(schema, name="parameter").is_valid(value))
