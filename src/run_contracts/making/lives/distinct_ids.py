"""Ids that no other thing of a life has: hypothesis shrinks all of them to the same."""

from __future__ import annotations

from collections.abc import Iterable

from run_contracts.types import JSONObject


def distinct(objects: Iterable[JSONObject], taken: set[str]) -> None:
    """Let no two objects have one id: whose id was taken gets the next that is not.

    Drawing until all differ is what would cost most, above all while hypothesis shrinks.

    >>> calls = [{"id": "call_a0"}, {"id": "call_a0"}]
    >>> distinct(calls, set())
    >>> calls
    [{'id': 'call_a0'}, {'id': 'call_a1'}]
    """
    for thing in objects:
        number = 0
        while thing["id"] in taken:
            number += 1
            ending = str(number)
            thing["id"] = thing["id"][: -len(ending)] + ending
        taken.add(thing["id"])
