"""What was found: as text that a person can read, and by its JSON type."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from run_contracts.contract.numbers import number_text

SHOWN_CHARACTERS = 120
"""How much of a found value a sentence shows."""
MISSING_TYPE = "nothing"
"""The type of what is not there."""
JSON_TYPES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """Stands for a field that is not there."""

    def __str__(self) -> str:
        return "nothing (the field is missing)"


MISSING = Missing()


def _begun(value: Any, most: int) -> str:
    """Return a value as JSON, or of a long one so many characters, and more."""
    if isinstance(value, str):
        return json.dumps(value[: most + 1])
    if not isinstance(value, dict | list | tuple):
        return json.dumps(value)
    text = ""
    for part in _ENCODER.iterencode(value):
        text += part[: most + 1]
        if len(text) > most:
            break
    return text


_ENCODER = json.JSONEncoder()


def type_of(value: Any) -> str:
    """Return the JSON type of a value; nothing for what is missing, other for what JSON lacks.

    >>> type_of(2.0), type_of(True), type_of(MISSING)
    ('number', 'boolean', 'nothing')
    """
    if isinstance(value, Missing):
        return MISSING_TYPE
    return next((JSON_TYPES[one] for one in type(value).__mro__ if one in JSON_TYPES), "other")


def shown(value: Any) -> str:
    """Return a value as short text a person can read, JSON where it is JSON.

    >>> shown({"a": None})
    '{"a": null}'
    """
    return shortened(as_text(value))


def as_text(value: Any, most: int = SHOWN_CHARACTERS) -> str:
    """Return a value as text, JSON where it is JSON; of a long one so many characters, and more."""
    if isinstance(value, Missing):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return number_text(value)
    try:
        return _begun(value, most)
    except Exception:  # What a value's own methods raise must not hide that it is wrong.
        return f"a Python {type(value).__name__}"


def shortened(text: str) -> str:
    """Return a text, and of a long one its beginning."""
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 4]} ..."
