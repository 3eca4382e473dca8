"""The forms of schemas of one type: what their keywords come to, type by type."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
    Text,
    Union,
)
from run_contracts.making.number_forms import (
    Schema,
    SchemaReader,
    check_bounds,
    integer_form,
    number_form,
)
from run_contracts.making.object_forms import object_form
from run_contracts.making.text_formats import FORMATS, formatted
from run_contracts.making.text_patterns import compiled_pattern, is_shaped, is_text_of


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
