"""A contract: schemas, life cycle and register of one edition in one reading, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from propcache.api import cached_property

from run_contracts.contract.files import kinds, read_json
from run_contracts.contract.lifecycle import Lifecycle, lifecycle
from run_contracts.contract.readings import dialect_of, loosened, published, replaced_fields
from run_contracts.contract.requirements import EDITIONS, Register, register
from run_contracts.errors import ContractError, UsageError
from run_contracts.filesystem.single_line import word
from run_contracts.types import DialectName, Edition

if TYPE_CHECKING:
    import jsonschema_rs
    from jsonschema.protocols import Validator
    from referencing import Registry

Reading = Literal["wire", "published"]
READINGS = ("wire", "published")
SCHEMA_BASE = "https://run-contracts.invalid/1/"
"""Where the schemas say they live, in their `$id`: a name that never resolves (RFC 6761), so that
nothing is ever fetched, and the generation of these names, which stays while they mean the same."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Contract:
    """The contract of one edition: what to make runs from and what to judge them by.

    `documents` maps a kind (``run``, ``run_step``, ``error``, ...) to its JSON Schema.
    """

    edition: Edition
    reading: str
    dialect: str | None
    documents: Mapping[str, Any] = field(repr=False)
    lifecycle: Lifecycle = field(repr=False)
    register: Register = field(repr=False)
    skips: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of value that have a schema."""
        return tuple(kind for kind in self.documents if kind != "common")

    def schema(self, kind: str) -> dict[str, Any]:
        """Return the JSON Schema of a kind; raise `UsageError` if there is none."""
        if kind not in self.documents or kind == "common":
            raise UsageError(f"no kind {word(kind)}; known are {', '.join(self.kinds)}")
        schema: dict[str, Any] = self.documents[kind]
        return schema

    def with_schema(self, kind: str, schema: Mapping[str, Any]) -> Contract:
        """Return a contract in which a kind has another schema, e.g. a vendor's own run.

        Its references lead to the schemas of this contract, e.g. ``common.json#/$defs/usage``.
        Of the statuses of runs and run steps those are left that the schema allows; others than
        those of the life cycle it cannot add, for the life cycle decides what a status means.
        Raises `ContractError` if none is left.
        """
        changed = replace(self, documents={**self.documents, kind: _nameless(dict(schema))})
        before, after = _status_of(self.documents.get(kind)), _status_of(schema)
        known = self.lifecycle.cells(kind)
        if not known or before == after:
            return changed
        is_allowed = changed.compiled(after, name="status").is_valid
        left = [status for status in known if is_allowed(status)]
        if not left:
            raise ContractError(
                f"{kind}: its schema allows no status that the life cycle has; there are "
                f"{', '.join(known)}"
            )
        return replace(changed, lifecycle=self.lifecycle.within(kind, left))

    def with_fields(
        self, kind: str, properties: Mapping[str, Any], *, required: Iterable[str] = ()
    ) -> Contract:
        """Return a contract in which objects of a kind have more fields.

        >>> vendor = load("v2").with_fields("run", {"cost": {"type": "number"}})
        >>> "cost" in vendor.schema("run")["properties"]
        True
        """
        schema = self.schema(kind)
        return self.with_schema(
            kind,
            {
                **schema,
                "properties": {**schema["properties"], **properties},
                "required": [*schema.get("required", ()), *required],
            },
        )

    def validator(self, kind: str) -> jsonschema_rs.Draft202012Validator:
        """Return the fast validator of a kind: a verdict, and errors where speed matters."""
        if kind not in self._validators:
            self._validators[kind] = self.compiled(self.schema(kind), name=kind)
        return self._validators[kind]

    def compiled(
        self, schema: dict[str, Any], *, name: str, formats: bool = False
    ) -> jsonschema_rs.Draft202012Validator:
        """Return a fast validator of a schema that stands beside the others under `name`.

        The name must not be a kind's own, unless the schema is that kind's. With `formats` a text
        must be of its format, too: what a server may ask of a request, and nobody of an answer.
        """
        import jsonschema_rs  # noqa: PLC0415 - only judging needs it

        return jsonschema_rs.Draft202012Validator(
            schema,
            registry=self.resources,
            base_uri=self.uri(name),
            validate_formats=formats,
            offline=True,
        )

    def member_validator(self, kind: str, name: str) -> jsonschema_rs.Draft202012Validator:
        """Return the fast validator of one member, or field, of the objects of a kind."""
        key = f"{kind}.{name}"
        if key not in self._validators:
            schema = {"$ref": f"{self.uri(kind)}#/properties/{name}"}
            self._validators[key] = self.compiled(schema, name=key)
        return self._validators[key]

    def explainer(self, kind: str) -> Validator:
        """Return the slow validator of a kind: its errors carry schema, path and context."""
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - only explaining needs it

        return Draft202012Validator({"$ref": self.uri(kind)}, registry=self.registry)

    def uri(self, kind: str) -> str:
        """Return where the schema of a kind says it lives; it is never fetched from there."""
        return f"{SCHEMA_BASE}{self.edition}/{kind}.json"

    def schema_at(self, location: str) -> Any:
        """Return the part of the documents that holds the keyword at a location.

        >>> contract = load("v2")
        >>> contract.schema_at(contract.uri("run") + "#/properties/id/type")["type"]
        'string'
        """
        address, _, pointer = location.partition("#")
        name = address.rpartition("/")[2].removesuffix(".json")
        part = self.documents[name]
        for step in pointer.split("/")[1:-1]:
            key = unquote(step).replace("~1", "/").replace("~0", "~")
            part = part[int(key) if isinstance(part, list) else key]
        return part

    @cached_property
    def resources(self) -> jsonschema_rs.Registry:
        """The documents as the fast validators resolve their references."""
        import jsonschema_rs  # noqa: PLC0415 - only judging needs it

        resources = [(self.uri(kind), document) for kind, document in self.documents.items()]
        return jsonschema_rs.Registry(resources)

    @cached_property
    def _validators(self) -> dict[str, jsonschema_rs.Draft202012Validator]:
        """The fast validators compiled so far, by kind."""
        return {}

    @cached_property
    def registry(self) -> Registry[Any]:
        """The documents by where they say they live; nothing outside it is ever fetched."""
        from referencing import Registry, Resource  # noqa: PLC0415 - only explaining needs it
        from referencing.jsonschema import DRAFT202012  # noqa: PLC0415

        empty: Registry[Any] = Registry()
        return empty.with_resources(
            (self.uri(name), Resource.from_contents(document, DRAFT202012))
            for name, document in self.documents.items()
        )


def load(
    edition: Edition = "v2", *, reading: Reading = "wire", dialect: DialectName | None = None
) -> Contract:
    """Return the contract of an edition; the same arguments give the same object.

    `reading` is ``wire`` (the published contract corrected by the errata) or ``published``.
    `dialect` names older or foreign traffic, e.g. ``openai-2023-11``; see
    ``schemas/dialects.toml``.

    >>> load("v1").edition
    'v1'
    >>> sorted(load("v2").lifecycle.pauses)
    ['requires_action']
    """
    return _load(edition, reading, dialect)


def _status_of(schema: Any) -> Any:
    """Return what a schema says of the status of its objects."""
    return schema.get("properties", {}).get("status", {}) if isinstance(schema, Mapping) else {}


def _nameless(schema: Any) -> Any:
    """Return a schema without the names of our files, so that it can stand in another one.

    Where it stands in a contract is said by `Contract.uri`.
    """
    if isinstance(schema, list):
        return [_nameless(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    own = str(schema.get("$id", "")).startswith(SCHEMA_BASE)
    return {word: _nameless(part) for word, part in schema.items() if not (own and word == "$id")}


@cache
def _load(edition: Edition, reading: str, dialect: str | None) -> Contract:
    """Put a contract together from the data files."""
    if edition not in EDITIONS:
        raise UsageError(f"no edition {word(edition)}; choose one of {', '.join(EDITIONS)}")
    if reading not in READINGS:
        raise UsageError(f"no reading {word(reading)}; choose one of {', '.join(READINGS)}")
    documents = {kind: _nameless(read_json(f"{edition}/{kind}.json")) for kind in kinds(edition)}
    if not documents:
        raise ContractError(f"schemas/{edition} holds no schema")
    run_lifecycle, skips = lifecycle(edition), frozenset[str]()
    if reading == "published":
        documents = published(edition, documents)
    if dialect is not None:
        chosen = dialect_of(edition, dialect)
        documents = loosened(documents, chosen, edition)
        run_lifecycle = run_lifecycle.with_fields(replaced_fields(chosen, edition))
        skips = chosen.skips
    return Contract(
        edition=edition,
        reading=reading,
        dialect=dialect,
        documents=documents,
        lifecycle=run_lifecycle,
        register=register(edition),
        skips=skips,
    )
