"""Bytes to a JSON value, strictly: what RFC 8259 forbids or warns of becomes a violation."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NoReturn

from run_contracts.contract.requirements import EDITIONS, register
from run_contracts.errors import UnreadableBody
from run_contracts.types import JSONObject
from run_contracts.validation.violation import MOST_ALIKE, Violation, broken, token

BODY_LIMIT = 32 * 1024 * 1024
"""Bytes of one body this package is willing to read."""
DEEPEST = 200
"""Levels of nesting this package is willing to judge."""

MOST_VALUES = 500_000
"""Values in one body this package is willing to hold: a small one takes forty times its text."""

NOT_JSON = "RUN-BODY-001"
CUT_OFF = " (the text ends there: cut off?)"
"""How the reason ends why a text is no JSON that ends too soon."""
SAME_KEY = "RUN-BODY-002"
LONE_SURROGATE = "RUN-BODY-003"
_WHOLE_TEXTS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
"""Texts in JSON; one that does not end is one, too, so that none is looked at twice."""
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body that was read: its value, if it is JSON, and what is wrong with its form."""

    value: Any
    is_json: bool
    violations: tuple[Violation, ...]


class _NotJSON(ValueError):
    """Raised inside the parser for what Python accepts and RFC 8259 does not."""


def decode_json(data: bytes) -> Body:
    """Return a body's value, strictly by RFC 8259.

    Not JSON (a syntax error, NaN, not UTF-8, cut off) is RUN-BODY-001; a key given twice is
    RUN-BODY-002; a lone surrogate is RUN-BODY-003. Raises `UnreadableBody` for more than
    32 MiB, more than 200 levels or 500,000 values, or a number of thousands of digits: declined,
    not wrong.

    >>> decode_json(b'{"a": 1}').value
    {'a': 1}
    >>> str(decode_json(b'{"a": NaN}').violations[0])[:30]
    'RUN-BODY-001 (MUST) at the val'
    """
    if len(data) > BODY_LIMIT:
        raise UnreadableBody(beyond_limit(len(data)))
    if len(data) > MOST_VALUES:
        _check_number_of_values(data)
    try:
        text = data.decode("utf-8")
        value, repeated = _parsed(text)
    except (UnicodeDecodeError, json.JSONDecodeError, _NotJSON) as error:
        no_json = body_violation(NOT_JSON, "", _start(data), "not-json", reason=_reason(error))
        return Body(value=None, is_json=False, violations=(no_json,))
    except RecursionError:
        raise UnreadableBody(f"nested deeper than the {DEEPEST} levels that are judged") from None
    except ValueError as error:
        raise UnreadableBody(f"a number too long to read: {error}") from None
    if text.count("[") + text.count("{") > DEEPEST:
        _check_depth(value)
    violations: tuple[Violation, ...] = ()
    if repeated:
        violations = (*_violations(SAME_KEY, (("", name) for name in repeated), "same-key"),)
    if "\\ud" in text or "\\uD" in text:
        violations += (*lone_surrogates(value),)
    return Body(value=value, is_json=True, violations=violations)


def _check_number_of_values(data: bytes) -> None:
    """Raise `UnreadableBody` for too many values: all but the first follow a comma or open."""
    if _marks(data, 0, len(data)) <= MOST_VALUES:
        return
    number = end = 0
    for text in _WHOLE_TEXTS.finditer(data):
        number += _marks(data, end, text.start())
        end = text.end()
        if number > MOST_VALUES:
            break
    if number + _marks(data, end, len(data)) > MOST_VALUES:
        raise UnreadableBody(f"more than the {MOST_VALUES:,} values that are judged in one body")


def _marks(data: bytes, start: int, end: int) -> int:
    """Return how many values begin in a part of a JSON text without texts, about."""
    return sum(data.count(mark, start, end) for mark in (b",", b"{", b"["))


def beyond_limit(size: int) -> str:
    """Return why a body of so many bytes is not judged."""
    return f"{size / 2**20:.0f} MiB in one body; at most {BODY_LIMIT // 2**20} MiB are judged"


def _parsed(text: str) -> tuple[Any, list[str]]:
    """Return the value of a JSON text, and the keys that an object in it has more than once."""
    repeated: list[str] = []

    def as_object(pairs: list[tuple[str, Any]]) -> JSONObject:
        value = dict(pairs)
        if len(value) != len(pairs):
            times = Counter(name for name, _ in pairs)
            repeated.extend(sorted(name for name in times if times[name] > 1))
        return value

    try:
        return _DECODER.decode(text), []
    except _Repeated:
        # Read apart, for a decoder that is made once is quicker than one for each text.
        value = json.loads(text, object_pairs_hook=as_object, parse_constant=_refuse_constant)
        return value, repeated


class _Repeated(Exception):
    """Raised inside the parser for an object that has a key twice."""


def _plain_object(pairs: list[tuple[str, Any]]) -> JSONObject:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _Repeated
    return value


def lone_surrogates(value: Any, pointer: str = "") -> list[Violation]:
    """Return a violation for strings of a value that are not whole Unicode text, the first ones."""
    places = _half_texts(value, pointer) if isinstance(value, str | dict | list) else ()
    return _violations(LONE_SURROGATE, places, "lone-surrogate")


def _half_texts(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield every string that is not whole Unicode text, after its place."""
    if isinstance(value, str):
        if _SURROGATE.search(value):
            yield pointer, value
        return
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for name, item in entries:
        if isinstance(name, str) and _SURROGATE.search(name):
            yield pointer + token(name), name
        if isinstance(item, str | dict | list):
            yield from _half_texts(item, pointer + token(name))


def _violations(requirement: str, places: Iterable[tuple[str, str]], code: str) -> list[Violation]:
    """Return violations at the first places; the last of them says how many more there are."""
    left = iter(places)
    first = [body_violation(requirement, *one, code) for one in islice(left, MOST_ALIKE)]
    more = sum(1 for _ in left)
    return [*first[:-1], replace(first[-1], more=more)] if more else first


def _check_depth(value: Any) -> None:
    """Raise `UnreadableBody` for nesting beyond `DEEPEST`, without recursing."""
    level, depth = _containers([value]), 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise UnreadableBody(f"nested deeper than the {DEEPEST} levels that are judged")
        level = [
            inner
            for outer in level
            for inner in _containers(outer.values() if isinstance(outer, dict) else outer)
        ]


def _containers(values: Iterable[Any]) -> list[Any]:
    return [one for one in values if isinstance(one, dict | list)]


def _refuse_constant(name: str) -> NoReturn:
    raise _NotJSON(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_plain_object, parse_constant=_refuse_constant)


def _reason(error: Exception) -> str:
    """Return what is wrong, with line and column where the parser knows them."""
    if isinstance(error, json.JSONDecodeError):
        cut = error.pos >= len(error.doc.rstrip())
        ending = CUT_OFF if cut and error.doc.strip() else ""
        what = error.msg.removesuffix(" at")
        return f"{what} at line {error.lineno}, column {error.colno}{ending}"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8"
    return str(error)


def _start(data: bytes) -> str:
    """Return the first characters of a body, to be recognised by."""
    return data[:60].decode("utf-8", errors="replace") + ("..." if len(data) > 60 else "")  # noqa: PLR2004


def body_violation(
    requirement: str, pointer: str, actual: Any, code: str, **parameters: Any
) -> Violation:
    """Return the violation of a requirement on bodies, which are those of every edition."""
    rule = register(EDITIONS[-1])[requirement]
    return broken(rule, pointer, actual, code, **parameters)


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text that a JSON value holds at any depth, but for names of fields.

    >>> list(texts_in({"a": ["b", {"c": "d"}], "e": 1}))
    ['b', 'd']
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts_in(item)
