"""Objects that an SDK wrote: null where a server leaves a field away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from run_contracts.contract.files import kinds, read_json
from run_contracts.contract.object_names import named_kind
from run_contracts.contract.requirements import EDITIONS


def null_of_dump(value: Mapping[str, Any]) -> str | None:
    """Return the place of a null that no server writes, in an object that an SDK wrote.

    Its fields stand in the order of the SDK's models: `id`, and then that of the alphabet. None for
    any other object.

    >>> null_of_dump({"id": "t", "created_at": 1, "object": "thread", "metadata": None}) is None
    True
    """
    names = list(value)
    if named_kind(value) is None or not _is_alphabetical(names):
        return None
    return next((place for place, name in _nulls(value) if name in _left_away()), None)


def _is_alphabetical(names: list[str]) -> bool:
    """Say whether names are in order up to that of the kind, after `id`."""
    before = names[1 : names.index("object")]
    return names[0] == "id" and len(before) > 0 and before == sorted(before)


def _nulls(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield every null in a value with its name, after its place."""
    members = value.items() if isinstance(value, Mapping) else enumerate(value)
    for name, inner in members:
        if inner is None:
            yield f"{place}/{name}", str(name)
        elif isinstance(inner, Mapping | list):
            yield from _nulls(inner, f"{place}/{name}")


@cache
def _left_away() -> frozenset[str]:
    """Return the names of members that may be absent somewhere, and may not be null there."""
    places = [f"{edition}/{kind}.json" for edition in EDITIONS for kind in kinds(edition)]
    return frozenset(name for place in places for name in _left_away_in(read_json(place)))


def _left_away_in(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for one in schema:
            yield from _left_away_in(one)
    if not isinstance(schema, dict):
        return
    present = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        kinds_of_value = [*member.get("anyOf", ()), {"type": member.get("type", ())}]
        may_be_null = any("null" in one.get("type", ()) for one in kinds_of_value)
        if name not in present and not may_be_null:
            yield name
    for inner in schema.values():
        yield from _left_away_in(inner)
