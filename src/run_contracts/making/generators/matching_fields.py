"""What belongs together: fields of one object that only make sense beside one another.

A record is a row of such fields, e.g. the code of an error and a message that fits it. Of the
first table whose fields an object has, a generator takes one row for all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from run_contracts.making.forms import (
    Anything,
    Choice,
    Constant,
    Fields,
    Form,
    Identifier,
    Items,
    Text,
    Union,
    is_fixed,
)
from run_contracts.making.generators.content import Words, words_of
from run_contracts.making.generators.error_messages import API_ERRORS, LAST_ERRORS
from run_contracts.making.generators.offered_functions import FUNCTIONS
from run_contracts.making.generators.specimens import (
    ANSWER_FORMS,
    CODE_AND_LOGS,
    CODE_THAT_DRAWS,
    FILES_AND_LINES,
)
from run_contracts.making.generators.themes import ABOUT_RUNS, BESIDE, themed_rows
from run_contracts.making.text_patterns import is_shaped, is_text_of

Record = Mapping[str, Any]
"""Values by field; an `Identifier` in one stands for an id of its own in each object."""
_FILE = Identifier(prefix="file-")
_MARK = "【4:0†manual.pdf】"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows that have the same fields; of a form that has these, or more of them."""

    fields: tuple[str, ...]
    rows: tuple[Record, ...]


def fitting(form: Fields, locale: str) -> Table | None:
    """Return what free fields of an object may hold together; None if they do not belong.

    A field that is fixed keeps to the rows that have its value, if any has. A field that can hold
    none of the values that are left is made on its own, beside rows that say nothing about it.
    """
    for table in _tables(locale):
        if form.fields.keys() >= {*table.fields}:
            return _narrowed(form, table)
    return None


def _narrowed(form: Fields, table: Table) -> Table | None:
    free, rows = [], table.rows
    for name in (name for name in rows[0] if name in form.fields):
        inner = form.fields[name]
        known = {id(row[name]): row[name] for row in rows}
        possible = {at for at, value in known.items() if fits(inner, value)}
        left = tuple(row for row in rows if id(row[name]) in possible)
        if left:
            rows = left
            free += [] if is_fixed(inner) else [name]
        else:
            rows = tuple(row for row in rows if name in row.get(BESIDE, ())) or rows
    return Table(fields=tuple(free), rows=rows) if free else None


def fits(form: Form, value: Any) -> bool:
    """Say whether a value is of a form; of forms that records never have, nothing is."""
    judge = _JUDGES.get(type(form))
    return judge is not None and bool(judge(form, value))


def _is_text(form: Text, value: Any) -> bool:
    if isinstance(value, Identifier):
        return not is_shaped(form)
    if not isinstance(value, str) or (is_shaped(form) and not is_text_of(form)(value)):
        return False
    most = len(value) if form.most is None else form.most
    is_spelled = not form.alphabet or set(value) <= set(form.alphabet)
    return form.least <= len(value) <= most and is_spelled


def _is_array(form: Items, value: Any) -> bool:
    if not isinstance(value, list) or form.first or form.is_unique:
        return False
    most = len(value) if form.most is None else form.most
    return form.least <= len(value) <= most and all(fits(form.item, each) for each in value)


def _is_object(form: Fields, value: Any) -> bool:
    return (
        isinstance(value, dict)
        and form.required <= value.keys()
        and (form.others is not None or value.keys() <= form.fields.keys())
        and all(fits(form.fields[name], value[name]) for name in form.fields.keys() & value)
    )


_JUDGES: Mapping[type[Form], Callable[[Any, Any], bool]] = {
    Anything: lambda *_: True,
    Constant: lambda form, value: form.value == value,
    Choice: lambda form, value: value in form.values,
    Union: lambda form, value: any(fits(branch, value) for branch in form.branches),
    Identifier: lambda form, value: isinstance(value, Identifier) and value.prefix == form.prefix,
    Text: _is_text,
    Items: _is_array,
    Fields: _is_object,
}


@lru_cache(maxsize=16)
def _tables(locale: str) -> tuple[Table, ...]:
    """Return the tables of a locale, those of more fields before those of some of them."""
    words = words_of(locale)
    answers = _answers(words.texts("value"))
    calls = [
        {"name": each.name, "arguments": json.dumps(arguments), "output": output}
        for each in FUNCTIONS
        for arguments, output in zip(each.arguments, each.outputs, strict=True)
    ]
    files = [
        {"file_name": name, "content": [{"type": "text", "text": line}]}
        for name, line in FILES_AND_LINES
    ]
    return (
        _table([each.described for each in FUNCTIONS]),
        _table(ANSWER_FORMS),
        Table(fields=ABOUT_RUNS, rows=tuple(themed_rows(words))),
        _table(calls),
        _table([{"name": each["name"], "arguments": each["arguments"]} for each in calls]),
        _table(API_ERRORS),
        _table(LAST_ERRORS),
        _table(_runs_of_code()),
        _table(files),
        _table(answers),
        _table(_spoken(words, answers)),
    )


def _table(rows: Any) -> Table:
    return Table(fields=tuple(rows[0]), rows=tuple(rows))


def _runs_of_code() -> list[Record]:
    """Return code with its outputs: what it prints, or an image."""
    image = {"type": "image", "image": {"file_id": _FILE}}
    return [
        *(
            {"input": code, "outputs": [{"type": "logs", "logs": logs}]}
            for code, logs in CODE_AND_LOGS
        ),
        *({"input": code, "outputs": [image]} for code in CODE_THAT_DRAWS),
    ]


def _answers(replies: tuple[str, ...]) -> list[Record]:
    """Return answers; one in eight cites a file, at the end of its text."""
    answers: list[Record] = [{"value": reply, "annotations": []} for reply in replies]
    for at, reply in enumerate(replies):
        if at % 8 == 0:
            citation = {
                "type": "file_citation",
                "text": _MARK,
                "start_index": len(reply),
                "end_index": len(reply) + len(_MARK),
                "file_citation": {"file_id": _FILE},
            }
            answers[at] = {"value": reply + _MARK, "annotations": [citation]}
    return answers


def _spoken(words: Words, answers: list[Record]) -> list[Record]:
    """Return what is said by whom: in requests a text or its parts, in messages always parts."""
    questions, image = (
        words.texts("content"),
        {"type": "image_file", "image_file": {"file_id": _FILE}},
    )
    asked: list[Any] = [
        *questions,
        *([{"type": "text", "text": question}] for question in questions),
        *([{"type": "text", "text": {"value": one, "annotations": []}}] for one in questions),
        *([{"type": "text", "text": question}, image] for question in questions[:8]),
    ]
    said: list[Any] = [
        *words.texts("value"),
        *([{"type": "text", "text": answer}] for answer in answers),
        *([image, {"type": "text", "text": answer}] for answer in answers[:8]),
        *([{"type": "refusal", "refusal": refusal}] for refusal in words.texts("refusal")[:8]),
    ]
    rows = [
        *(("user", content) for content in asked),
        *(("assistant", content) for content in said),
    ]
    return [{"role": role, "content": content} for role, content in rows]
