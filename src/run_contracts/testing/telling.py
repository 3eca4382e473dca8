"""What a person reads of a check in a pytest session."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from run_contracts.events import Decided, Event, Exchanged, Finished, Started
from run_contracts.register import register
from run_contracts.report import plain, text
from run_contracts.report.script import script
from run_contracts.report.text import WORDS, counted
from run_contracts.report.told import OUTCOMES, outcome
from run_contracts.testing.aiming import IN_PROCESS
from run_contracts.testing.options import NAME, OPTIONS

__all__ = ["OUTCOMES", "WORDS", "Event"]

SCRIPT_TITLE = "the requests that show it, as a script to paste"
REPEATED = ("target", "edition", "api_key_env", "assistant_id", "thread_id", "model", "profile")
"""Options that a command to run an item again must repeat if they were typed."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Told:
    """One check of a target: its verdicts by id, or why there are none."""

    name: str
    error: str = ""
    started: Started | None = None
    finished: Finished | None = None
    decided: Mapping[str, Decided] = field(default_factory=dict)
    exchanges: tuple[Exchanged, ...] = ()

    @classmethod
    def of(cls, name: str, events: Iterable[Event]) -> Told:
        """Sort the events of a check."""
        seen = list(events)
        finished = next((one for one in seen if isinstance(one, Finished)), None)
        return cls(
            name=name,
            error=(finished.error if finished else None) or "the check ended without a verdict",
            started=next((one for one in seen if isinstance(one, Started)), None),
            finished=finished,
            decided={one.requirement: one for one in seen if isinstance(one, Decided)},
            exchanges=tuple(one for one in seen if isinstance(one, Exchanged)),
        )


def lines_of(decided: Decided, again: str) -> list[str]:
    """Return the lines of a verdict, the last one with the command that runs its item again."""
    lines = [line for line in text.decided(decided, again="") if line]
    if decided.result == "fail":
        lines.pop()
    return [*lines, f"  {'next':<{text.WIDTH}}{plain.line(again)}"]


def again(config: pytest.Config, nodeid: str) -> str:
    """Return the command that runs an item again; headers may be secret and are left out."""
    words = ["pytest"]
    for name in REPEATED:
        option = OPTIONS[name]
        value = config.getoption(option.ini, None)
        if value is not None:
            words += ["--" + option.ini.replace("_", "-"), str(value)]
    path, colons, rest = nodeid.partition("::")
    if path != NAME:
        path = os.path.relpath(config.rootpath / path, config.invocation_params.dir)
    return shlex.join([*words, path + colons + rest])


def script_of(told: Told, decided: Decided) -> str:
    """Return the requests that show a failure, as a script for the shell."""
    base = told.started.target if told.started is not None else ""
    lines = script(base, decided, told.exchanges)
    if base.startswith(IN_PROCESS):
        return f"# serve the application first, and set URL to its base URL\n{lines}"
    return lines


def summary_of(told: Told, decided: Decided, again: str) -> dict[str, Any]:
    """Return what the summary needs to know of an item, as plain data: xdist sends it on."""
    found: dict[str, Any] = {
        "target": told.name,
        "id": decided.requirement,
        "area": decided.area,
        "outcome": outcome(decided),
        "sentence": decided.sentence,
        "again": again,
    }
    if told.started is not None and told.finished is not None:
        found["edition"], found["profile"] = told.started.edition, told.started.profile
        found["left_out"] = told.started.left_out or ""
        found["requests"], found["seconds"] = told.finished.requests, told.finished.seconds
    if found["outcome"] == "advice":
        found["lines"] = lines_of(decided, again)
    return found


def summary(items: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines that sum up the items of each target."""
    by_check: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one in items:
        if "id" in one:
            key = tuple(str(one.get(name)) for name in ("target", "edition", "seconds"))
            by_check.setdefault(key, []).append(one)
    for ones in by_check.values():
        yield from _check(ones)


def _check(ones: list[dict[str, Any]]) -> Iterator[str]:
    first = ones[0]
    requests = counted(first["requests"], "request")
    yield (
        f"{first['target']} (edition {first['edition']}, profile {first['profile']}): "
        f"{requests} in {first['seconds']:.1f} s"
    )
    if first["left_out"]:
        yield f"left out: {first['left_out']}"
    yield from _areas(ones, first["edition"])
    for one in ones:
        yield from one.get("lines", ())
    red = [one for kind in ("broken", "error", "blocked") for one in ones if one["outcome"] == kind]
    if red:
        yield f"fix first: {red[0]['id']} {red[0]['sentence']}"
        yield f"           {red[0]['again']}"


def _areas(ones: list[dict[str, Any]], edition: str) -> Iterator[str]:
    """Yield a line for each area in which not everything holds, and one for the rest."""
    known = register(edition)
    held: list[str] = []
    by_area: dict[str, list[dict[str, Any]]] = {}
    for one in sorted(ones, key=lambda one: list(known).index(one["id"])):
        by_area.setdefault(one["area"], []).append(one)
    for area, found in by_area.items():
        counts = {kind: [o["id"] for o in found if o["outcome"] == kind] for kind in OUTCOMES}
        told = [
            f"{len(ids)} {OUTCOMES[kind]}" + (f" ({', '.join(ids)})" if kind in NAMED else "")
            for kind, ids in counts.items()
            if ids
        ]
        if len(counts["pass"]) == len(found):
            held.append(area)
        else:
            yield f"  {area:<8} {', '.join(told)}"
    if held:
        number = sum(len(by_area[area]) for area in held)
        yield f"  {number} hold in {', '.join(held)}"


NAMED = ("broken", "error", "blocked")
"""Outcomes whose requirements the summary names."""
