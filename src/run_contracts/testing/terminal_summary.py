"""The summary at the end of a session: each check by area, and what to fix first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from run_contracts.contract.requirements import register
from run_contracts.report.summary import OUTCOMES
from run_contracts.report.text import counted

Item = dict[str, Any]
"""What `run_contracts.testing.failures.summary_of` says of an item."""
RED = ("broken", "error", "blocked")


def summary(items: Iterable[Item]) -> Iterator[str]:
    """Yield the lines that sum up the items of each check; one that ran twice counts once."""
    by_check: dict[tuple[str, ...], dict[str, Item]] = {}
    for one in items:
        if "id" in one:
            key = tuple(str(one[name]) for name in ("target", "edition", "seconds"))
            by_check.setdefault(key, {})[one["again"]] = one
    for (_, edition, _), ones in by_check.items():
        order = list(register(edition))
        yield from _check(sorted(ones.values(), key=lambda one: order.index(one["id"])))


def _check(ones: list[Item]) -> Iterator[str]:
    first = ones[0]
    requests = counted(first["requests"], "request")
    yield (
        f"{first['target']} (edition {first['edition']}, profile {first['profile']}): "
        f"{requests} in {first['seconds']:.1f} s"
    )
    if first["left_out"]:
        yield f"left out: {first['left_out']}"
    yield from _areas(ones)
    for one in ones:
        yield from one.get("lines", ())
    red = [one for kind in RED for one in ones if one["outcome"] == kind]
    if red:
        yield f"fix first: {red[0]['id']} {red[0]['sentence']}"
        yield f"           {red[0]['again']}"


def _areas(ones: list[Item]) -> Iterator[str]:
    """Yield a line for each area in which not everything holds, and one for the rest."""
    by_area: dict[str, list[Item]] = {}
    for one in ones:
        by_area.setdefault(one["area"], []).append(one)
    held = [area for area, found in by_area.items() if all(o["outcome"] == "pass" for o in found)]
    for area, found in by_area.items():
        if area not in held:
            yield f"  {area:<8} {', '.join(_counts(found))}"
    if held:
        number = sum(len(by_area[area]) for area in held)
        yield f"  {number} hold in {', '.join(held)}"


def _counts(ones: list[Item]) -> Iterator[str]:
    """Yield how many there are of each outcome, the gravest first, and which if that is grave."""
    for kind, word in OUTCOMES.items():
        ids = [one["id"] for one in ones if one["outcome"] == kind]
        if ids:
            yield f"{len(ids)} {word}" + (f" ({', '.join(ids)})" if kind in RED else "")
