"""Objects as code of a quick maker: fields in the order of the schema, what belongs together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from run_contracts.errors import ContractError
from run_contracts.making.forms import Choice, Constant, Fields, Form, Identifier, Text, Whole
from run_contracts.making.generators.maker_code import MakerCode, dict_text
from run_contracts.making.generators.matching_fields import fits, fitting
from run_contracts.making.generators.shaped_texts import renamed
from run_contracts.making.generators.source import Source
from run_contracts.making.generators.specimens import OBJECTS, PAIRS
from run_contracts.making.text_patterns import is_shaped

FEW = 2
"""Items beyond the fewest that an array usually has, or fields beyond the declared ones."""
PRESENCE = 0.8
"""How often an optional field is there."""
LONGEST_NAME = 64
NAMES_TRIED = 200
"""How often a name is made for undeclared fields; some patterns allow few."""
FLAT = (Constant, Choice, Whole, Text, Identifier)
TextOf = Callable[[Form, MakerCode], str]
"""Returns the source text of a value of a form."""


def display(form: Fields, code: MakerCode, text_of: TextOf) -> str | None:
    """Return the text of an object that always has the same scalar fields; None for any other."""
    is_whole = form.others is None and form.required >= form.fields.keys()
    is_flat = all(isinstance(inner, FLAT) for inner in form.fields.values())
    if not is_whole or not is_flat or fitting(form, code.locale):
        return None
    return dict_text({name: text_of(inner, code) for name, inner in form.fields.items()})


def object_text(form: Fields, code: MakerCode, text_of: TextOf) -> str:
    """Write the statements that make an object, and return the text of it."""
    if not form.fields and form.name in OBJECTS:
        return code.picked(OBJECTS[form.name])
    names = list(form.fields)
    optional = [at for at, name in enumerate(names) if name not in form.required]
    sure = optional[0] if optional else len(names)
    texts = _together(form, code) | _ids(form, names[:sure], code)
    for name in names:
        texts[name] = texts.get(name) or text_of(form.fields[name], code)
    code.add(f"value = {dict_text({name: texts[name] for name in names[:sure]})}")
    for name in names[sure:]:
        line = f"value[{name!a}] = {texts[name]}"
        code.add(line if name in form.required else f"if random() < {PRESENCE}: {line}")
    if form.others is not None:
        code.add(_others(form, form.others, code))
    return "value"


def _together(form: Fields, code: MakerCode) -> dict[str, str]:
    """Return the texts of the fields that belong together, all of one record."""
    record = fitting(form, code.locale)
    if record is None:
        return {}
    code.add(f"row = int(random() * {len(record.rows)})")
    return {
        name: code.picked(tuple(row[name] for row in record.rows), "row") for name in record.fields
    }


def _ids(form: Fields, names: list[str], code: MakerCode) -> dict[str, str]:
    """Return the texts of the fields that are ids, of some that are always there."""
    ids = {name: inner for name in names if isinstance(inner := form.fields[name], Identifier)}
    texts = code.identifiers([inner.prefix for inner in ids.values()]) if ids else []
    return dict(zip(ids, texts, strict=True))


def _others(form: Fields, value_form: Form, code: MakerCode) -> str:
    """Return the statement that adds undeclared fields: a few, or as many as must be."""
    fewest = max(0, form.least - len(form.required))
    most = FEW if form.most is None else min(FEW, max(0, form.most - len(form.fields)))
    usual = _pairs(form, value_form, range(fewest, max(fewest, most) + 1))
    if usual:
        return f"value |= {code.named(usual)}[int(random() * {len(usual)})]"
    return f"{code.named(_adding(form, value_form, most, code))}(source, value)"


def _adding(
    form: Fields, value_form: Form, most: int, code: MakerCode
) -> Callable[[Source, dict[str, Any]], None]:
    """Return what adds undeclared fields that are made of words."""
    key, value = code.maker_of(form.names), code.maker_of(value_form)
    longest, taken = form.names.most or LONGEST_NAME, form.taken

    def add(source: Source, fields: dict[str, Any]) -> None:
        wanted = len(fields) + max(form.least - len(fields), int(source.random() * (most + 1)))
        for at in range(NAMES_TRIED):
            if len(fields) >= wanted:
                return
            name = key(source)
            if name in fields:
                shaped = is_shaped(form.names)
                name = renamed(form.names, name, at) if shaped else f"{name}{at}"[-longest:]
            if name not in fields and name not in taken:
                fields[name] = value(source)
        if len(fields) < form.least:
            raise ContractError(f"{form.name}: no {form.least} fields were found that all differ")

    return add


def _pairs(form: Fields, value_form: Form, counts: range) -> list[dict[str, str]]:
    """Return undeclared fields that real objects have beside each other, as far as they fit.

    None, if there are not as many as an object must have.
    """
    usual = [
        (name, [value for value in values if fits(value_form, value)])
        for name, values in PAIRS.get(form.name, {}).items()
        if name not in form.taken and fits(form.names, name)
    ]
    usual = [pair for pair in usual if pair[1]]
    return [
        {name: values[turn % len(values)] for name, values in (usual[at:] + usual[:at])[:many]}
        for at in range(len(usual))
        for many in counts
        for turn in range(max(len(values) for _, values in usual))
        if counts[0] <= len(usual)
    ]
