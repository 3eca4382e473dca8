"""The summary at the end of a session: each check by area, and what to fix first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from run_contracts.contract.requirements import register
from run_contracts.report.folding import MOST_IDS, counted
from run_contracts.report.words import OUTCOME_WORDS, RED_OUTCOMES

SummaryEntry = dict[str, Any]
"""What `run_contracts.testing.failures.Failure.entry` says of an item."""


def summary(entries: Iterable[SummaryEntry]) -> Iterator[str]:
    """Yield the lines that sum up the items of each check; one that ran twice counts once."""
    by_check: dict[tuple[str, ...], dict[str, SummaryEntry]] = {}
    for entry in entries:
        if "id" in entry:
            key = tuple(str(entry[name]) for name in ("target", "edition", "spoken", "seconds"))
            by_check.setdefault(key, {})[entry["again"]] = entry
    for (_, edition, *_), by_item in by_check.items():
        order = list(register(edition))
        yield from _check(sorted(by_item.values(), key=lambda entry: order.index(entry["id"])))


def _check(entries: list[SummaryEntry]) -> Iterator[str]:
    first = entries[0]
    requests = counted(first["requests"], "request")
    yield (
        f"{first['target']} ({first['spoken']}, profile {first['profile']}): "
        f"{requests} in {first['seconds']:.1f} s"
    )
    if first["left_out"]:
        yield f"left out: {first['left_out']}"
    yield from _areas(entries)
    for entry in entries:
        yield from entry.get("lines", ())
    whole = next((entry for entry in entries if "verdict" in entry), None)
    if whole is not None:
        yield from filter(None, whole["operations"])
        for lines in whole["causes"]:
            yield from lines
        yield whole["verdict"]


def _areas(entries: list[SummaryEntry]) -> Iterator[str]:
    """Yield a line for each area in which not everything holds, and one for the rest."""
    by_area: dict[str, list[SummaryEntry]] = {}
    for entry in entries:
        by_area.setdefault(entry["area"], []).append(entry)
    held = [
        area
        for area, inside in by_area.items()
        if all(entry["outcome"] == "pass" for entry in inside)
    ]
    for area, inside in by_area.items():
        if area not in held:
            yield f"  {area:<8} {', '.join(_counts(inside))}"
    if held:
        number = sum(len(by_area[area]) for area in held)
        yield f"  {number} hold in {', '.join(held)}"


def _counts(entries: list[SummaryEntry]) -> Iterator[str]:
    """Yield how many there are of each outcome, the gravest first, and which if that is grave."""
    for outcome, word in OUTCOME_WORDS.items():
        ids = [entry["id"] for entry in entries if entry["outcome"] == outcome]
        if ids:
            is_named = outcome in RED_OUTCOMES and len(ids) <= MOST_IDS
            yield f"{len(ids)} {word}" + (f" ({', '.join(ids)})" if is_named else "")
