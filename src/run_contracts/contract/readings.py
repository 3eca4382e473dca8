"""How the documents of a contract are derived: errata undone, dialects applied.

The files hold the wire reading. Undoing every erratum in reverse order gives the published one;
a dialect loosens exactly what it names.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from run_contracts.contract.files import read_toml
from run_contracts.errors import ContractError, UsageError
from run_contracts.filesystem.single_line import word

if TYPE_CHECKING:
    from run_contracts.types import Edition

Patch = list[dict[str, Any]]
Documents = dict[str, Any]
NULL_SCHEMA = {"type": "null"}
BESIDE_WHAT_IS_LISTED = "judged, and never made"
"""Marks, as a comment in a schema, what is allowed beside what is made, there or in a dialect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erratum:
    """One named correction of the published document, with its evidence."""

    id: str
    what: str
    evidence: str
    date: dt.date
    changes: tuple[tuple[str, str, Patch], ...] = field(repr=False)
    """Edition, kind and patch of each document it corrects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A named, dated form of the protocol that lacked or added something."""

    name: str
    family: str
    editions: tuple[Edition, ...]
    since: dt.date
    until: dt.date | None
    what: str
    evidence: str
    optional: Mapping[str, list[str]]
    fields: Mapping[str, Mapping[str, Any]]
    open: tuple[str, ...]
    skips: frozenset[str]
    signs: Mapping[str, list[str]]
    """By what it is told in traffic: hosts, paths, api_versions, headers of answers, values."""
    has_nulls: bool
    """Whether what was absent is null in it."""

    def covers(self, day: dt.date) -> bool:
        """Say whether the dialect was spoken on a day."""
        return self.since <= day and (self.until is None or day < self.until)


@cache
def errata() -> tuple[Erratum, ...]:
    """Return every erratum, in the order they apply.

    >>> errata()[0].id
    'timestamps-are-64-bit'
    """
    return tuple(
        Erratum(
            id=row["id"],
            what=row["what"],
            evidence=row["evidence"],
            date=row["date"],
            changes=tuple(
                (c["edition"], c["document"].removesuffix(".json"), json.loads(c["patch"]))
                for c in row["change"]
            ),
        )
        for row in read_toml("errata.toml")["erratum"]
    )


@cache
def dialects() -> Mapping[str, Dialect]:
    """Return every dialect by name."""
    rows = read_toml("dialects.toml")["dialect"]
    return {
        row["name"]: Dialect(
            name=row["name"],
            family=row["family"],
            editions=tuple(row.get("editions", (row.get("edition"),))),
            since=row["from"],
            until=row.get("until"),
            what=row["what"],
            evidence=row["evidence"],
            optional=row.get("optional", {}),
            fields=row.get("fields", {}),
            open=tuple(row.get("open", ())),
            skips=frozenset(row.get("skips", ())),
            signs=row.get("signs", {}),
            has_nulls=row.get("nulls", False),
        )
        for row in rows
    }


def dialect_named(name: str) -> Dialect:
    """Return the dialect of this name; raise `UsageError` listing the names if there is none."""
    try:
        return dialects()[name]
    except KeyError:
        known = ", ".join(dialects())
        raise UsageError(f"no dialect {word(name)}; known are {known}") from None


def dialect_of(edition: str, name: str) -> Dialect:
    """Return the dialect of this name; raise `UsageError` if the edition does not have it."""
    dialect = dialect_named(name)
    if edition not in dialect.editions:
        raise UsageError(f"dialect {name!r} belongs to edition {dialect.editions[-1]}")
    return dialect


def dialect_on(day: dt.date, *, family: str, edition: str) -> str | None:
    """Return the name of the dialect a family of servers spoke on a day; None is the wire itself.

    >>> dialect_on(dt.date(2023, 12, 1), family="openai", edition="v1")
    'openai-2023-11'
    """
    for candidate in dialects().values():
        is_of_family = candidate.family == family and edition in candidate.editions
        if is_of_family and candidate.covers(day):
            return candidate.name
    return None


def published(edition: str, documents: Documents) -> Documents:
    """Return the documents as published: every erratum of the edition undone, last first."""
    import jsonpatch  # noqa: PLC0415 - only this reading needs it

    literal = dict(documents)
    for erratum in reversed(errata()):
        for changed_edition, kind, patch in reversed(erratum.changes):
            if changed_edition == edition:
                literal[kind] = jsonpatch.apply_patch(literal[kind], list(inverse(patch)))
    return literal


def inverse(patch: Patch) -> Iterator[dict[str, Any]]:
    """Yield the operations that undo a patch made of `add`, and of `test` before a change.

    >>> list(inverse([{"op": "add", "path": "/a", "value": 1}]))
    [{'op': 'remove', 'path': '/a'}]
    """
    for at in range(len(patch) - 1, -1, -1):
        step = patch[at]
        match step["op"]:
            case "test":
                continue
            case "add":
                yield {"op": "remove", "path": step["path"]}
            case "replace" | "remove":
                before = patch[at - 1]
                if at == 0 or before["op"] != "test" or before["path"] != step["path"]:
                    raise ContractError(
                        f"errata.toml: {step['op']} {step['path']} has no test before it"
                    )
                undo = "replace" if step["op"] == "replace" else "add"
                yield {"op": undo, "path": step["path"], "value": before["value"]}
            case other:
                raise ContractError(f"errata.toml: operation {other!r} cannot be undone")


def replaced_fields(dialect: Dialect, edition: str) -> dict[str, dict[str, Any]]:
    """Return the replacements in the field-by-status table that a dialect of an edition has.

    One that has null for what was absent has those of the edition's dated dialects.
    """
    dated = _dated(edition) if dialect.has_nulls else []
    replaced: dict[str, dict[str, Any]] = {}
    for one in (*dated, dialect):
        for status, fields in one.fields.items():
            replaced.setdefault(status, {}).update(fields)
    return replaced


def loosened(documents: Documents, dialect: Dialect, edition: str) -> Documents:
    """Return the documents with what a dialect leaves out, leaves open, or has as null."""
    loose = copy.deepcopy(documents)
    for place, optional in dialect.optional.items():
        schema = _schema_at(loose, place)
        schema["required"] = [name for name in schema["required"] if name not in optional]
    for place in dialect.open:
        _open(loose, place)
    if dialect.has_nulls:
        for place, names in _lacked_at_times(edition):
            _allow_nulls_of(_schema_at(loose, place), names)
        for document in loose.values():
            _allow_nulls(document)
    return loose


def _open(documents: Documents, place: str) -> None:
    """Let a list of values, or of objects told apart by their type, have others, too.

    What is of a type that it names is still judged by what is said of that type.
    """
    schema = _schema_at(documents, place)
    if "enum" in schema:
        listed = {"type": "string", "enum": schema.pop("enum")}
        schema["anyOf"] = [listed, {"type": "string", "$comment": BESIDE_WHAT_IS_LISTED}]
        return
    members = schema.pop("oneOf", None)
    if members is None:
        members = [dict(schema)]
        schema.clear()
    types = [_type_of(documents, place, member) for member in members]
    other = {"type": "string", "not": {"enum": types}}
    unknown = {
        "type": "object",
        "properties": {"type": other},
        "required": ["type"],
        "$comment": BESIDE_WHAT_IS_LISTED,
    }
    schema["oneOf"] = [*members, unknown]


def _type_of(documents: Documents, place: str, member: dict[str, Any]) -> str:
    """Return the type that a member of a union is told by."""
    if "$ref" in member:
        home, _, pointer = member["$ref"].partition("#")
        kind = home.removesuffix(".json") or place.partition("#")[0]
        member = _schema_at(documents, f"{kind}#{pointer}")
    said: str = member["properties"]["type"]["const"]
    return said


def _allow_nulls(schema: Any) -> None:
    """Let every member that may be absent be null, at any depth."""
    if isinstance(schema, list):
        for one in schema:
            _allow_nulls(one)
    if not isinstance(schema, dict):
        return
    for inner in schema.values():
        _allow_nulls(inner)
    if isinstance(schema.get("properties"), dict):
        absent = schema["properties"].keys() - set(schema.get("required", ()))
        _allow_nulls_of(schema, absent)


def _allow_nulls_of(schema: dict[str, Any], names: Iterable[str]) -> None:
    """Let members of these names be null."""
    properties = schema["properties"]
    for name in properties.keys() & set(names):
        if NULL_SCHEMA not in properties[name].get("anyOf", ()):
            properties[name] = {"anyOf": [properties[name], NULL_SCHEMA]}


def _lacked_at_times(edition: str) -> Iterator[tuple[str, list[str]]]:
    """Yield what objects lacked in the dialects that an edition had, with where they are."""
    for dialect in _dated(edition):
        yield from dialect.optional.items()


def _dated(edition: str) -> list[Dialect]:
    """Return the dialects of an edition that are no longer spoken."""
    every = dialects().values()
    return [one for one in every if edition in one.editions and one.until is not None]


def _schema_at(documents: Documents, place: str) -> dict[str, Any]:
    """Return the schema at ``kind`` or ``kind#/pointer``."""
    kind, _, pointer = place.partition("#")
    schema: Any = documents[kind]
    for token in pointer.split("/")[1:]:
        schema = schema[int(token) if isinstance(schema, list) else token]
    found: dict[str, Any] = schema
    return found
