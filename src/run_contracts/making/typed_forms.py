"""The forms of schemas of one type: what their keywords come to, type by type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from run_contracts.errors import ContractError
from run_contracts.making.forms import (
    NULL,
    TRUTH,
    Anything,
    Choice,
    Constant,
    Fields,
    Form,
    Items,
    Judged,
    Text,
    Union,
    Unmade,
    union,
)
from run_contracts.making.number_forms import (
    Schema,
    SchemaReader,
    check_bounds,
    integer_form,
    number_form,
)
from run_contracts.making.text_formats import FORMATS, formatted
from run_contracts.making.text_patterns import compiled_pattern, is_shaped, is_text_of

LONGEST_KEY = 64


def object_form(reader: SchemaReader, schema: Schema) -> Form:
    """Return the form of an object."""
    properties = schema.get("properties", {})
    fields = {
        name: reader.part(inner, f"/properties/{name}", name=name)
        for name, inner in properties.items()
        if inner is not False
    }
    required = frozenset(schema.get("required", ()))
    undeclared = _Undeclared(reader, schema)
    for name in sorted(required - fields.keys()):
        inner = None if name in properties else undeclared.form(name)
        if inner is None:
            raise reader.impossible(f"requires {name!r}, which it does not allow")
        fields[name] = inner
    names, keys = _names(reader, schema)
    for key in keys:
        inner = None if key in properties else undeclared.form(key)
        fields |= {} if key in fields or inner is None else {key: inner}
    form = Fields(
        fields=fields,
        required=required,
        others=None if keys else undeclared.others(is_free=not fields),
        names=names,
        least=schema.get("minProperties", 0),
        most=schema.get("maxProperties"),
        name=reader.name,
        barred=frozenset(name for name, inner in properties.items() if inner is False),
    )
    return _within_bounds(reader, form)


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

    def others(self, *, is_free: bool) -> Form | None:
        """Return the form of any such fields; none are made unasked where others are declared."""
        if is_free and self.patterns:
            return next(iter(self.patterns.values()))
        return self.extra if is_free or self.is_asked_for else None


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


def _names(reader: SchemaReader, schema: Schema) -> tuple[Text, tuple[str, ...]]:
    """Return the form of undeclared names, within what people read; all there are, if few."""
    said, pattern = (
        schema.get("propertyNames", True),
        next(iter(schema.get("patternProperties", {})), None),
    )
    form = Text() if said is True else reader.part(said, "/propertyNames")
    if isinstance(form, Judged):
        form = form.form
    match form:
        case Constant(value=str() as key):
            return Text(least=1), (key,)
        case Choice(values=values):
            return Text(least=1), tuple(value for value in values if isinstance(value, str))
        case Unmade(why=why):
            raise reader.refusal(why)
    names = form if isinstance(form, Text) else Text()
    most = LONGEST_KEY if names.most is None else names.most
    if pattern not in (None, names.pattern):
        both = f"^(?=[\\s\\S]*?(?:{names.pattern}))[\\s\\S]*?(?:{pattern})"
        names = replace(names, pattern=pattern if names.pattern is None else both)
    return replace(names, least=min(max(names.least, 1), most), most=most, name=""), ()


def array_form(reader: SchemaReader, schema: Schema) -> Form:
    """Return the form of an array."""
    prefix = tuple(
        reader.part(inner, f"/prefixItems/{at}")
        for at, inner in enumerate(schema.get("prefixItems", ()))
    )
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    inner = schema.get("items", True)
    item: Form = Anything() if inner is False else reader.part(inner, "/items")
    if inner is False:
        most = len(prefix) if most is None else min(most, len(prefix))
    is_unique = schema.get("uniqueItems", False)
    if is_unique and (many := _how_many(item)) is not None:
        room = many + len(prefix)
        most = room if most is None else min(most, room)
    check_bounds(reader, least, most)
    return Items(
        item=item,
        least=least,
        most=most,
        first=prefix if most is None else prefix[:most],
        # Things that name themselves are told apart by it, though no schema says so.
        apart="id" if _has_id(item) else None,
        is_unique=is_unique,
        name=reader.name,
    )


def string_form(reader: SchemaReader, schema: Schema) -> Form:
    """Return the form of a string; a format that nobody knows says nothing."""
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    check_bounds(reader, least, most)
    known = schema.get("format") if schema.get("format") in FORMATS else None
    pattern = schema.get("pattern")
    form = Text(least=least, most=most, name=reader.name, pattern=pattern, format=known)
    if not is_shaped(form):
        return form
    try:
        compiled_pattern(form)
        is_text_of(form)
    except ContractError as error:
        raise reader.refusal(str(error)) from None
    if known is not None and pattern is None and formatted(form) is None:
        raise reader.refusal(f"of format {known!r} no string of these lengths is known")
    return form


def _how_many(form: Form) -> int | None:
    """Return how many values a form has; None if they are not counted."""
    if isinstance(form, Union):
        counts = [_how_many(branch) for branch in form.branches]
        return None if None in counts else sum(count or 0 for count in counts)
    if isinstance(form, Choice):
        return len(form.values)
    return 1 if isinstance(form, Constant) else None


def _has_id(form: Form) -> bool:
    """Say whether every object of a form names itself."""
    if isinstance(form, Union):
        return all(map(_has_id, form.branches))
    return isinstance(form, Fields) and "id" in form.required


TYPES: Mapping[str, Callable[[SchemaReader, Schema], Form]] = {
    "null": lambda *_: NULL,
    "boolean": lambda *_: TRUTH,
    "object": object_form,
    "array": array_form,
    "string": string_form,
    "integer": integer_form,
    "number": number_form,
}
