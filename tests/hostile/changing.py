"""Right answers, changed: their bytes, their JSON, or the runs in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.hostile.behaviour import Asked, Behaviours, Said

Wire = dict[str, Any]
MARK = "@@"
"""Stands in a value for JSON that Python does not write."""


def objects(value: Any, kind: str = "thread.run") -> Iterator[Wire]:
    """Yield the objects of a kind in a value, at any depth."""
    if isinstance(value, dict):
        if value.get("object") == kind:
            yield value
        for one in value.values():
            yield from objects(one, kind)
    elif isinstance(value, list):
        for one in value:
            yield from objects(one, kind)


def changed_text(
    name: str,
    sentence: str,
    change: Callable[[bytes], bytes],
    rows: Behaviours,
    *,
    is_slow: bool = False,
) -> None:
    """Add a behaviour that changes the bytes of JSON answers."""

    def said(asked: Asked) -> Said:
        if asked.is_stream:
            asked.body = asked.body.replace(b'"stream": true', b'"stream": false')
        answer = asked.right()
        if answer.is_json:
            answer.body = change(answer.body)
        yield answer.wire()

    rows.row(name, sentence, said, is_slow=is_slow)


def changed_value(  # noqa: PLR0913 - the parts of a row
    name: str,
    sentence: str,
    change: Callable[[Any], Any],
    rows: Behaviours,
    *,
    raw: str = "",
    is_slow: bool = False,
) -> None:
    """Add a behaviour that changes JSON answers; `raw` is what the mark in them stands for."""

    def changed(body: bytes) -> bytes:
        value = json.loads(body)
        made = change(value)
        text = json.dumps(value if made is None else made)
        return text.replace(f'"{MARK}"', raw).encode()

    changed_text(name, sentence, changed, rows, is_slow=is_slow)


def changed_runs(  # noqa: PLR0913 - the parts of a row
    name: str,
    sentence: str,
    change: Callable[[Wire], object],
    rows: Behaviours,
    *,
    raw: str = "",
    is_slow: bool = False,
) -> None:
    """Add a behaviour that changes each run in JSON answers."""

    def changed(value: Any) -> None:
        for run in objects(value):
            change(run)

    changed_value(name, sentence, changed, rows, raw=raw, is_slow=is_slow)
