"""A tool call in the pieces that a stream sends."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.server.parts.records import Wire
from run_contracts.server.parts.replies import pieces


def call_deltas(index: int, call: Wire) -> Iterator[Wire]:
    """Yield a tool call piece by piece; the first one names everything, the rest what changes.

    >>> call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    >>> [piece["function"] for piece in call_deltas(0, call)]
    [{'name': 'f', 'arguments': ''}, {'arguments': '{}'}]
    """
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
