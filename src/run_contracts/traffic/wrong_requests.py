"""Wrong requests: bodies that break their schema, and what they put into later answers.

A lenient server shows what it was given. That it took it is one break, RUN-ERR-011; the form of
what it then shows is the request's, wherever the thing is seen again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.traffic.exchange import Exchange, is_kind
from run_contracts.types import JSONObject

NAMED_BY = ("id", "run_id", "thread_id", "assistant_id")
"""The fields by which an object says what it is, and what it belongs to."""
TELL_NOTHING = frozenset(map(json.dumps, (None, True, False, 0, "", [], {})))
"""Values that many requests hold, as JSON: that one held them, too, explains nothing."""


def breaks_schema(exchange: Exchange, contract: Contract) -> bool:
    """Say whether the body of a request breaks the request schema of its operation."""
    operation = exchange.operation
    if operation is None or operation.request is None or not exchange.request.body:
        return False
    try:
        return not contract.validator(operation.request).is_valid(exchange.asked)
    except ValueError:
        # A lone surrogate: whether that breaks the schema cannot be said.
        return False


class WrongRequests:
    """The requests among exchanges that break their schema, and what the accepted ones hold."""

    def __init__(self, exchanges: Iterable[Exchange], contract: Contract) -> None:
        """Look at every request once."""
        wrong = [one for one in exchanges if breaks_schema(one, contract)]
        self._numbers = frozenset(one.number for one in wrong)
        self._held: dict[str, list[tuple[int, frozenset[str]]]] = defaultdict(list)
        for exchange in wrong:
            parts = frozenset(_parts(exchange.asked)) if exchange.is_success else None
            for name in _named_by(exchange) if parts else ():
                self._held[name].append((exchange.number, parts or frozenset()))

    def __contains__(self, exchange: Exchange) -> bool:
        return exchange.number in self._numbers

    def explain(self, exchange: Exchange, pointer: str) -> bool:
        """Say whether what stands at a pointer of an answer is what a wrong request put there.

        The pointer is that of a violation; in a stream it follows the line.
        """
        if not self._held or not pointer:
            return False
        shown, steps = _placed(exchange, pointer)
        if not isinstance(shown, dict):
            return False
        values = list(_down_to(shown, steps))
        names = {name: shown.get(name) for name in NAMED_BY}
        return any(
            number <= exchange.number
            and any(_is_put(value, parts, is_own=name == "id") for value in values)
            for name, id_ in names.items()
            for number, parts in self._held.get(str(id_), ())
        )


def _is_put(value: Any, parts: frozenset[str], *, is_own: bool) -> bool:
    """Say whether a value is, or holds merged with others, what a request held.

    What many requests hold tells nothing but of the request's own object.
    """
    written = json.dumps(value, sort_keys=True)
    if written in parts:
        return is_own or written not in TELL_NOTHING
    if not isinstance(value, dict):
        return False
    objects = (json.loads(part) for part in parts if part.startswith("{") and part != "{}")
    return any(one.items() <= value.items() for one in objects)


def _named_by(exchange: Exchange) -> set[str]:
    """Return the ids of what a request made or changed, and of what that belongs to."""
    shown = [event.data for event in exchange.events if isinstance(event.data, dict)]
    shown += [exchange.answered] if isinstance(exchange.answered, dict) else []
    ids = (one.get(name) for one in shown for name in NAMED_BY if name != "assistant_id")
    return {id_ for id_ in ids if isinstance(id_, str)} | set(exchange.ids.values())


def _parts(value: Any) -> Iterator[str]:
    """Yield a value and everything inside it, each as JSON."""
    yield json.dumps(value, sort_keys=True)
    for item in value.values() if isinstance(value, dict) else ():
        yield from _parts(item)
    for item in value if isinstance(value, list) else ():
        yield from _parts(item)


def _placed(exchange: Exchange, pointer: str) -> tuple[Any, list[str]]:
    """Return the object that a pointer leads into, and the steps inside it."""
    line, _, inside = pointer.rpartition(": ") if exchange.is_stream else ("", "", pointer)
    steps = [one.replace("~1", "/").replace("~0", "~") for one in inside.split("/")[1:]]
    if exchange.is_stream:
        events = {f"line {event.frame.line}": event.data for event in exchange.events}
        return events.get(line), steps
    if is_kind(exchange.answered, "list") and steps[:1] == ["data"] and len(steps) > 1:
        return next(_down_to(exchange.answered, steps[:2]), None), steps[2:]
    return exchange.answered, steps


def _down_to(value: JSONObject, steps: list[str]) -> Iterator[Any]:
    """Yield what stands at the end of these steps, then what holds it; never the value itself."""
    passed: list[Any] = []
    inner: Any = value
    for step in steps:
        if isinstance(inner, dict) and step in inner:
            inner = inner[step]
        elif isinstance(inner, list) and step.isdecimal() and int(step) < len(inner):
            inner = inner[int(step)]
        else:
            break
        passed.append(inner)
    yield from reversed(passed)
