"""Normal forms: a schema said anew with the keywords that can be read one by one.

jsonschema-rs merges what stands in allOf, if, not, dependentRequired and the like into the plain
keywords they come to. What no plain keyword says is left over, and tried on what was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from run_contracts.contract.loading import Contract
from run_contracts.errors import ContractError
from run_contracts.making.forms import Fields, Form, Items, Judged, Union

ALLOWS_NOTHING: Mapping[str, Any] = {"not": {}}
"""The normal form of a schema that allows nothing."""


def normal_form(contract: Contract, schema: Any, base: str) -> dict[str, Any] | None:
    """Return a schema in its normal form, with the definitions it refers to; None if it has none.

    `base` is where its references start. Raises `ContractError` for what is no schema.

    >>> from run_contracts import load
    >>> both = {"allOf": [{"type": "integer", "minimum": 1}, {"multipleOf": 4}]}
    >>> found = normal_form(load("v2"), both, "")
    >>> found["minimum"], found["multipleOf"]
    (4, 4)
    """
    import jsonschema_rs  # noqa: PLC0415 - few schemas need it
    from jsonschema_rs.canonical import CanonicalizationError, CanonicalKind  # noqa: PLC0415

    try:
        normal = jsonschema_rs.canonicalize(
            absolute(schema, base),
            registry=contract.resources,
            offline=True,
            validate_formats=True,
        )
    except (CanonicalizationError, jsonschema_rs.ValidationError, ValueError) as error:
        raise ContractError(f"its keywords cannot be merged: {error}") from None
    if normal.kind == CanonicalKind.RAW:
        return None
    said = normal.to_json_schema()
    if not isinstance(said, dict):
        return {} if said else dict(ALLOWS_NOTHING)
    return {word: value for word, value in said.items() if word != "$schema"}


def validator_of(
    contract: Contract, schema: Mapping[str, Any], definitions: Mapping[str, Any]
) -> Callable[[Any], bool]:
    """Return what says whether a value is of a schema with these definitions; formats count."""
    import jsonschema_rs  # noqa: PLC0415 - few schemas need it

    whole = {**schema, "$defs": dict(definitions)}
    return jsonschema_rs.Draft202012Validator(
        whole, registry=contract.resources, offline=True, validate_formats=True
    ).is_valid


def absolute(schema: Any, base: str) -> Any:
    """Return a schema whose references say where they start, so that it can stand elsewhere."""
    if isinstance(schema, Mapping):
        return {
            word: urljoin(base, value)
            if word == "$ref" and isinstance(value, str)
            else absolute(value, base)
            for word, value in schema.items()
        }
    return [absolute(part, base) for part in schema] if isinstance(schema, list) else schema


def in_order(form: Form, schema: Any) -> Form:
    """Return the form of a normal form with its fields in the order in which they were written."""
    return _sorted(form, list(dict.fromkeys(_mentioned(schema))))


def _sorted(form: Form, names: Sequence[str]) -> Form:
    match form:
        case Fields(fields=fields):
            known = sorted(
                fields, key=lambda name: names.index(name) if name in names else len(names)
            )
            inner = {name: _sorted(fields[name], names) for name in known}
            return replace(form, fields=inner)
        case Union(branches=branches):
            return Union(branches=tuple(_sorted(branch, names) for branch in branches))
        case Items(item=item):
            return replace(form, item=_sorted(item, names))
        case Judged(form=tried):
            return replace(form, form=_sorted(tried, names))
    return form


def _mentioned(schema: Any) -> Iterator[str]:
    """Yield the names of fields in a schema as they are written."""
    if isinstance(schema, Mapping):
        for word, value in schema.items():
            if word == "properties" and isinstance(value, Mapping):
                yield from value
            yield from _mentioned(value)
    elif isinstance(schema, list):
        for part in schema:
            yield from _mentioned(part)
