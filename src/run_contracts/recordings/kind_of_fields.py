"""What an object is whose name is wrong or missing, by the fields it has."""

from __future__ import annotations

from functools import cache
from typing import Any

from run_contracts.contract.files import kinds, read_json
from run_contracts.contract.object_names import named_kind
from run_contracts.contract.requirements import EDITIONS, ITEM_KINDS

LEAST_FIELDS = 5
"""So many fields at least tell what an object is; with fewer anything may look alike."""
FEW_MISSING = 2
"""So many of the fields that every object of a kind has may be missing."""
ITS_NAME = "object"
PAGE_FIELDS = frozenset({"data", "first_id", "last_id", "has_more"})
"""The fields of every page, its name left out."""


def kind_of_fields(value: Any) -> str | None:
    """Return the kind of which an object has nearly all fields; None if no kind is plain.

    >>> kind_of_fields({"id": "run_1"}) is None
    True
    """
    if not isinstance(value, dict) or len(value) < LEAST_FIELDS - 1:
        return None
    names = value.keys()
    if names >= PAGE_FIELDS and isinstance(value["data"], list):
        return _kind_of_page(value["data"])
    fitting = [
        (len(required & names), kind)
        for kind, required in _required()
        if len(required) >= LEAST_FIELDS and len(required - names) <= FEW_MISSING
    ]
    return max(fitting)[1] if fitting else None


def is_error_of_log(value: Any) -> bool:
    """Say whether an object that has an error beside other fields is rather a line of a log.

    All that an answer alone has that is an error is its envelope.

    >>> is_error_of_log({"level": "error", "error": "refused"}), is_error_of_log({"error": {}})
    (True, False)
    """
    is_named = isinstance(value, dict) and "error" in value and "object" not in value
    return is_named and len(value) > 1


def _kind_of_page(items: list[Any]) -> str | None:
    """Return the kind of a page by its first item; one without any is taken for one of runs."""
    kind = named_kind(items[0]) if items else "run"
    return f"{kind}_list" if kind in ITEM_KINDS.values() else None


@cache
def _required() -> tuple[tuple[str, frozenset[str]], ...]:
    """Return what every object of each kind that names itself has, its name left out."""
    required = []
    for edition in EDITIONS:
        for kind in kinds(edition):
            document = read_json(f"{edition}/{kind}.json")
            if ITS_NAME in document.get("properties", {}):
                required.append((kind, frozenset(document.get("required", ())) - {ITS_NAME}))
    return tuple(required)
