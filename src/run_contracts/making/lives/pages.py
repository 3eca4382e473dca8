"""Lists that a server could give: the runs of one thread, the steps of one run.

One comes after the other: only the newest may be open, or have ended what it is part of.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.forms import (
    TRUTH,
    Choice,
    Constant,
    Items,
    Make,
    Whole,
)
from run_contracts.making.lives.distinct_ids import distinct
from run_contracts.making.moments import CREATED, EXPIRES
from run_contracts.making.plans import ObjectPlan, any_of
from run_contracts.making.wishes import Fixed, as_written, root_of
from run_contracts.types import JSONObject

MOST_LISTED = 20
SHARED = {"run": ("thread_id",), "run_step": ("run_id", "thread_id", "assistant_id")}
"""What the items of a list have in common."""
LIST_ORDERS = ("desc", "asc")
PAUSES = {
    "run": Whole(least=0, most=10_000, usual=(5, 900)),
    "run_step": Whole(least=0, most=60, usual=(0, 2)),
}
"""Seconds between the end of an item and the creation of the next."""
LONGEST_WORK = 590
"""Seconds that all the steps of a run take together, within the usual life of a run."""


def listed(  # noqa: PLR0913 - what a list may be of
    contract: Contract,
    make: Make,
    plans: Sequence[ObjectPlan],
    fixed: Fixed,
    *,
    least: int = 0,
    most: int = MOST_LISTED,
    order: str = LIST_ORDERS[0],
    has_more: bool | None = None,
) -> JSONObject:
    """Return a page of the runs of one thread, or the steps of one run, every id once.

    `has_more` is drawn if it is None. Raises `UsageError` for what no list can hold.
    """
    kind = plans[0].kind
    most = min(most, 1) if "id" in fixed and least <= 1 else most
    if order not in LIST_ORDERS:
        raise UsageError(f"no order {order!r} of a list; there are {', '.join(LIST_ORDERS)}")
    older = older_plans(contract, plans)
    checked_list(kind, older, fixed, least)
    items = _items(make, plans, older, least=least, most=most)
    for item in items[1:]:
        item |= {name: items[0][name] for name in SHARED[kind]}
    distinct(items, set())
    if not any(root_of(name).endswith("_at") for name in fixed):
        _in_sequence(items[::-1], PAUSES[kind], make, is_of_one_run=kind == "run_step")
    more = make(TRUTH) if has_more is None else has_more
    ordered = items if order == LIST_ORDERS[0] else items[::-1]
    return page(sorted(ordered, key=_age if order == LIST_ORDERS[0] else _created), has_more=more)


def _created(item: JSONObject) -> int:
    return int(item[CREATED])


def _age(item: JSONObject) -> int:
    return -int(item[CREATED])


def older_plans(contract: Contract, plans: Sequence[ObjectPlan]) -> list[ObjectPlan]:
    """Return the plans of what something newer may follow: runs that ended, steps that did it."""
    life = contract.lifecycle
    done = life.terminal if plans[0].kind == "run" else {COMPLETED}
    return [plan for plan in plans if _status(plan) in done]


def _status(plan: ObjectPlan) -> str:
    form = plan.form.fields["status"]
    return str(form.value) if isinstance(form, Constant) else ""


def checked_list(kind: str, older: Sequence[ObjectPlan], fixed: Fixed, least: int) -> None:
    """Raise `UsageError` for several items that cannot be in one list."""
    if least <= 1:
        return
    if "id" in fixed:
        raise UsageError(
            f"{as_written({'id': fixed['id']})} and n={least} contradict each other: every id is "
            "in a list once"
        )
    if not older:
        words = "run of a thread" if kind == "run" else "step of a run"
        ends = "has not ended" if kind == "run" else "was not completed"
        raise UsageError(
            f"no list holds {least} such items: only the newest {words} may be one that {ends}; "
            "leave status out, or list one"
        )


def _items(
    make: Make, plans: Sequence[ObjectPlan], older: Sequence[ObjectPlan], *, least: int, most: int
) -> list[JSONObject]:
    """Return the items of a list, the newest first."""
    if most == 0 or (least == 0 and not make(IS_FILLED)):
        return []
    newest = make(any_of(tuple(plans)))
    if not older or most == 1:
        return [newest]
    return [newest, *make(_others(tuple(older), max(least - 1, 0), most - 1))]


IS_FILLED = Choice(values=(False, True, True, True))
"""Whether a list that may be empty holds something."""


@lru_cache(maxsize=1024)
def _others(plans: tuple[ObjectPlan, ...], least: int, most: int) -> Items:
    return Items(item=any_of(plans), least=least, most=most)


def _in_sequence(items: list[JSONObject], pause: Whole, make: Make, *, is_of_one_run: bool) -> None:
    """Let one item come after the other, the oldest first, by moving all its moments."""
    room = LONGEST_WORK // max(1, len(items)) if is_of_one_run else None
    before: JSONObject | None = None
    for item in items:
        if room is not None:
            _shorten(item, room // 2)
        if before is not None:
            gap = int(make(pause)) if room is None else min(room // 2, int(make(pause)))
            _move(item, _end(before) + gap - item[CREATED])
        if room is not None and before is not None and item.get(EXPIRES) is not None:
            item[EXPIRES] = max(items[0][CREATED] + 600, item[CREATED] + 1)
        before = item


def _moments(item: JSONObject) -> list[str]:
    return [name for name in item if name.endswith("_at") and item[name] is not None]


def _end(item: JSONObject) -> int:
    """Return when an item had come to its end; when it was created, if it has not."""
    return max(int(item[name]) for name in _moments(item) if name != EXPIRES)


def _move(item: JSONObject, seconds: int) -> None:
    for name in _moments(item):
        item[name] += seconds


def _shorten(item: JSONObject, most: int) -> None:
    """Let what happens to an item happen within so many seconds of its creation."""
    for name in _moments(item):
        if name != EXPIRES:
            item[name] = min(item[name], item[CREATED] + most)


def page(items: list[JSONObject], *, has_more: bool) -> JSONObject:
    """Return the envelope of a page; an empty one is the last."""
    return {
        "object": "list",
        "data": items,
        "first_id": items[0]["id"] if items else None,
        "last_id": items[-1]["id"] if items else None,
        "has_more": bool(items) and has_more,
    }
