"""Histories that no life cycle allows: snapshots of one run, in the order they were read."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from run_contracts.contract.lifecycle import (
    CANCELLED,
    CANCELLING,
    COMPLETED,
    FAILED,
    IN_PROGRESS,
    QUEUED,
    REQUIRES_ACTION,
)
from run_contracts.contract.loading import Contract
from run_contracts.making.generators.typical import numbered
from run_contracts.making.lives.paths import shortest_path
from run_contracts.making.near_misses.miss import Miss
from run_contracts.making.typical_content import ASSISTANT_ID
from run_contracts.making.typical_objects import typical_life
from run_contracts.types import JSONObject

REPEATS = 8
"""Reads of a run that does not move."""
OTHERS: Mapping[str, Any] = {
    "assistant_id": numbered(ASSISTANT_ID, 2),
    "model": "gpt-4o-mini",
    "instructions": "Be somebody else.",
    "tools": [{"type": "code_interpreter"}],
}
"""What a run is made of, changed; another thread_id breaks RUN-ID-010 as well."""


def misses(contract: Contract, requirement: str) -> Iterator[Miss]:
    """Yield histories that break a requirement; none for those that take requests to break."""
    find = _BROKEN_HISTORIES.get(requirement)
    for snapshots, sentence, at, name in find(contract) if find else ():
        yield Miss(kind="history", value=snapshots, sentence=sentence, pointer=f"/{at}/{name}")


BrokenHistories = Iterator[tuple[list[JSONObject], str, int, str]]
"""Snapshots, what is wrong in a sentence, in which snapshot and field."""


def _life(contract: Contract, status: str) -> list[JSONObject]:
    """Return the shortest legal life to a status."""
    return typical_life(contract, *shortest_path(contract.lifecycle, status))


def _followed(snapshots: list[JSONObject], status: str, contract: Contract) -> list[JSONObject]:
    """Return a life that goes on to a status, and from there to an end, so that it is not stuck."""
    path = [one["status"] for one in snapshots] + [status]
    if not contract.lifecycle.is_terminal(status):
        path.append(CANCELLED)
    return typical_life(contract, *path)


def _jumps(contract: Contract, *, from_the_end: bool) -> BrokenHistories:
    """Yield legal lives with one more snapshot, in a status that cannot be reached."""
    life = contract.lifecycle
    for before in life.fields:
        if life.is_terminal(before) != from_the_end:
            continue
        for after in life.fields:
            if not life.may_follow(before, after):
                snapshots = _life(contract, before)
                sentence = f"The run was {before} and is then {after}."
                jumped = _followed(snapshots, after, contract)
                yield jumped, sentence, len(snapshots), "status"


def _end(contract: Contract, run: JSONObject) -> list[JSONObject]:
    """Return how a run that is alive ends, so that it is not stuck as well."""
    nature = {name: run[name] for name in (*OTHERS, "created_at") if name in run}
    return typical_life(contract, CANCELLED, **nature)


def _natures(contract: Contract) -> BrokenHistories:
    """Yield lives in which what a run is made of changes from one read to the next."""
    for name, other in OTHERS.items():
        snapshots = _life(contract, IN_PROGRESS)
        changed = copy.deepcopy(snapshots[-1]) | {name: other}
        ended = _end(contract, changed)
        sentence = f"{name} is not what it was a moment ago."
        yield [*snapshots, changed, *ended], sentence, len(snapshots), name


def _moved_births(contract: Contract) -> BrokenHistories:
    """Yield a life whose beginning moves."""
    snapshots = _life(contract, IN_PROGRESS)
    moved = copy.deepcopy(snapshots[-1])
    moved["created_at"] -= 1
    sentence = "created_at is a second earlier than it was."
    ended = _end(contract, moved)
    yield [*snapshots, moved, *ended], sentence, len(snapshots), "created_at"


def _moved_ends(contract: Contract) -> BrokenHistories:
    """Yield lives whose end moves with each read."""
    for status, name in END_MOMENTS.items():
        snapshots = _life(contract, status)
        moved = copy.deepcopy(snapshots[-1])
        moved[name] += 1
        sentence = f"{name} is a second later with the next look."
        yield [*snapshots, moved], sentence, len(snapshots), name


END_MOMENTS: Mapping[str, str] = {
    COMPLETED: "completed_at",
    FAILED: "failed_at",
    CANCELLED: "cancelled_at",
}


def _outcomes(contract: Contract) -> BrokenHistories:
    """Yield lives whose outcome changes after the end."""
    more = {"prompt_tokens": 412, "completion_tokens": 61, "total_tokens": 473}
    other = {"code": "rate_limit_exceeded", "message": "You exceeded your current quota."}
    for status, name, value in ((COMPLETED, "usage", more), (FAILED, "last_error", other)):
        snapshots = _life(contract, status)
        changed = copy.deepcopy(snapshots[-1]) | {name: copy.deepcopy(value)}
        sentence = f"{name} of a run that has ended is another with the next look."
        yield [*snapshots, changed], sentence, len(snapshots), name


def _impatient(contract: Contract) -> BrokenHistories:
    """Yield a life that goes on by itself while it waits for outputs."""
    snapshots = _life(contract, REQUIRES_ACTION)
    sentence = "The run waits for outputs, nobody submits any, and it works on."
    yield _followed(snapshots, IN_PROGRESS, contract), sentence, len(snapshots), "status"


def _stuck(contract: Contract, status: str) -> BrokenHistories:
    """Yield a life that stays in a status, however often it is read."""
    snapshots = _life(contract, status)
    repeated = [copy.deepcopy(snapshots[-1]) for _ in range(REPEATS)]
    at = len(snapshots) + REPEATS - 1
    yield [*snapshots, *repeated], f"The run is {status} for ever.", at, "status"


_BROKEN_HISTORIES: Mapping[str, Callable[[Contract], BrokenHistories]] = {
    "RUN-LIFE-001": lambda contract: _jumps(contract, from_the_end=False),
    "RUN-LIFE-002": lambda contract: _jumps(contract, from_the_end=True),
    "RUN-LIFE-003": _natures,
    "RUN-LIFE-006": _outcomes,
    "RUN-LIFE-007": _impatient,
    "RUN-TIME-005": _moved_births,
    "RUN-TIME-006": _moved_ends,
    "RUN-LIFE-004": lambda contract: _stuck(contract, CANCELLING),
    "RUN-LIFE-005": lambda contract: _stuck(contract, IN_PROGRESS),
    "RUN-LIFE-009": lambda contract: _stuck(contract, QUEUED),
}
