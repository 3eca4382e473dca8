"""Fingerprints: what stays the same of a failure from check to check, and differs between causes.

In go the operation whose answer shows it, the JSON pointer, the code of how the rule is broken and
the type of what was found. Out stay all sentences, and of the pointer what differs from check to
check: list indexes, lines of streams, metadata keys. The id of the requirement stands beside it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from run_contracts.errors import UsageError
from run_contracts.events.decisions import Broken

if TYPE_CHECKING:
    from run_contracts.traffic.exchange import Exchange

ANY = "*"
METADATA = "metadata"
_SHOWN_IN = re.compile(r"\S+ (line \*: )?(/data/\*)?(?=/)")
"""An operation, and the place in a stream or a list, before the field of an object."""
_NAME = re.compile(r"[a-z][a-z_]*")


def fingerprint(broken: Broken, operation: str) -> str:
    """Return the fingerprint of a violation that the answer of an operation shows.

    Raises `UsageError` for one from a report that was written before violations had codes.

    >>> fingerprint(Broken(exchange=9, request="GET http://h/v1/threads/t_1/runs",
    ...     pointer="/data/3/usage", code="null", found_type="object", found='{"total_tokens": 5}',
    ...     expected="null while status is in_progress"), "listRuns")
    'listRuns /data/*/usage: null, found object'
    """
    if not broken.code:
        raise UsageError("the report is older than the codes of failures; check again to have one")
    place = f" {_place(broken.pointer)}" if broken.pointer else ""
    return f"{operation}{place}: {broken.code}, found {broken.found_type}"


def anywhere(fingerprint: str) -> str:
    """Return the fingerprint of a failure of a field, whatever operation shows the object.

    One of no field is returned as it is: the same answer to another request is another failure.

    >>> anywhere("listRuns /data/*/usage: null, found object"), anywhere("getRun: code, found x")
    ('* /usage: null, found object', 'getRun: code, found x')
    """
    shown_in = _SHOWN_IN.match(fingerprint)
    return f"{ANY} {fingerprint[shown_in.end() :]}" if shown_in else fingerprint


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


class FingerprintIndex:
    """What the exchanges of a check tell of a violation that one of them shows."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._exchanges: dict[int, tuple[str, bool]] = {}

    def add(self, exchange: Exchange) -> None:
        """Learn what an exchange was meant for, and where it comes from."""
        operation = exchange.operation_id or exchange.request.method
        self._exchanges[exchange.number] = operation, exchange.is_generated

    def fingerprint(self, broken: Broken) -> str:
        """Return the fingerprint of a violation."""
        method = broken.request.partition(" ")[0]
        operation, _ = self._exchanges.get(broken.exchange, (method, False))
        return fingerprint(broken, operation)

    def is_generated(self, broken: Broken) -> bool:
        """Say whether a generated request showed it, no probe."""
        return self._exchanges.get(broken.exchange, ("", False))[1]
