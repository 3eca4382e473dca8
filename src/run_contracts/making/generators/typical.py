"""What one would expect to read in each form: two generators of realistic values without choice.

They depend on no random source and no other library, so a value is the same in every process.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from run_contracts.making.forms import (
    Choice,
    Fields,
    Form,
    Identifier,
    Items,
    Make,
    Number,
    Planned,
    Text,
    Union,
    Unmade,
    Whole,
    allows_null,
    is_null,
    is_truth,
)
from run_contracts.making.generators.content import NEVER_EMPTY, PREFIXES, REPLIES_ON
from run_contracts.making.generators.simplest import simplest
from run_contracts.making.text_patterns import is_shaped

TAIL = "3fKq8ZtV0sXw1BnY7mLc2RpD"
"""What follows the prefix of every id: as many letters and digits as recorded ones have."""
TYPICAL_TEXTS: Mapping[str, str] = {
    "additional_instructions": "Answer in one sentence.",
    "arguments": '{"city": "Lisbon"}',
    "code": "invalid_value",
    "content": "What is the weather in Lisbon?",
    "description": "Returns the weather of a city.",
    "file_name": "report.pdf",
    "input": "print(1 + 1)",
    "instructions": "You answer questions about the weather.",
    "logs": "2",
    "message": "The server had an error while processing your request. Sorry about that!",
    "model": "gpt-4o",
    "name": "get_weather",
    "output": '{"degrees": 21}',
    "param": "assistant_id",
    "reasoning_effort": "medium",
    "refusal": "I cannot help with that.",
    "reply": "It is sunny in Lisbon.",
    "text": "What is the weather in Lisbon?",
    "type": "invalid_request_error",
    "url": "https://files.example/cat.png",
    "value": "It is sunny in Lisbon.",
}
"""What a text holds, by the property it fills."""
TYPICAL_OBJECTS: Mapping[str, Any] = {
    "metadata": {"customer": "1042"},
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
    "schema": {"type": "object", "properties": {"answer": {"type": "string"}}},
}
"""What an object without declared fields holds, by the property it fills."""
TYPICAL_NUMBERS: Mapping[str, int] = {
    "prompt_tokens": 412,
    "completion_tokens": 38,
    "total_tokens": 450,
    "max_prompt_tokens": 8000,
    "max_completion_tokens": 2000,
    "last_messages": 10,
    "max_num_results": 20,
}
"""What a whole number is, by the property it fills."""
USUAL_PART = 4
"""The part of a usual range that a typical number lies above its least, rounded up."""


def typical(form: Form) -> Any:
    """Return a value of a form as it is most of the time: null where it may be.

    >>> typical(Text(name="model")), typical(Identifier(prefix="run_"))
    ('gpt-4o', 'run_3fKq8ZtV0sXw1BnY7mLc2RpD')
    """
    return None if allows_null(form) else _expected(form, typical)


def detailed(form: Form) -> Any:
    """Return a value of a form in which everything is there: every field, one item, no null.

    >>> detailed(Items(item=Text(name="file_ids")))
    ['file-3fKq8ZtV0sXw1BnY7mLc2RpD']
    """
    match form:
        case Union(branches=branches):
            return detailed(next((one for one in branches if not is_null(one)), branches[0]))
        case Fields(fields=fields) if fields:
            made = {name: one for name, one in fields.items() if not isinstance(one, Unmade)}
            return {name: detailed(inner) for name, inner in made.items()}
        case Fields(others=others, name=name) if others is not None:
            return copy.deepcopy(TYPICAL_OBJECTS.get(name, {"key": detailed(others)}))
        case Items(item=item, least=least, first=()):
            return [detailed(item)] * max(1, least)
    return _expected(form, detailed)


def several(form: Form, n: int) -> list[Any]:
    """Return some values of a form that can be told apart, as far as it allows.

    >>> several(Text(name="name"), 2)
    ['get_weather_0', 'get_weather_1']
    """
    for branch in form.branches if isinstance(form, Union) else (form,):
        made = [_varied(branch, at) for at in range(n)]
        if all(value != made[0] for value in made[1:]):
            return made
    return [detailed(form) for _ in range(n)]


def _varied(form: Form, at: int) -> Any:
    """Return a typical value with a number in each text that must be there."""
    match form:
        case Fields(fields=fields, required=required) if fields:
            return {name: _varied(fields[name], at) for name in fields if name in required}
        case Identifier(prefix=prefix):
            return numbered(prefix + TAIL, at)
        case Text(name=name):
            text = _text(form, typical)
            return numbered(text, at) if name in PREFIXES else f"{text}_{at}"
    return typical(form)


def numbered(id_: str, at: int) -> str:
    """Return an id that differs from others by its number.

    >>> numbered("run_" + TAIL, 7)
    'run_3fKq8ZtV0sXw1BnY7mLc2007'
    """
    return f"{id_[:-3]}{at:03d}"


def _expected(form: Form, make: Make) -> Any:
    """Return what is expected of a form that is not null, its parts made by `make`."""
    made = _EXPECTED.get(type(form))
    return simplest(form) if made is None else made(form, make)


def _whole(form: Whole, _make: Make) -> Any:
    if form.usual is not None:
        low, high = form.usual
        return low - (low - high) // USUAL_PART
    known = TYPICAL_NUMBERS.get(form.name)
    has_known = known is not None and (form.least or 0) <= known <= (form.most or known)
    return known if has_known else simplest(form)


def _number(form: Number, _make: Make) -> Any:
    least, most = form.least, form.most
    has_one = (least is None or least <= 1) and (most is None or most >= 1)
    return 1.0 if has_one else simplest(form)


def _fields(form: Fields, make: Make) -> Any:
    if not form.fields and form.name in TYPICAL_OBJECTS and form.name != "metadata":
        return copy.deepcopy(TYPICAL_OBJECTS[form.name])
    if form.least > len(form.required):
        return simplest(form)
    wanted = form.required or (form.fields if form.name else ())
    return {name: make(inner) for name, inner in form.fields.items() if name in wanted}


def _items(form: Items, make: Make) -> list[Any]:
    first = [make(one) for one in form.first]
    least = max(form.least, form.name in NEVER_EMPTY)
    return first + [make(form.item) for _ in range(least - len(first))]


def _text(form: Text, _make: Make) -> str:
    """Return the text that a property holds, cut or stretched to its bounds."""
    if is_shaped(form):
        return str(simplest(form))
    prefix = PREFIXES.get(form.name)
    name = "reply" if form.name.startswith(REPLIES_ON) else form.name
    text = TYPICAL_TEXTS.get(name, "word") if prefix is None else prefix + TAIL
    return text.ljust(form.least, "x")[: form.most]


_EXPECTED: Mapping[type[Form], Callable[[Any, Make], Any]] = {
    Text: _text,
    Identifier: lambda form, _: form.prefix + TAIL,
    Whole: _whole,
    Number: _number,
    Choice: lambda form, _: True if is_truth(form) else form.values[0],
    Union: lambda form, make: make(form.branches[0]),
    Planned: lambda form, make: form.plan.made(make),
    Fields: _fields,
    Items: _items,
}
