"""Dialects that had an end: what was spoken on a day, told by the family or by what is absent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from run_contracts.contract.files import read_json
from run_contracts.contract.object_names import named_kind
from run_contracts.contract.readings import dialects
from run_contracts.recordings.dialect_signs import Sign

MANY_FIELDS = 8
"""So many fields lacked the dialects before a day on which many came."""
OPENAI = "openai"
"""The family of servers that others are like."""


def dated_dialect(
    objects: list[dict[str, Any]], family: Sign | None, edition: str, day: dt.date | None
) -> Sign | None:
    """Return the dialect that was spoken on the day that objects were made, by the family.

    Where the family does not show it is the one that lacked no more than is absent. Where the day
    does not, it is the last that the family spoke.
    """
    dated = [
        one for one in dialects().values() if one.until is not None and edition in one.editions
    ]
    if family is not None:
        of_family = [one for one in dated if one.family == family.name]
        that_day = [one for one in of_family if day is not None and one.covers(day)]
        chosen = (that_day or of_family)[-1:]
        return Sign(chosen[0].name, family.reason) if chosen else None
    spoken = [one for one in dated if day is not None and one.covers(day)]
    absent = _absent(objects, edition)
    if absent:
        fitting = [one for one in spoken if _lacked(absent, one.optional.get("run", ()))]
    else:
        fitting = [one for one in spoken if one.family == OPENAI]
    fitting.sort(key=lambda one: (one.family != OPENAI, len(one.optional.get("run", ()))))
    return Sign(fitting[0].name, f"created on {day}") if fitting else None


def _lacked(absent: set[str], optional: Collection[str]) -> bool:
    """Say whether what is absent is what a dialect lacked: no more, and of much not only a little.

    What came into the protocol on one day was not there before, all of it.
    """
    is_much = len(optional) >= MANY_FIELDS
    return absent <= set(optional) and not (is_much and 2 * len(absent) < len(optional))


def _absent(objects: Iterable[Mapping[str, Any]], edition: str) -> set[str]:
    """Return the fields that every run has, and the runs among these objects have not."""
    required = _required_of_runs(edition)
    runs = [one for one in objects if named_kind(one) == "run"]
    return {name for run in runs for name in required if name not in run}


@cache
def _required_of_runs(edition: str) -> frozenset[str]:
    return frozenset(read_json(f"{edition}/run.json")["required"])
