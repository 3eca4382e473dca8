"""The reader of schemas: it goes through the keywords of one, and through the schemas inside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin

from run_contracts.contract.loading import Contract
from run_contracts.contract.readings import BESIDE_WHAT_IS_LISTED
from run_contracts.errors import ContractError
from run_contracts.making.exclusion import exclude_each_other
from run_contracts.making.forms import (
    Anything,
    Choice,
    Constant,
    Form,
    Items,
    Judged,
    Unmade,
    union,
)
from run_contracts.making.keywords import (
    CONTAINED,
    KEYWORDS,
    KNOWN_KEYWORDS,
    TRIED,
    WHOLE_SCHEMA,
    is_of_type,
    is_plain,
    types_of,
    unknown_keyword,
    words_of_schema,
)
from run_contracts.making.normal_form import (
    ALLOWS_NOTHING,
    absolute,
    in_order,
    normal_form,
    validator_of,
)
from run_contracts.making.number_forms import ImpossibleSchema
from run_contracts.making.typed_forms import TYPES

MOST_TURNS = 2
"""How often a schema that leads back to itself is followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormReader:
    """Reads one schema: where it stands, what it is called, and which references lead here.

    `resolver` is of referencing, whose class has no public name. `definitions` are those of the
    normal form that the schema is part of; None for a schema as it was written.
    """

    contract: Contract
    resolver: Any
    base: str
    where: str
    name: str = ""
    trail: tuple[int, ...] = ()
    depth: int = 0
    definitions: Mapping[str, Any] | None = None
    known: dict[Any, Form] = field(default_factory=dict)

    def form(self, schema: Any) -> Form:
        """Return the form of a schema; raise `ContractError` if it cannot be read."""
        if schema is True:
            return Anything()
        if schema is False or schema == ALLOWS_NOTHING:
            raise self.impossible("the schema allows nothing")
        if not isinstance(schema, Mapping):
            raise self.refusal("a schema is an object, true or false")
        if is_plain(schema):
            return self._plain(schema)
        if self.definitions is None:
            return self._merged(schema)
        return self._left_over(schema)

    def part(self, schema: Any, step: str, *, name: str | None = None) -> Form:
        """Return the form of an inner schema; `Unmade` if it has none."""
        named = self.name if name is None else name
        try:
            return replace(self, where=f"{self.where}{step}", name=named).form(schema)
        except ContractError as error:
            return Unmade(why=str(error), is_understood=isinstance(error, ImpossibleSchema))

    def tried(self, form: Form, schema: Any) -> Judged:
        """Return a form whose values are tried by a schema before they are taken."""
        is_written = self.definitions is None
        whole = absolute(schema, self.base) if is_written else schema
        is_valid = validator_of(self.contract, whole, self.definitions or {})
        return Judged(form=form, is_valid=is_valid, where=self.where)

    def refusal(self, reason: str) -> ContractError:
        """Return the error that says where a schema cannot be read, and why."""
        return ContractError(self._placed(reason))

    def impossible(self, reason: str) -> ImpossibleSchema:
        """Return the error that says where a schema leaves nothing to make, and why."""
        return ImpossibleSchema(self._placed(reason))

    def _placed(self, reason: str) -> str:
        return reason if reason.startswith(self.where) else f"{self.where}: {reason}"

    def _plain(self, schema: Mapping[str, Any]) -> Form:
        """Return the form of a schema whose keywords are read one by one."""
        self._refuse_unknown({word: {} for word in schema})
        for word in WHOLE_SCHEMA:
            if word in schema:
                return self._whole[word](self, schema)
        types = types_of(schema)
        if not types:
            return Anything()
        unknown = [kind for kind in types if kind not in TYPES]
        if unknown:
            raise self.refusal(f"{unknown[0]!r} is no type; there are {', '.join(TYPES)}")
        return union(tuple(TYPES[kind](self, schema) for kind in types))

    def _refuse_unknown(self, schema: Any) -> None:
        """Raise `ContractError` for a keyword that is not understood, at any depth."""
        word = unknown_keyword(schema)
        if word is not None:
            raise self.refusal(
                f"keyword {word!r} is not understood here; nothing is made from a schema that is "
                f"only half read. Understood are {', '.join(sorted(KNOWN_KEYWORDS))}"
            )

    def _reference(self, schema: Mapping[str, Any]) -> Form:
        from referencing.exceptions import Unresolvable  # noqa: PLC0415 - only where it is used

        reference = schema["$ref"]
        try:
            resolved = self.resolver.lookup(reference)
        except Unresolvable:
            raise self.refusal(
                f"$ref {reference!r} is not in the contract, and nothing is fetched; "
                "add the schema to the contract's documents"
            ) from None
        target = id(resolved.contents)
        depth = self.depth + (target in self.trail)
        if depth > MOST_TURNS:
            raise self.impossible(
                f"$ref {reference!r} leads back to itself; recursion without an end cannot be made"
            )
        reader = replace(
            self,
            resolver=resolved.resolver,
            base=urljoin(self.base, reference),
            trail=(*self.trail, target),
            depth=depth,
        )
        # The same target is reached from many places, and all of them can share its form.
        place = (target, depth, frozenset(reader.trail), self.name)
        if place not in self.known:
            self.known[place] = reader.form(resolved.contents)
        return self.known[place]

    def _constant(self, schema: Mapping[str, Any]) -> Form:
        return self._enum({**schema, "enum": [schema["const"]]})

    def _enum(self, schema: Mapping[str, Any]) -> Form:
        types = schema.get("type")
        allowed = [types] if isinstance(types, str) else types
        values = tuple(
            value for value in schema["enum"] if allowed is None or is_of_type(value, set(allowed))
        )
        if not values:
            raise self.impossible("no value of its enum is of its type")
        return Choice(values=values) if len(values) > 1 else Constant(value=values[0])

    def _any_of(self, schema: Mapping[str, Any]) -> Form:
        return union(self._branches(schema["anyOf"], "anyOf"))

    def _one_of(self, schema: Mapping[str, Any]) -> Form:
        branches = self._branches(schema["oneOf"], "oneOf")
        for at, branch in enumerate(branches):
            if not all(exclude_each_other(branch, later) for later in branches[at + 1 :]):
                if self.definitions is None:
                    return self._merged(schema)
                return self.tried(union(branches), schema)
        return union(branches)

    def _branches(self, schemas: list[Any], keyword: str) -> tuple[Form, ...]:
        """Return the forms of what is listed; what a dialect has beside that is not made."""
        listed = [(at, one) for at, one in enumerate(schemas) if not _is_beside(one)]
        return tuple(self.part(schema, f"/{keyword}/{at}") for at, schema in listed)

    _whole = {  # noqa: RUF012 - a constant of a frozen class
        "$ref": _reference,
        "const": _constant,
        "enum": _enum,
        "anyOf": _any_of,
        "oneOf": _one_of,
    }

    def _merged(self, schema: Mapping[str, Any]) -> Form:
        """Return the form of a schema whose keywords have to be merged before they are read."""
        from referencing.jsonschema import DRAFT202012  # noqa: PLC0415 - only where it is used

        self._refuse_unknown(schema)
        try:
            whole = normal_form(self.contract, schema, self.base)
        except ContractError as error:
            raise self.refusal(str(error)) from None
        if whole is None:
            return self._left_over(absolute(schema, self.base))
        if whole == ALLOWS_NOTHING:
            raise self.impossible("its keywords exclude each other; the schema allows nothing")
        place = f"urn:normal:{id(whole)}"
        registry = self.contract.registry.with_resource(place, DRAFT202012.create_resource(whole))
        reader = replace(
            self,
            resolver=registry.resolver(place),
            base=place,
            definitions=whole.get("$defs", {}),
        )
        return in_order(reader.form(whole), schema)

    def _left_over(self, schema: Mapping[str, Any]) -> Form:
        """Return the form of what no plainer keywords say: it is made and then tried."""
        parts = [part for part in schema.get("allOf", ()) if isinstance(part, Mapping)]
        if any("$ref" in part for part in parts):
            return self._followed(schema)
        plainer: dict[str, Any] = {}
        for part in (schema, *parts):
            plainer = {**{w: value for w, value in part.items() if w not in TRIED}, **plainer}
        if not words_of_schema(plainer):
            plainer = {"type": [kind for kind in KEYWORDS if kind != "integer"]}
        if "oneOf" in schema:
            form = union(self._branches(schema["oneOf"], "oneOf"))
        else:
            form = self._plain({w: value for w, value in plainer.items() if w not in CONTAINED})
        if isinstance(form, Items) and "contains" in plainer:
            form = self._containing(form, plainer)
        return self.tried(form, schema)

    def _followed(self, schema: Mapping[str, Any]) -> Form:
        """Return the form of an allOf with references: merged with what they lead to."""
        if self.depth >= MOST_TURNS:
            raise self.impossible("allOf leads back to itself; recursion cannot be made")
        parts = [
            self.resolver.lookup(part["$ref"]).contents if "$ref" in part else part
            for part in schema["allOf"]
        ]
        whole = {**schema, "allOf": parts, "$defs": dict(self.definitions or {})}
        return replace(self, definitions=None, depth=self.depth + 1).form(whole)

    def _containing(self, form: Items, schema: Mapping[str, Any]) -> Items:
        """Return an array that holds what it must, after its first items if there is room."""
        parts = [schema.get("items", True), schema["contains"]]
        both = {"allOf": parts, "$defs": dict(self.definitions or {})}
        item, many = self._merged(both), schema.get("minContains", 1)
        fewest = len(form.first) + many
        if form.most is not None and fewest > form.most:
            return form
        return replace(form, first=(*form.first, *[item] * many), least=max(form.least, fewest))


def _is_beside(schema: Any) -> bool:
    return isinstance(schema, Mapping) and schema.get("$comment") == BESIDE_WHAT_IS_LISTED
