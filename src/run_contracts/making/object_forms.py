"""The forms of objects: their declared fields, the others they may hold, and how many of both."""

from __future__ import annotations

from dataclasses import replace

from run_contracts.making.field_names import FieldNames, field_names
from run_contracts.making.forms import Fields, Form, Text, union
from run_contracts.making.number_forms import Schema, SchemaReader
from run_contracts.making.text_patterns import is_text_of


def object_form(reader: SchemaReader, schema: Schema) -> Form:
    """Return the form of an object."""
    names, undeclared = field_names(reader, schema), _Undeclared(reader, schema)
    form = _declared(reader, schema, names, undeclared)
    pattern, others = undeclared.others(is_free=not form.fields)
    if names.texts is None:
        others = None
    elif others is not None:
        form = replace(form, names=names.matching(pattern))
    whole = _within_bounds(reader, replace(form, others=others))
    return whole if names.is_sure else reader.tried(whole, schema)


def _declared(
    reader: SchemaReader, schema: Schema, names: FieldNames, undeclared: _Undeclared
) -> Fields:
    """Return an object of the fields that a schema names, without any others."""
    properties = schema.get("properties", {})
    required = frozenset(schema.get("required", ()))
    fields = {
        name: reader.part(inner, f"/properties/{name}", name=name)
        for name, inner in properties.items()
        if inner is not False and names.allow(name)
    }
    for name in (*sorted(required - fields.keys()), *names.keys):
        if name not in fields and name not in properties and names.allow(name):
            inner = undeclared.form(name)
            fields |= {} if inner is None else {name: inner}
    for name in sorted(required - fields.keys()):
        raise reader.impossible(f"requires {name!r}, which it does not allow")
    return Fields(
        fields=fields,
        required=required,
        least=schema.get("minProperties", 0),
        most=schema.get("maxProperties"),
        name=reader.name,
        barred=frozenset(properties.keys() - fields.keys()),
    )


class _Undeclared:
    """The forms of the fields that an object does not declare."""

    def __init__(self, reader: SchemaReader, schema: Schema) -> None:
        """Read them, each kind once."""
        self.patterns = {
            pattern: reader.part(inner, f"/patternProperties/{pattern}")
            for pattern, inner in schema.get("patternProperties", {}).items()
        }
        extra = schema.get("additionalProperties", True)
        self.extra = None if extra is False else reader.part(extra, "/additionalProperties")
        self.is_asked_for = "additionalProperties" in schema or "minProperties" in schema

    def form(self, name: str) -> Form | None:
        """Return the form of a field of this name; None if there may be none."""
        for pattern, form in self.patterns.items():
            if is_text_of(Text(pattern=pattern))(name):
                return form
        return self.extra

    def others(self, *, is_free: bool) -> tuple[str | None, Form | None]:
        """Return a pattern of names and the form of such fields, or of any if there is none.

        Where some are declared, none are made unasked.
        """
        if self.patterns and (is_free or (self.extra is None and self.is_asked_for)):
            return next(iter(self.patterns.items()))
        return None, self.extra if is_free or self.is_asked_for else None


def _within_bounds(reader: SchemaReader, form: Fields) -> Form:
    """Return an object that has no more declared fields than it may, and as many as it must.

    Where some must be chosen, it is one of several: each begins with another field.
    """
    optional = [name for name in form.fields if name not in form.required]
    fewest = max(0, form.least - len(form.required))
    if form.others is not None and form.most is not None:
        if len(optional) < fewest <= form.most - len(form.required):
            return replace(form, required=frozenset(form.fields))
        if fewest > form.most - len(form.fields):
            form = replace(form, others=None)
    room = len(optional) if form.most is None else form.most - len(form.required)
    if room < 0 or (form.most is not None and form.most < form.least):
        raise reader.impossible("requires more fields than it may have")
    if form.others is None and fewest > len(optional):
        raise reader.impossible("requires more fields than it declares")
    if room >= len(optional) and (form.others is not None or not fewest):
        return form
    chosen = [(optional[at:] + optional[:at])[:room] for at in range(len(optional))]
    needed = fewest if form.others is None else 0
    branches = [
        replace(
            form,
            fields={
                name: form.fields[name] for name in form.fields if name in {*some, *form.required}
            },
            required=form.required.union(some[: max(needed, 1)]),
            others=None if needed or not fewest else form.others,
        )
        for some in chosen
    ]
    if not fewest:
        bare = {name: form.fields[name] for name in form.required}
        branches.insert(0, replace(form, fields=bare, others=None))
    return union(tuple(branches))
