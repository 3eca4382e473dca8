"""Objects that do not call themselves what they are, known by what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from run_contracts.contract.object_names import named_kind
from run_contracts.traffic.payload import ITEMS_READ, Placed

RUN_IDS = ("id", "thread_id")
"""The ids without which nothing can be asked about a run."""


def unnamed(value: Any, kind: str, response: str) -> Iterator[Placed]:
    """Yield the objects of a kind in the answer to an operation that answers with a `response`.

    They have the ids of one, and no error, and call themselves by no name of another kind. That
    the name is wrong is one finding; what else they show is not lost by it.

    >>> [one.place for one in unnamed({"object": "run", "id": "r", "thread_id": "t"}, "run", "run")]
    ['']
    >>> list(unnamed({"object": "thread", "id": "t"}, "run", "run"))
    []
    """
    if not isinstance(value, dict):
        return
    if response == kind and _may_be(value, kind):
        yield Placed(value=value)
    items = value.get("data") if response == f"{kind}_list" else None
    for at, item in enumerate(islice(items if isinstance(items, list) else (), ITEMS_READ)):
        if _may_be(item, kind):
            yield Placed(value=item, place=f"/data/{at}", is_item=True)


def _may_be(value: Any, kind: str) -> bool:
    if not isinstance(value, dict) or named_kind(value) not in (None, kind) or value.get("error"):
        return False
    ids = (value.get(name) for name in (RUN_IDS if kind == "run" else RUN_IDS[:1]))
    return all(isinstance(id_, str) and id_ for id_ in ids)
