"""Histories: snapshots of one run as its life goes on, and lists of runs."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from run_contracts.contract.lifecycle import EXPIRED, IN_PROGRESS, Lifecycle
from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.choosing import plain_plans
from run_contracts.making.forms import TRUTH, Choice, Items, Make, Planned, Whole, union
from run_contracts.making.moments import CREATED
from run_contracts.making.plans import ObjectPlan
from run_contracts.types import JSONObject

MOST_STATUSES = 8
"""Statuses in a life that is walked at random; submitting outputs makes loops possible."""
IS_MISSED = Choice(values=(False, False, False, True))
"""Whether a poller misses a status."""
BETWEEN_CHANGES = Whole(least=0, most=1000, usual=(0, 5))
"""Seconds between two changes of a run."""
LIFETIME = Whole(least=0, most=100_000, usual=(600, 600))
MOST_LISTED = 20


def walked(life: Lifecycle, make: Make) -> list[str]:
    """Return the statuses of a life from its birth to anywhere, along the edges.

    It goes straight to one edge, any of them, and from there wherever chance leads.
    """
    edge = make(Choice(values=(None, *(edge for edge in life.edges if edge.source))))
    path = [life.initial] if edge is None else [*shortest_path(life, edge.source), edge.target]
    while len(path) < MOST_STATUSES:
        after = make(Choice(values=(None, *life.next_to(path[-1]))))
        if after is None:
            break
        path.append(after)
    return path


def checked_path(life: Lifecycle, path: Sequence[str]) -> list[str]:
    """Return a path as it is; raise `UsageError` where it leaves the life cycle."""
    if not path or path[0] != life.initial:
        raise UsageError(f"a life begins {life.initial}; this one begins {list(path)[:1]}")
    for before, after in pairwise(path):
        allowed = life.next_to(before)
        if after not in allowed:
            near = get_close_matches(after, allowed, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            possible = ", ".join(allowed) or "nothing, it has ended"
            raise UsageError(f"{after!r} cannot follow {before!r} at once; {possible} can{hint}")
    return list(path)


def shortest_path(life: Lifecycle, status: str) -> list[str]:
    """Return the shortest plain life that ends in a status.

    Only edges that the guides state or records show are taken, where they lead there.

    >>> from run_contracts.contract.lifecycle import lifecycle
    >>> shortest_path(lifecycle("v2"), "cancelled")
    ['queued', 'in_progress', 'cancelling', 'cancelled']
    """
    for is_sure in (True, False):
        front = [[life.initial]]
        for _ in life.statuses:
            for path in front:
                if path[-1] == status:
                    return path
            front = [
                [*path, after]
                for path in front
                for after in life.next_to(path[-1], is_sure=is_sure)
                if after not in path
            ]
    raise UsageError(f"no status {status!r} in this life; there are {', '.join(life.fields)}")


def history(
    contract: Contract, make: Make, path: Sequence[str], first: ObjectPlan
) -> list[JSONObject]:
    """Return a snapshot of one run for each status of a path that follows the life cycle.

    What a run is made of stays the same; what its status decides comes and goes.
    """
    run = first.made(make)
    if "started_at" in run:
        run["started_at"] = None
    snapshots, clock = [run], run[CREATED]
    for status in path[1:]:
        clock += make(BETWEEN_CHANGES)
        snapshots.append(following(contract, make, snapshots[-1], status, clock))
    return snapshots


def following(
    contract: Contract, make: Make, before: JSONObject, status: str, clock: int
) -> JSONObject:
    """Return a run as it is after it went to a status at a moment."""
    run = copy.deepcopy(before)
    run["status"] = status
    plan = plain_plans(contract, "run", status)[0]
    if status == EXPIRED and isinstance(before.get("expires_at"), int):
        clock = max(clock, before["expires_at"])
    for name, wanted in contract.lifecycle.fields[status].items():
        if wanted == "null" and name in run:
            run[name] = None
        elif wanted == "set" and (run.get(name) is None or _starts_again(name, before, run)):
            run[name] = _set(plan, name, clock, make)
    return run


def _starts_again(name: str, before: JSONObject, run: JSONObject) -> bool:
    """Say whether a run begins to work anew: started_at is not write-once."""
    return name == "started_at" and run["status"] == IN_PROGRESS != before["status"]


def _set(plan: ObjectPlan, name: str, clock: int, make: Make) -> Any:
    if not name.endswith("_at"):
        return plan.part(name, make)
    return clock + int(make(LIFETIME)) if name == "expires_at" else clock


def watched(snapshots: Sequence[JSONObject], make: Make) -> list[JSONObject]:
    """Return what a poller sees of a life: the first snapshot, and any of the others."""
    return [snapshots[0], *(one for one in snapshots[1:] if not make(IS_MISSED))]


def listed(
    make: Make, plans: Sequence[ObjectPlan], *, least: int = 0, most: int = MOST_LISTED
) -> JSONObject:
    """Return a page of the runs of one thread, or the steps of one run.

    The newest is first, and every id is there once.
    """
    item = union(tuple(Planned(plan=plan) for plan in plans))
    items = make(Items(item=item, least=least, most=most, apart="id"))
    for one in items:
        one |= {name: items[0][name] for name in SHARED[plans[0].kind]}
    return page(sorted(items, key=lambda one: -int(one[CREATED])), has_more=make(TRUTH))


SHARED = {"run": ("thread_id",), "run_step": ("run_id", "thread_id", "assistant_id")}
"""What the items of a list have in common."""


def page(items: list[JSONObject], *, has_more: bool) -> JSONObject:
    """Return the envelope of a page; an empty one is the last."""
    return {
        "object": "list",
        "data": items,
        "first_id": items[0]["id"] if items else None,
        "last_id": items[-1]["id"] if items else None,
        "has_more": bool(items) and has_more,
    }
