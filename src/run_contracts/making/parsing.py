"""Reading forms out of JSON Schemas: a subset of 2020-12, and a clear no to the rest.

What is read: type, const, enum, anyOf, oneOf (of branches that exclude one another), $ref within
the contract, properties, required, additionalProperties, propertyNames, minProperties,
maxProperties, items, minItems, maxItems, minLength, maxLength, minimum, maximum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.errors import ContractError
from run_contracts.making.exclusion import exclude_each_other
from run_contracts.making.forms import (
    NULL,
    TRUTH,
    Anything,
    Choice,
    Constant,
    Fields,
    Form,
    Items,
    Number,
    Text,
    Union,
    Whole,
    union,
)
from run_contracts.making.keywords import WHOLE_SCHEMA, is_of_type, must_stand_alone, types_of

LONGEST_KEY = 64


@lru_cache(maxsize=256)
def form_of(contract: Contract, kind: str) -> Form:
    """Return the form of a kind; raise `ContractError` for a schema that cannot be made from.

    >>> from run_contracts import load
    >>> sorted(form_of(load("v2"), "error").fields)
    ['error']
    """
    contract.schema(kind)
    resolver = contract.registry.resolver(contract.uri(kind))
    return _Reader(resolver=resolver, where=kind).form({"$ref": contract.uri(kind)})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads one schema: where it stands, what it is called, and which references lead here.

    `resolver` is of referencing, whose class has no public name.
    """

    resolver: Any
    where: str
    name: str = ""
    trail: tuple[int, ...] = ()

    def form(self, schema: Any) -> Form:
        """Return the form of a schema."""
        if schema is True:
            return Anything()
        if not isinstance(schema, Mapping):
            raise self._no("a schema that is no object allows nothing that could be made")
        for keyword in WHOLE_SCHEMA:
            if keyword in schema:
                must_stand_alone(schema, keyword, self.where)
                return self._whole[keyword](self, schema)
        types = types_of(schema, self.where)
        if not types:
            return Anything()
        return union(tuple(_TYPES[kind](self, schema) for kind in types))

    def below(self, step: str, *, name: str | None = None) -> _Reader:
        """Return the reader of an inner schema."""
        named = self.name if name is None else name
        return replace(self, where=f"{self.where}{step}", name=named)

    def _no(self, reason: str) -> ContractError:
        return ContractError(f"{self.where}: {reason}")

    def _reference(self, schema: Mapping[str, Any]) -> Form:
        from referencing.exceptions import Unresolvable  # noqa: PLC0415 - only where it is used

        reference = schema["$ref"]
        try:
            resolved = self.resolver.lookup(reference)
        except Unresolvable:
            raise self._no(
                f"$ref {reference!r} is not in the contract, and nothing is fetched; "
                "add the schema to the contract's documents"
            ) from None
        target = id(resolved.contents)
        if target in self.trail:
            raise self._no(f"$ref {reference!r} leads back to itself; recursion cannot be made")
        reader = replace(self, resolver=resolved.resolver, trail=(*self.trail, target))
        return reader.form(resolved.contents)

    def _constant(self, schema: Mapping[str, Any]) -> Form:
        return Constant(value=schema["const"])

    def _enum(self, schema: Mapping[str, Any]) -> Form:
        types = schema.get("type")
        allowed = [types] if isinstance(types, str) else types
        values = tuple(
            one for one in schema["enum"] if allowed is None or is_of_type(one, set(allowed))
        )
        if not values:
            raise self._no("no value of its enum is of its type")
        return Choice(values=values) if len(values) > 1 else Constant(value=values[0])

    def _any_of(self, schema: Mapping[str, Any]) -> Form:
        return union(self._branches(schema["anyOf"], "anyOf"))

    def _one_of(self, schema: Mapping[str, Any]) -> Form:
        branches = self._branches(schema["oneOf"], "oneOf")
        for at, branch in enumerate(branches):
            for other, later in enumerate(branches[at + 1 :], start=at + 1):
                if not exclude_each_other(branch, later):
                    raise self._no(
                        f"branches {at} and {other} of oneOf may hold the same value; give each a "
                        "const of its own, or write anyOf"
                    )
        return union(branches)

    def _branches(self, schemas: list[Any], keyword: str) -> tuple[Form, ...]:
        return tuple(
            self.below(f"/{keyword}/{at}").form(schema) for at, schema in enumerate(schemas)
        )

    _whole = {  # noqa: RUF012 - a constant of a frozen class
        "$ref": _reference,
        "const": _constant,
        "enum": _enum,
        "anyOf": _any_of,
        "oneOf": _one_of,
    }

    def object(self, schema: Mapping[str, Any]) -> Form:
        """Return the form of an object."""
        fields = {
            name: self.below(f"/properties/{name}", name=name).form(inner)
            for name, inner in schema.get("properties", {}).items()
        }
        required = frozenset(schema.get("required", ()))
        others = self._others(schema, is_free=not fields)
        if not required <= fields.keys() and others is None:
            missing = min(required - fields.keys())
            raise self._no(f"requires {missing!r}, whose form it does not say")
        fields |= {name: others for name in sorted(required - fields.keys()) if others is not None}
        names = self.below("/propertyNames").form(schema.get("propertyNames", {"type": "string"}))
        return Fields(
            fields=fields,
            required=required,
            others=others,
            names=_names(names),
            least=schema.get("minProperties", 0),
            most=schema.get("maxProperties"),
            name=self.name,
        )

    def _others(self, schema: Mapping[str, Any], *, is_free: bool) -> Form | None:
        """Return the form of undeclared fields; none are made where others are declared."""
        extra = schema.get("additionalProperties", True)
        if extra is True:
            return Anything() if is_free else None
        return None if extra is False else self.below("/additionalProperties").form(extra)

    def array(self, schema: Mapping[str, Any]) -> Form:
        """Return the form of an array."""
        item = self.below("/items").form(schema.get("items", True))
        return Items(
            item=item,
            least=schema.get("minItems", 0),
            most=schema.get("maxItems"),
            # Things that name themselves are told apart by it, though no schema says so.
            apart="id" if _has_id(item) else None,
            name=self.name,
        )

    def string(self, schema: Mapping[str, Any]) -> Form:
        """Return the form of a string."""
        return Text(least=schema.get("minLength", 0), most=schema.get("maxLength"), name=self.name)

    def integer(self, schema: Mapping[str, Any]) -> Form:
        """Return the form of an integer."""
        return Whole(least=schema.get("minimum"), most=schema.get("maximum"), name=self.name)

    def number(self, schema: Mapping[str, Any]) -> Form:
        """Return the form of a number."""
        return Number(least=schema.get("minimum"), most=schema.get("maximum"), name=self.name)


_TYPES: Mapping[str, Callable[[_Reader, Mapping[str, Any]], Form]] = {
    "null": lambda *_: NULL,
    "boolean": lambda *_: TRUTH,
    "object": _Reader.object,
    "array": _Reader.array,
    "string": _Reader.string,
    "integer": _Reader.integer,
    "number": _Reader.number,
}


def _has_id(form: Form) -> bool:
    """Say whether every object of a form names itself."""
    if isinstance(form, Union):
        return all(map(_has_id, form.branches))
    return isinstance(form, Fields) and "id" in form.required


def _names(form: Form) -> Text:
    """Return the form of undeclared names: whatever is allowed, within what people read."""
    most = form.most if isinstance(form, Text) and form.most is not None else LONGEST_KEY
    least = form.least if isinstance(form, Text) else 0
    return Text(least=max(least, 1), most=most)


def schema_form(schema: Any, where: str) -> Form:
    """Return the form of a schema of somebody else's, e.g. the parameters of a function.

    References lead within it only. Raises `ContractError` for one that cannot be made from.

    >>> schema_form({"type": "object", "properties": {"a": {"const": 1}}}, "mine").fields["a"].value
    1
    """
    from referencing import Registry  # noqa: PLC0415 - only where it is used
    from referencing.jsonschema import DRAFT202012  # noqa: PLC0415

    resolver: Any = Registry().resolver_with_root(DRAFT202012.create_resource(schema))
    return _Reader(resolver=resolver, where=where).form(schema)
