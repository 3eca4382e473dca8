"""The names that the fields of an object may have: some by name, others by a form of texts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from run_contracts.making.exclusion import values_of
from run_contracts.making.forms import (
    Anything,
    Form,
    Judged,
    Text,
    Union,
    Unmade,
)
from run_contracts.making.number_forms import Schema, SchemaReader
from run_contracts.making.text_patterns import is_of_text

LONGEST_KEY = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNames:
    """What fields may be called: the form of all names, and what undeclared ones are made of.

    Those are as `texts` say, if not None, or one of `keys`. If it is not sure that all texts may
    be, objects have to be tried.
    """

    form: Form
    texts: Text | None = None
    keys: tuple[str, ...] = ()
    is_sure: bool = True

    def allow(self, name: str) -> bool:
        """Say whether a field may have a name."""
        return _is_of(self.form, name)

    def matching(self, pattern: str | None) -> Text:
        """Return the form of names that match a pattern, too; of a length that people read."""
        names = Text() if self.texts is None else self.texts
        most = LONGEST_KEY if names.most is None else names.most
        if pattern is not None and names.pattern not in (None, pattern):
            pattern = f"^(?=[\\s\\S]*?(?:{names.pattern}))[\\s\\S]*?(?:{pattern})"
        least = min(max(names.least, 1), most)
        return replace(names, least=least, most=most, name="", pattern=pattern or names.pattern)


def field_names(reader: SchemaReader, schema: Schema) -> FieldNames:
    """Return what a schema says of names; of several forms of texts, the first.

    Raises `ContractError` if it says it in words that are not understood.
    """
    form = reader.part(schema.get("propertyNames", True), "/propertyNames")
    if isinstance(form, Unmade) and not form.is_understood:
        raise reader.refusal(form.why)
    return replace(_names_of(form), form=form)


def _names_of(form: Form) -> FieldNames:
    if isinstance(form, Judged):
        return replace(_names_of(form.form), is_sure=False)
    if isinstance(form, Union):
        return _first_texts([_names_of(branch) for branch in form.branches])
    if isinstance(form, Text | Anything):
        return FieldNames(form=form, texts=form if isinstance(form, Text) else Text())
    keys = tuple(value for value in values_of(form) or () if isinstance(value, str))
    return FieldNames(form=form, keys=keys)


def _first_texts(branches: list[FieldNames]) -> FieldNames:
    """Return the names of several forms in one: all keys, and the texts of the first, if any."""
    texts = next((branch for branch in branches if branch.texts is not None), branches[0])
    keys = tuple(key for branch in branches for key in branch.keys)
    return replace(texts, keys=tuple(dict.fromkeys(keys)))


def _is_of(form: Form, name: str) -> bool:
    match form:
        case Text():
            return is_of_text(form, name)
        case Judged():
            return form.is_valid(name)
        case Union(branches=branches):
            return any(_is_of(branch, name) for branch in branches)
    return isinstance(form, Anything) or name in (values_of(form) or ())
