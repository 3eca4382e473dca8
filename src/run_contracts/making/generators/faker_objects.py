"""Objects as code of a quick maker: fields in the order of the schema, what belongs together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from run_contracts.making.forms import Choice, Constant, Fields, Form, Identifier, Text, Whole
from run_contracts.making.generators.maker_code import MakerCode, dict_text
from run_contracts.making.generators.matching_fields import fits, fitting
from run_contracts.making.generators.source import Source
from run_contracts.making.generators.specimens import OBJECTS, PAIRS

FEW = 2
"""Items beyond the fewest that an array usually has, or fields beyond the declared ones."""
PRESENCE = 0.8
"""How often an optional field is there."""
LONGEST_NAME = 64
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
    together = _together(form, code)
    texts = {
        name: together.get(name) or text_of(inner, code) for name, inner in form.fields.items()
    }
    names = list(form.fields)
    optional = [at for at, name in enumerate(names) if name not in form.required]
    sure = optional[0] if optional else len(names)
    code.add(f"value = {dict_text({name: texts[name] for name in names[:sure]})}")
    for name in names[sure:]:
        line = f"value[{name!a}] = {texts[name]}"
        code.add(line if name in form.required else f"if random() < {PRESENCE}: {line}")
    if form.others is not None:
        code.add(f"{code.named(_others(form, form.others, code))}(source, value)")
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


def _others(
    form: Fields, value_form: Form, code: MakerCode
) -> Callable[[Source, dict[str, Any]], None]:
    """Return what adds undeclared fields: a few, or as many as must be."""
    key, value = code.maker_of(form.names), code.maker_of(value_form)
    pairs = _pairs(form, value_form)
    many = len(pairs)
    longest = form.names.most or LONGEST_NAME
    room = FEW if form.most is None else min(FEW, max(0, form.most - len(form.fields)))

    def add(source: Source, fields: dict[str, Any]) -> None:
        wanted = max(form.least - len(fields), int(source.random() * (room + 1)))
        first = int(source.random() * many)
        for at in range(first, first + min(wanted, many)):
            name, values = pairs[at % many]
            fields[name] = values[int(source.random() * len(values))]
        for at in range(wanted - many):
            name = key(source)
            fields[name if name not in fields else f"{name}{at}"[-longest:]] = value(source)

    return add


def _pairs(form: Fields, value_form: Form) -> list[tuple[str, tuple[str, ...]]]:
    """Return the undeclared fields that real objects have, as far as they fit."""
    usual = PAIRS.get(form.name, {})
    fitting = {
        name: tuple(value for value in values if fits(value_form, value))
        for name, values in usual.items()
        if name not in form.fields and fits(form.names, name)
    }
    return [pair for pair in fitting.items() if pair[1]]
