"""Lists without end, in circles, of other kinds."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.hostile.behaviour import Behaviours, to
from tests.hostile.changing import Wire, changed_value

LISTS = to("listRuns", "listRunSteps")
ALL = Behaviours("lists", on=LISTS)
FRESH = count()


def _set(name: str, sentence: str, **fields: Any) -> None:
    """Add a behaviour that sets fields of each page."""
    changed_value(name, sentence, lambda page: {**page, **fields}, ALL)


def _listed(name: str, sentence: str, change: Any) -> None:
    """Add a behaviour that changes each page, with its items."""
    changed_value(name, sentence, lambda page: change(page) if "data" in page else page, ALL)


def _with(page: Wire, items: list[Any], *, has_more: bool = True) -> Wire:
    """Return a page with other items, its ids fitting."""
    ids = [item.get("id") for item in items if isinstance(item, dict)] or [None]
    return {**page, "data": items, "first_id": ids[0], "last_id": ids[-1], "has_more": has_more}


def _renewed(page: Wire) -> Wire:
    """Return a page whose items have ids that nobody has seen."""
    return _with(page, [{**item, "id": f"{item['id']}_{next(FRESH)}"} for item in page["data"]])


def _many(page: Wire, number: int) -> Wire:
    """Return a page with its items over and over, each with an id of its own."""
    items = page["data"] or [{"object": "thread.run"}]
    made = [{**items[at % len(items)], "id": f"run_{at}"} for at in range(number)]
    return _with(page, made)


_set("more-for-ever", "Says that more follows, for ever, and gives the same page.", has_more=True)
_listed("more-new-for-ever", "Says that more follows, and gives new ids each time.", _renewed)
_listed(
    "more-empty-for-ever", "Says that more follows, on empty pages.", lambda page: _with(page, [])
)
_listed(
    "more-last-none",
    "Says that more follows, and gives no last id.",
    lambda page: {**page, "has_more": True, "last_id": None},
)
_listed(
    "cursor-circle",
    "Gives a last id that leads back to the first.",
    lambda page: {**page, "has_more": True, "last_id": page.get("first_id")},
)
_set("cursor-elsewhere", "Gives a last id of something else.", has_more=True, last_id="run_nowhere")
_set(
    "cursor-odd",
    "Gives a last id that is a command and a query.",
    has_more=True,
    last_id="x&limit=1#$(touch owned)\r\nX: y",
)
_set("cursor-number", "Gives a last id of 400 digits.", has_more=True, last_id=10**400)
_set("cursor-list", "Gives first and last ids that are lists.", first_id=["a"], last_id={"b": 1})
_set("more-text", "Says of more that it is a text.", has_more="false")
_set("more-null", "Says of more that it is null.", has_more=None)
_set("more-number", "Says of more that it is 10**400.", has_more=10**400)
_set("list-object", "Gives an object for the items.", data={"0": {"id": "run_1"}})
_set("list-null", "Gives null for the items.", data=None)
_set("list-text", "Gives a text for the items.", data="run_1, run_2")
_set("list-number", "Gives a number for the items.", data=2)
_set("list-mixed", "Gives items of every kind.", data=[None, 1, 0.5, "x", [], {}, True, [[]]])
_set(
    "list-nested",
    "Gives lists in a list for the items.",
    data=[[{"object": "thread.run", "id": "run_1"}]],
)
_set("list-kind", "Says of its kind that it is a list.", object=["list"])
_listed(
    "items-foreign",
    "Gives items of another kind.",
    lambda page: _with(page, [{**item, "object": "thread.message"} for item in page["data"]]),
)
_listed(
    "items-bare",
    "Gives items with nothing but an id.",
    lambda page: _with(page, [{"id": item.get("id")} for item in page["data"]]),
)
_listed("items-doubled", "Gives every item twice.", lambda page: _with(page, page["data"] * 2))
_listed(
    "items-of-others",
    "Gives the runs of all the threads of others.",
    lambda page: _with(page, [{**item, "thread_id": "thread_x"} for item in page["data"]]),
)
_listed(
    "items-ids-gone",
    "Gives items without ids.",
    lambda page: {
        **page,
        "data": [{k: v for k, v in item.items() if k != "id"} for item in page["data"]],
    },
)
_listed(
    "items-ids-lists",
    "Gives items whose ids are lists.",
    lambda page: {**page, "data": [{**item, "id": [1]} for item in page["data"]]},
)
_listed(
    "items-reversed", "Gives its pages backwards.", lambda page: _with(page, page["data"][::-1])
)
_listed("items-5000", "Gives 5,000 runs on a page.", lambda page: _many(page, 5_000))
_set(
    "items-100000",
    "Gives 100,000 items on a page.",
    data=[{"object": "thread.run", "id": "r"}] * 100_000,
)
_set("items-nulls", "Gives 1,000,000 nulls on a page.", data=[None] * 1_000_000)
changed_value("list-bare", "Gives the items and no page.", lambda page: page.get("data", page), ALL)
