"""Paths: the statuses of one life, along the edges of the life cycle."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from itertools import pairwise

from run_contracts.contract.lifecycle import IN_PROGRESS, REQUIRES_ACTION, Lifecycle
from run_contracts.errors import UsageError
from run_contracts.making.forms import Make, one_of

MOST_STATUSES = 8
"""Statuses in a life that is walked at random; submitting outputs makes loops possible."""


def walked(life: Lifecycle, make: Make) -> list[str]:
    """Return the statuses of a life from its birth to anywhere, along the edges.

    It goes straight to one edge, any of them, and from there wherever chance leads.
    """
    edge = make(one_of((None, *(edge for edge in life.edges if edge.source))))
    path = [life.initial] if edge is None else [*shortest_path(life, edge.source), edge.target]
    while len(path) < MOST_STATUSES:
        after = make(one_of((None, *life.next_to(path[-1]))))
        if after is None:
            break
        path.append(after)
    return path


def path_of(
    life: Lifecycle,
    status: str,
    path: Sequence[str] | None = None,
    rounds: int | None = None,
    *,
    works_on: bool = False,
) -> list[str]:
    """Return the path that was asked for, or the shortest life that ends in a status.

    With `rounds` it asks for outputs so many times, and then may end; it `works_on` at least once
    more if that is asked for. Raises `UsageError` for a path that leaves the life cycle, or that
    does not ask as often.

    >>> from run_contracts.contract.lifecycle import lifecycle
    >>> path_of(lifecycle("v2"), "completed", rounds=1)[2:]
    ['requires_action', 'queued', 'in_progress', 'completed']
    """
    if not path:
        if not rounds:
            return shortest_path(life, status)
        return _with_rounds(life, status, rounds, works_on=works_on)
    checked = checked_path(life, path)
    asked = checked.count(REQUIRES_ACTION)
    if rounds is not None and rounds != asked:
        raise UsageError(
            f"calls are of {rounds} rounds, and path asks for outputs {asked} times; give a list "
            "of calls for each time"
        )
    return checked


def _with_rounds(life: Lifecycle, status: str, rounds: int, *, works_on: bool) -> list[str]:
    shortest_path(life, status)  # there is such a status
    again = _shortest(life, REQUIRES_ACTION, IN_PROGRESS)[1:]
    path = shortest_path(life, REQUIRES_ACTION)
    for _ in range(rounds - 1):
        path += [*again, REQUIRES_ACTION]
    if status == REQUIRES_ACTION:
        return path
    before = again if works_on else []
    return [*path, *before, *_shortest(life, (before or path)[-1], status)[1:]]


def checked_path(life: Lifecycle, path: Sequence[str]) -> list[str]:
    """Return a path as it is; raise `UsageError` where it leaves the life cycle."""
    if not path or path[0] != life.initial:
        raise UsageError(f"a life begins {life.initial}; this one begins {list(path)[:1]}")
    for before, after in pairwise(path):
        allowed = life.next_to(before)
        if after not in allowed:
            near = get_close_matches(str(after), allowed, n=1)
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
    path = _shortest(life, life.initial, status)
    if path:
        return path
    near = get_close_matches(str(status), life.fields, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(life.fields)}"
    raise UsageError(f"no status {status!r} in this life; {hint}")


def _shortest(life: Lifecycle, source: str, status: str) -> list[str]:
    """Return the shortest path between two statuses, by sure edges if there is one; or nothing."""
    for is_sure in (True, False):
        front = [[source]]
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
    return []
