"""Values that people hand over as decoded JSON: models are dumped, what is no value is refused."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from run_contracts.errors import UsageError

AS_SENT = {"mode": "json", "exclude_unset": True, "by_alias": True}
"""How a model gives back what it was made of, by the names that were on the wire."""


def is_model(value: Any) -> bool:
    """Say whether a value is a model of pydantic's, as all objects of the `openai` SDK are."""
    return not isinstance(value, type) and callable(getattr(value, "model_dump", None))


def plain(value: Any) -> Any:
    """Return a value as decoded JSON; the same object if it is that already.

    A model, or a list of them, becomes what was set of it: what an answer did not have is not
    there, even if the model has a default. Those of Azure's SDKs are mappings that hold what was
    answered. Raises `UsageError` for what is no value at all, such as
    an answer that was not read yet, and says how to get one.
    """
    if is_model(value):
        return _dumped(value)
    if _is_mapped_model(value):
        return _taken(value)
    if isinstance(value, list | tuple):
        items = [plain(item) for item in value]
        is_same = all(new is old for new, old in zip(items, value, strict=True))
        return value if is_same else items
    if value is None or isinstance(value, str | int | float | Mapping):
        return value
    raise UsageError(f"{_named(value)} is no JSON value; {_advice(value)}")


def _is_mapped_model(value: Any) -> bool:
    """Say whether a value is a model of an SDK of Azure: no dict, and gives itself as one."""
    is_other = isinstance(value, Mapping) and not isinstance(value, dict)
    return is_other and callable(getattr(value, "as_dict", None))


def _taken(model: Any) -> Any:
    """Return what a model of Azure's holds, as it was on the wire."""
    try:
        return model.as_dict()
    except (TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"{_named(model)} cannot be written as JSON: {error}") from None


def _dumped(model: Any) -> Any:
    """Return what was set of a model, each value by its own type, whatever its field asks for."""
    try:
        try:
            value = model.model_dump(**AS_SENT, serialize_as_any=True)
        except (TypeError, ValueError):
            value = model.model_dump(**AS_SENT)  # pydantic before 2.7 knows no serialize_as_any
    except (TypeError, ValueError) as error:
        raise UsageError(f"{_named(model)} cannot be written as JSON: {error}") from None
    if not isinstance(value, dict | list):
        raise UsageError(f"{_named(model)} is no model; its model_dump() gives {_named(value)}")
    return value


def _named(value: Any) -> str:
    """Return what a value is, in a few words."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return f"a value of type {type(value).__name__}"


def _advice(value: Any) -> str:
    """Return how to get a value from what was given instead."""
    if inspect.isawaitable(value):
        return "await it"
    if isinstance(value, bytes | bytearray):
        return "give what json.loads() makes of it"
    for method in ("json", "parse"):
        if not isinstance(value, type) and callable(getattr(value, method, None)):
            return f"give what its {method}() returns"
    return "give decoded JSON, or a model of the openai SDK"
