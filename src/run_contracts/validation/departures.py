"""Departures: how a value departs from its kind's JSON Schema, as the validators say in data.

The fast validator explains nearly everything. jsonschema explains what that one cannot read:
Python values that no JSON text holds, NaN for example.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import ITEM_KINDS
from run_contracts.validation.cutting import cut
from run_contracts.validation.python_values import PlainCopy

if TYPE_CHECKING:
    import jsonschema_rs
    from jsonschema.exceptions import ValidationError

Path = tuple[str | int, ...]
VALUE_KEYWORDS = ("enum", "const")


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One departure: where in the value, by which keyword of which part of the schema.

    `walked` are the keywords and names on the way there; `missing` is the field that is not there;
    `branches` are the departures from each branch of a union.
    """

    path: Path
    keyword: str
    walked: Path
    wanted: Any
    schema: Any
    missing: str | None = None
    branches: tuple[tuple[Departure, ...], ...] = ()


def departures(value: Any, kind: str, contract: Contract) -> list[Departure]:
    """Return every departure of a value from its kind's schema.

    Of a union it is those of the branch the value is meant for, if it is plain which. Where a
    value is none of those that are allowed, its type is not told, too. Of entries beyond the first
    hundreds of a list or object it is told only if nothing else is wrong; list items that are
    objects are left out, for they are judged by themselves. Raises `UnreadableBody` for a value
    that is nested too deep.
    """
    places: Sequence[int] = ()
    if kind in ITEM_KINDS:
        value, places = _without_items(value, contract.schema(kind))
    try:
        errors = _errors(value, kind, contract)
        found = [leaf for one in errors for leaf in _leaves(_structured(one, contract))]
        leaves = [replace(leaf, path=_in_keys_of(value, leaf.path)) for leaf in found]
        is_readable = not _are_beyond_json([at(value, one.path) for one in leaves])
    except (ValueError, TypeError):
        is_readable = False
    if not is_readable:
        plain = cut(PlainCopy.of(value).value, contract)
        explained = _explained(contract.explainer(kind).iter_errors(plain))
        leaves = [leaf for one in explained for leaf in _leaves(one)]
    leaves = [_in_place(one, places) for one in leaves]
    worded = {one.path for one in leaves if one.keyword in VALUE_KEYWORDS}
    departed = (one for one in leaves if one.path not in worded or one.keyword != "type")
    return sorted(departed, key=lambda one: [str(step) for step in one.path])


def _errors(value: Any, kind: str, contract: Contract) -> list[jsonschema_rs.ValidationError]:
    """Return the errors of the fast validator in a value of which the later entries are cut.

    Those of the whole, if there are none in that.
    """
    validator, narrow = contract.validator(kind), cut(value, contract)
    errors = list(validator.iter_errors(narrow))
    return errors if errors or narrow is value else list(validator.iter_errors(value))


def _without_items(value: Any, schema: Mapping[str, Any]) -> tuple[Any, Sequence[int]]:
    """Return a list without its items that are objects, and the places of those that are left.

    A list whose schema asks for some items is left as it is.
    """
    data = value.get("data") if isinstance(value, dict) else None
    form = schema.get("properties", {}).get("data", {})
    if not isinstance(data, list) or {"minItems", "contains"} & form.keys():
        return value, ()
    places = [place for place, item in enumerate(data) if not isinstance(item, dict)]
    return {**value, "data": [data[place] for place in places]}, places


def _in_place(departure: Departure, places: Sequence[int]) -> Departure:
    """Return a departure with the place that an item had before others were left out."""
    match departure.path:
        case ("data", int(index), *inner) if places:
            return replace(departure, path=("data", places[index], *inner))
    return departure


def at(value: Any, path: Path) -> Any:
    """Return the part of a value that a path leads to."""
    for step in path:
        value = value[step]
    return value


def _in_keys_of(value: Any, path: Path) -> Path:
    """Return a path whose steps are keys of the value: the fast validator tells "007" as 7."""
    keys: list[str | int] = []
    for step in path:
        key = step
        if isinstance(value, dict) and isinstance(step, int) and (key := str(step)) not in value:
            key = next((one for one in value if re.fullmatch(rf"\+?0*{step}", one)), step)
        keys.append(key)
        value = value[key]
    return tuple(keys)


def _structured(error: jsonschema_rs.ValidationError, contract: Contract) -> Departure:
    """Return an error of the fast validator as a departure."""
    kind, walked = error.kind, tuple(error.evaluation_path or error.schema_path)
    path = tuple(error.instance_path)
    inner = getattr(kind, "error", None)
    if inner is not None:
        # The name of a property departs: the inner error knows how, the outer one where.
        named = _structured(inner, contract)
        return Departure(
            path=path,
            keyword=named.keyword,
            walked=(*walked, *named.walked),
            wanted=named.wanted,
            schema=named.schema,
        )
    schema = contract.schema_at(error.absolute_keyword_location or "")
    branches = getattr(kind, "context", None) or ()
    return Departure(
        path=path,
        keyword=kind.name,
        walked=walked,
        wanted=schema.get(kind.name) if isinstance(schema, dict) else None,
        schema=schema,
        missing=getattr(kind, "property", None) if kind.name == "required" else None,
        branches=tuple(tuple(_structured(one, contract) for one in branch) for branch in branches),
    )


def _explained(errors: Iterable[ValidationError]) -> Iterator[Departure]:
    """Yield errors of jsonschema as departures; it tells a missing field in words alone."""
    known: set[tuple[Path, Path]] = set()
    for error in errors:
        path, walked = tuple(error.absolute_path), tuple(error.absolute_schema_path)
        names: list[str | None] = [None]
        if error.validator == "required":
            wanted, instance = cast("Any", error.validator_value), cast("Any", error.instance)
            names = [name for name in wanted if name not in instance]
            if (path, walked) in known:
                continue
            known.add((path, walked))
        branches: dict[Any, list[ValidationError]] = {}
        for inner in error.context or ():
            branches.setdefault(inner.relative_schema_path[0], []).append(inner)
        for name in names:
            yield Departure(
                path=path,
                keyword=str(error.validator),
                walked=walked,
                wanted=error.validator_value,
                schema=error.schema,
                missing=name,
                branches=tuple(tuple(_explained(inside)) for inside in branches.values()),
            )


def _leaves(departure: Departure) -> Iterator[Departure]:
    """Yield the departures inside a union that say most: those from the branch that is meant.

    A branch for another JSON type was not meant; of the others, the one with the same
    discriminating word is. Where several are left, the union itself is departed from.
    """
    meant = list(departure.branches)
    for is_other in (_is_of_other_type, _is_other_word):
        if len(meant) > 1:
            meant = [one for one in meant if not any(is_other(i, departure) for i in one)]
    if len(meant) != 1:
        yield departure
        return
    for inner in meant[0]:
        yield from _leaves(inner)


def _is_of_other_type(inner: Departure, union: Departure) -> bool:
    """Say whether a branch of a union is for another JSON type than the value's."""
    return inner.path == union.path and inner.keyword in ("type", *VALUE_KEYWORDS)


def _is_other_word(inner: Departure, union: Departure) -> bool:
    """Say whether a branch of a union is for values whose `type` is another word."""
    return inner.path == (*union.path, "type") and inner.keyword in VALUE_KEYWORDS


def _are_beyond_json(values: Iterable[Any]) -> bool:
    """Say whether some values hold a number that no JSON text can."""
    known: set[int] = set()
    left = list(values)
    while left:
        actual = left.pop()
        if isinstance(actual, float) and not math.isfinite(actual):
            return True
        if isinstance(actual, dict | list) and id(actual) not in known:
            known.add(id(actual))
            left += actual.values() if isinstance(actual, dict) else actual
    return False
