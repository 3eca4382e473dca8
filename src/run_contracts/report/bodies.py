"""Bodies as lines a person can read, with the place that a violation points at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from run_contracts.traffic.payload import Payload
from run_contracts.validation.violation import token

MOST_LINES = 120
"""Lines of a body that are shown; where there are more, those around the place pointed at."""
LONGEST_LINE = 1_000
"""Characters of a line that are shown."""
LINES_BEFORE = 20
"""Lines shown before the place, where not all can be."""
_STREAMED = re.compile(r"line (\d+)(?:: |$)")
_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLine:
    """One line of a body."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBody:
    """A body as it is shown, and how many lines are left out before and after."""

    lines: tuple[BodyLine, ...]
    before: int = 0
    after: int = 0


def shown(payload: Payload, pointer: str = "") -> ShownBody:
    """Return a body as lines, JSON in its own form, those that a pointer leads to marked.

    `pointer` is a JSON pointer, or ``line N`` of a stream. Where it leads to what is missing,
    the start of what should hold it is marked.

    >>> [line.text for line in shown(Payload(b'{"a": [1]}'), "/a").lines if line.is_marked]
    ['  "a": [', '    1', '  ]']
    """
    if not payload.data:
        return ShownBody(lines=())
    streamed = _STREAMED.match(pointer)
    if streamed:
        lines = _frame_marked(payload.text, int(streamed[1]))
    else:
        lines = _marked(list(_placed(payload)), pointer)
    return _window(lines)


def _frame_marked(text: str, start: int) -> list[BodyLine]:
    """Return the lines of a stream, the frame that starts at a line (from 1) marked."""
    lines = _BREAK.split(text)
    end = next((at for at in range(start, len(lines)) if not lines[at]), len(lines))
    return [BodyLine(text=line, is_marked=start - 1 <= at < end) for at, line in enumerate(lines)]


def _placed(payload: Payload) -> Iterator[tuple[str, str]]:
    """Yield each line with the pointer to what it belongs to; what is not plain JSON as it is."""
    body = payload.body
    if not body.is_json or body.violations:
        yield from (("", line) for line in _BREAK.split(payload.text))
    else:
        yield from _printed(body.value, "", "", "")


def _printed(value: Any, place: str, before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield the lines of a JSON value; `before` holds the indent and, in an object, the key."""
    if not isinstance(value, dict | list) or not value:
        yield place, before + json.dumps(value, ensure_ascii=False) + after
        return
    indent = before[: len(before) - len(before.lstrip(" "))]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    items = list(value.items() if isinstance(value, dict) else enumerate(value))
    yield place, before + opening
    for at, (name, item) in enumerate(items, start=1):
        key = f"{json.dumps(name, ensure_ascii=False)}: " if isinstance(name, str) else ""
        comma = "," if at < len(items) else ""
        yield from _printed(item, place + token(name), f"{indent}  {key}", comma)
    yield place, indent + closing + after


def _marked(lines: list[tuple[str, str]], pointer: str) -> list[BodyLine]:
    """Mark what a pointer leads to, or the first line of the nearest thing around it."""
    places = {place for place, _ in lines}
    nearest = pointer
    while nearest and nearest not in places:
        nearest = nearest.rpartition("/")[0]
    hits = [bool(nearest) and _is_in(place, nearest) for place, _ in lines]
    if nearest != pointer and True in hits:
        first = hits.index(True)
        hits = [at == first for at in range(len(hits))]
    pairs = zip(lines, hits, strict=True)
    return [BodyLine(text=text, is_marked=is_hit) for (_, text), is_hit in pairs]


def _is_in(place: str, nearest: str) -> bool:
    return place == nearest or place.startswith(f"{nearest}/")


def _window(lines: list[BodyLine]) -> ShownBody:
    """Return the lines that are shown: all, or those around the first that is marked."""
    first = next((at for at, line in enumerate(lines) if line.is_marked), 0)
    start = max(0, min(first - LINES_BEFORE, len(lines) - MOST_LINES))
    kept = lines[start : start + MOST_LINES]
    return ShownBody(
        lines=tuple(BodyLine(text=_short(line.text), is_marked=line.is_marked) for line in kept),
        before=start,
        after=len(lines) - start - len(kept),
    )


def _short(text: str) -> str:
    more = len(text) - LONGEST_LINE
    return text if more <= 0 else f"{text[:LONGEST_LINE]} … {more:,} more characters"
