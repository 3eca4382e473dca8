"""Real files made wrong, each in a few places: as disks, editors, networks and enemies do it."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

PIECES = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\x1b[2J",
    b"\r",
    b"\n\n",
    b"\xe2\x80\xae",
    b"1" * 5000,
    b"-" + b"9" * 400,
    b"1e999999",
    b"0x10",
    b"NaN",
    b"[" * 300,
    b"[" * 100_000,
    b'{"a":' * 2000,
    b"a.b." * 500 + b"c = 1\n",
    b"x" * 100_000,
    b'"""',
    b"'",
    b"}",
    b"]",
    b"data: ",
    b"event: ",
    b"2026-13-45",
)
"""What is put in, and what takes the place of something."""
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**400,
    1e300,
    2**63,
    "",
    "x",
    "\ud800",
    "\x1b[2J\n",
    [],
    {},
    [[]],
    {"": None},
    "y" * 10_000,
)
"""What takes the place of a JSON value."""


def _cut(data: bytes, draw: Random) -> bytes:
    return data[: draw.randrange(len(data) + 1)]


def _without(data: bytes, draw: Random) -> bytes:
    start = draw.randrange(len(data) + 1)
    return data[:start] + data[start + draw.randrange(1, 50) :]


def _doubled(data: bytes, draw: Random) -> bytes:
    start = draw.randrange(len(data) + 1)
    end = start + draw.choice((10, 1000, len(data)))
    return data[:end] + data[start:]


def _flipped(data: bytes, draw: Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + bytes([draw.randrange(256)]) + data[at + 1 :]


def _filled(data: bytes, draw: Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + draw.choice(PIECES) + data[at + draw.choice((0, 0, 1, 10)) :]


def _nul(data: bytes, draw: Random) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + b"\0" * (len(data) - at)


def _lines_moved(data: bytes, draw: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    draw.shuffle(lines)
    return b"".join(lines[: draw.randrange(len(lines) + 1)])


def _retyped(data: bytes, draw: Random) -> bytes:
    """Return lines of JSON, one of which has another value somewhere, or lacks one."""
    lines = data.split(b"\n")
    at = draw.randrange(len(lines))
    try:
        value = json.loads(lines[at])
    except (ValueError, RecursionError):
        return data
    lines[at] = json.dumps(_changed(value, draw)).encode()
    return b"\n".join(lines)


def _changed(value: Any, draw: Random) -> Any:
    """Return a value of which some part, at some depth, is another one."""
    if not isinstance(value, dict | list) or not value or draw.random() < 0.2:
        return draw.choice(VALUES)
    copy = value.copy()
    at = draw.choice([*value]) if isinstance(value, dict) else draw.randrange(len(value))
    if draw.random() < 0.1:
        del copy[at]
    else:
        copy[at] = _changed(value[at], draw)
    return copy


MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _cut,
    _without,
    _doubled,
    _flipped,
    _filled,
    _filled,
    _nul,
    _lines_moved,
    _retyped,
    _retyped,
    _retyped,
)


def mutated(data: bytes, draw: Random) -> bytes:
    """Return bytes that were changed in one to four ways."""
    for _ in range(draw.randint(1, 4)):
        data = draw.choice(MUTATIONS)(data, draw)
    return data
