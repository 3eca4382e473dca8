"""Histories: snapshots of one run as its life goes on, whole or a step at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from run_contracts.contract.lifecycle import EXPIRED, IN_PROGRESS
from run_contracts.contract.loading import Contract
from run_contracts.making.choosing import plain_plans
from run_contracts.making.forms import Choice, Make, copied
from run_contracts.making.lives.life_wishes import LifeWishes
from run_contracts.making.lives.story import story
from run_contracts.making.lives.timing import LIFE, STARTS_AT
from run_contracts.making.moments import EXPIRES
from run_contracts.making.plans import ObjectPlan, coherence_of
from run_contracts.making.wishes import Free
from run_contracts.types import JSONObject

IS_MISSED = Choice(values=(False, False, False, True))
"""Whether a poller misses a status."""
NO_WISHES = LifeWishes()


def history(
    contract: Contract, make: Make, path: Sequence[str], wishes: LifeWishes = NO_WISHES
) -> list[JSONObject]:
    """Return a snapshot of one run for each status of a path that follows the life cycle.

    What a run is made of stays the same; what its status decides comes and goes.
    """
    return story(contract, make, path, wishes).snapshots()


def watched(snapshots: Sequence[JSONObject], make: Make) -> list[JSONObject]:
    """Return what a poller sees of a life: the first snapshot, and any of the others."""
    return [snapshots[0], *(snapshot for snapshot in snapshots[1:] if not make(IS_MISSED))]


def following(
    contract: Contract, make: Make, before: JSONObject, status: str, clock: int
) -> JSONObject:
    """Return a run as it is after it went to a status at a moment.

    For a life that is not known in advance; what it asks for and costs fits what it is made of.
    """
    run = copied(before)
    run["status"] = status
    plan = plain_plans(contract, "run", status)[0]
    if status == EXPIRED and isinstance(before.get(EXPIRES), int):
        clock = max(clock, before[EXPIRES])
    new: set[str] = set()
    for name, wanted in contract.lifecycle.fields[status].items():
        if wanted == "null" and name in run:
            run[name] = None
        elif wanted == "set" and (run.get(name) is None or _starts_again(name, before, run)):
            run[name] = _set(plan, name, clock, make)
            new.add(name)
    coherence = coherence_of(contract, "run", Free(frozenset(run.keys() - new)))
    if coherence is not None and coherence.agree(run, make):
        plan.add_up(run, make)
    return run


def _starts_again(name: str, before: JSONObject, run: JSONObject) -> bool:
    """Say whether a run begins to work anew: started_at is not write-once."""
    return name == STARTS_AT and run["status"] == IN_PROGRESS != before["status"]


def _set(plan: ObjectPlan, name: str, clock: int, make: Make) -> Any:
    if not name.endswith("_at"):
        return plan.part(name, make)
    return clock + int(make(LIFE)) if name == EXPIRES else clock
