"""What the model says: replies, arguments of functions, and both in the pieces of a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from run_contracts.server.records import Wire

SENTENCES = (
    "The small red boat left the harbour before the sun came up.",
    "Nobody on the pier had expected it to sail on a day like this.",
    "Two gulls followed it past the lighthouse and then turned back.",
    "By noon the wind had dropped and the sea lay flat and grey.",
    "The captain wrote one line into the log and closed the book.",
    "Far behind them the town rang its bells for the market.",
)
REPLY_SENTENCES = 4
INNER: dict[str, Wire] = {
    "code_interpreter": {"input": "print(1 + 1)", "outputs": [{"type": "logs", "logs": "2"}]},
    "file_search": {},
    "retrieval": {},
}
"""What a call of a built-in tool holds."""
SAMPLES: Wire = {
    "string": "seven",
    "integer": 7,
    "number": 7.5,
    "boolean": True,
    "array": [],
    "object": {},
    "null": None,
}


def reply(random: Random) -> list[str]:
    """Return the words of a reply; more than 40."""
    return " ".join(random.sample(SENTENCES, REPLY_SENTENCES)).split()


def arguments(parameters: Any) -> str:
    """Return arguments for a function's parameters, as JSON text; the same for the same schema.

    >>> arguments({"properties": {"city": {"type": "string"}, "unit": {"enum": ["C", "F"]}}})
    '{"city": "seven", "unit": "C"}'
    """
    properties = parameters.get("properties") if isinstance(parameters, dict) else None
    if not isinstance(properties, dict):
        return "{}"
    return json.dumps({name: _sample(schema) for name, schema in properties.items()})


def _sample(schema: Any) -> Any:
    """Return a value for the schema of one argument."""
    if not isinstance(schema, dict):
        return SAMPLES["string"]
    choices = schema.get("enum")
    if isinstance(choices, list) and choices:
        return choices[0]
    kinds = schema.get("type")
    kind = kinds[0] if isinstance(kinds, list) and kinds else kinds
    return SAMPLES.get(kind, "seven") if isinstance(kind, str) else SAMPLES["string"]


def pieces(value: str) -> list[str]:
    """Return a text in the pieces a stream sends: words, each with the space before it.

    >>> pieces("one and two")
    ['one', ' and', ' two']
    """
    words = value.split(" ")
    return [words[0], *(f" {word}" for word in words[1:])] if value else []


def streamed_call(index: int, call: Wire) -> Iterator[Wire]:
    """Yield a tool call piece by piece; the first one names everything, the rest what changes."""
    kind = call["type"]
    inner = call[kind]
    growing = next((name for name in ("arguments", "input") if name in inner), None)
    start = {**inner, growing: ""} if growing else dict(inner)
    if "outputs" in inner:
        start["outputs"] = []
    yield {"index": index, "id": call["id"], "type": kind, kind: start}
    for piece in pieces(inner[growing]) if growing else ():
        yield {"index": index, "type": kind, kind: {growing: piece}}
    for at, output in enumerate(inner.get("outputs", [])):
        yield {"index": index, "type": kind, kind: {"outputs": [{"index": at, **output}]}}
