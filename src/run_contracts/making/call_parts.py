"""The calls that a caller writes down for a run: names, arguments, ids, in one round or several."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from run_contracts.errors import UsageError
from run_contracts.making.wishes import checked

Call = tuple[str, Any] | str | Mapping[str, Any]
"""A function's name and its arguments; the name alone; or both, and an id, by name."""
Calls = Sequence[Call] | Sequence[list[Call]]
"""The calls of one round, or of each round."""
PARTS_OF_CALLS = ("id", "name", "arguments")


def parts_of_rounds(calls: Any) -> tuple[tuple[dict[str, Any], ...], ...]:
    """Return the calls of each round by their parts; raise `UsageError` for what is none.

    >>> parts_of_rounds([("weather", {"city": "Oslo"}), "time"])
    (({'name': 'weather', 'arguments': '{"city": "Oslo"}'}, {'name': 'time'}),)
    """
    if isinstance(calls, str | Mapping) or not isinstance(calls, Sequence):
        raise UsageError(f"calls is {calls!r}; give a list of (name, arguments)")
    if not calls:
        return ()
    rounds = calls if all(isinstance(each, list) for each in calls) else [calls]
    return tuple(tuple(map(parts_of_call, each)) for each in rounds)


def parts_of_call(call: Any) -> dict[str, Any]:
    """Return the parts of a call that are fixed, its arguments as JSON text."""
    parts: dict[str, Any] = {}
    match call:
        case str(name):
            parts = {"name": name}
        case (str(name), arguments):
            parts = {"name": name, "arguments": arguments}
        case {"name": str()} if call.keys() <= set(PARTS_OF_CALLS):
            parts = dict(call)
        case _:
            raise UsageError(
                f"{call!r} is no call; give (name, arguments), a name, or a dict of "
                f"{', '.join(PARTS_OF_CALLS)}"
            )
    arguments = parts.get("arguments")
    if arguments is None:
        parts.pop("arguments", None)
    elif not isinstance(arguments, str):
        parts["arguments"] = json.dumps(checked(f"arguments of {parts['name']}", arguments))
    return parts
