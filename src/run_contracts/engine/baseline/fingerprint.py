"""Fingerprints: what stays the same of a failure from check to check, and differs between causes.

In goes the operation whose answer shows it, the JSON pointer, the kind of what was found and the
words of what was expected. Out stay ids, numbers, list indexes, lines of streams, statuses, quoted
and nested values, metadata keys, URLs and times. The id of the requirement stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import Any

from run_contracts.contract.files import kinds, read_json
from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.requirements import EDITIONS
from run_contracts.events import Broken
from run_contracts.traffic.exchange import Exchange

ANY = "*"
KIND_BY_START = {
    '"': "a text",
    "[": "an array",
    "{": "an object",
    "n": "null",
    "t": "true",
    "f": "false",
}
"""What was found, by how its text begins; a number begins otherwise."""
FOUND_NOTHING = "nothing"
OK = 200
SEARCHES = ("walk", "schemathesis")
"""How the sources of generated requests begin."""
METADATA = "metadata"
_EXCHANGE = re.compile(r"#\d+ [A-Z]+ \S+|https?://\S+")
_NESTED = re.compile(r'"(?:[^"\\]|\\.)*(?:"|$)|\{.*(?:\}|$)|\[.*(?:\]|$)', re.DOTALL)
_TOKEN = re.compile(r"[^\s,;:()`']+")
_WORD = re.compile(r"[A-Za-z][a-z]*(-[a-z]+)*\.?|[A-Z]{2,}")
_NAME = re.compile(r"[a-z][a-z_]*")
_SEVERAL = re.compile(r"\*(?:[\s,;:]+\*)+")


def fingerprint(broken: Broken, operation: str, ids: Collection[str] = ()) -> str:
    """Return the fingerprint of a violation that the answer of an operation shows.

    `ids` are ids of the check that may look like words.

    >>> fingerprint(Broken(exchange=9, request="GET http://h/v1/threads/t_1/runs",
    ...     pointer="/data/3/usage", found='{"total_tokens": 5}',
    ...     expected="null while status is in_progress"), "listRuns")
    'listRuns /data/*/usage: found an object, expected null while status is a status'
    """
    place = f" {_place(broken.pointer)}" if broken.pointer else ""
    return (
        f"{operation}{place}: found {_kind(broken.found)}, expected {_words(broken.expected, ids)}"
    )


def _place(pointer: str) -> str:
    """Return a pointer with what differs from check to check left open.

    >>> _place("line 31: /data/0/metadata/team"), _place("/tools/0/function/name"), _place("line 3")
    ('line *: /data/*/metadata/*', '/tools/*/function/name', 'line *')
    """
    line, *steps = pointer.split("/")
    kept = [step if _NAME.fullmatch(step) else ANY for step in steps]
    if METADATA in kept[:-1]:
        kept[kept.index(METADATA) + 1 :] = [ANY]
    return "/".join([re.sub(r"\d+", ANY, line), *kept])


def _kind(shown: str) -> str:
    if shown.startswith(FOUND_NOTHING):
        return FOUND_NOTHING
    return KIND_BY_START.get(shown[:1], "a number")


def _words(expected: str, ids: Collection[str]) -> str:
    """Return what was expected without what differs from check to check.

    >>> _words("what was asked for: 0.9", ()), _words("true, run_uYw follows", ())
    ('what was asked for: *', 'true, * follows')
    """
    text = _NESTED.sub(ANY, _EXCHANGE.sub(ANY, expected))
    text = _TOKEN.sub(lambda found: _word(found[0], ids), text)
    return _SEVERAL.sub(ANY, " ".join(text.split()))


def _word(token: str, ids: Collection[str]) -> str:
    if token in ids:
        return ANY
    if token in _statuses():
        return "a status"
    is_plain = _WORD.fullmatch(token) is not None or token in _vocabulary()
    return token if is_plain else ANY


@cache
def _statuses() -> frozenset[str]:
    return frozenset().union(*(lifecycle(one).statuses for one in EDITIONS))


@cache
def _vocabulary() -> frozenset[str]:
    """Return the words of the contract: names of fields, and constants."""
    return frozenset(
        word
        for one in EDITIONS
        for name in kinds(one)
        for word in _named(read_json(f"{one}/{name}.json"))
    )


def _named(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [word for one in schema for word in _named(one)]
    if not isinstance(schema, dict):
        return []
    own = [*schema.get("properties", {}), *schema.get("enum", []), schema.get("const")]
    return [one for one in own if isinstance(one, str)] + _named(list(schema.values()))


class FingerprintIndex:
    """What the exchanges of a check tell of a violation that one of them shows."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._exchanges: dict[int, tuple[str, str]] = {}
        self._ids: set[str] = set()

    def add(self, exchange: Exchange) -> None:
        """Learn what an exchange was meant for, where it comes from, and which ids there are."""
        operation = exchange.operation_id or exchange.request.method
        self._exchanges[exchange.number] = operation, exchange.source
        if exchange.response.status == OK:
            self._ids |= set(exchange.ids.values())

    def fingerprint(self, broken: Broken) -> str:
        """Return the fingerprint of a violation."""
        method = broken.request.partition(" ")[0]
        operation, _ = self._exchanges.get(broken.exchange, (method, ""))
        return fingerprint(broken, operation, self._ids)

    def is_generated(self, broken: Broken) -> bool:
        """Say whether a generated request showed it, no probe."""
        _, source = self._exchanges.get(broken.exchange, ("", ""))
        return source.startswith(SEARCHES)
