"""Which faults a checker is tried on: all, those that are named, or a sample over all areas."""

from __future__ import annotations

import random
from collections.abc import Iterable

from run_contracts.contract.requirements import register
from run_contracts.errors import UsageError
from run_contracts.server.faults import CONCURRENT_FAULTS, FAULTS, Fault
from run_contracts.server.lookup import chosen
from run_contracts.types import Edition

ALL_FAULTS = "all"
DEFAULT_SAMPLE = "24"
"""How many faults are tried unless more is said."""


def faults_of(edition: Edition) -> tuple[Fault, ...]:
    """Return the faults that break something in an edition."""
    known = register(edition)
    return tuple(fault for fault in FAULTS.values() if fault.requirement in known)


def sampled(edition: Edition, count: int, seed: int) -> tuple[Fault, ...]:
    """Return so many faults, in which each area has its share; the same for one seed.

    >>> len(sampled("v2", 12, 0)), sampled("v2", 12, 0) == sampled("v2", 12, 0)
    (12, True)
    """
    every, known = faults_of(edition), register(edition)
    draw = random.Random(seed)  # noqa: S311 - a sample, no secret
    keys = {fault.id: (known[fault.requirement].area, draw.random()) for fault in every}
    ordered = sorted(every, key=lambda fault: keys[fault.id])
    if count >= len(ordered):
        return every
    step, start = len(ordered) / count, draw.random()
    drawn = (ordered[int((at + start) * step)] for at in range(count))
    return tuple(sorted(drawn, key=lambda fault: fault.id))


def faults_asked(words: Iterable[str], edition: Edition, seed: int) -> tuple[Fault, ...]:
    """Return what was asked for: ``all``, a number, or ids; raise `UsageError` for what is none."""
    asked = [part.strip() for text in words for part in text.split(",") if part.strip()]
    match asked:
        case []:
            raise UsageError("no faults are named; give all, a number, or ids of faults")
        case ["all"]:
            return faults_of(edition)
        case [number] if number.isdecimal() and number.isascii():
            return sampled(edition, _count(number), seed)
    _refuse_what_is_no_id(asked, edition)
    return chosen("fault", {fault.id: fault for fault in faults_of(edition)}, asked)


def _count(number: str) -> int:
    """Return a number of faults; more than there are is all."""
    count = int(number[:9])
    if not count:
        raise UsageError("--faults 0 tries nothing; give a number above 0")
    return count


def _refuse_what_is_no_id(asked: list[str], edition: Edition) -> None:
    """Refuse what stands beside ids, and faults that no checker can be sure to meet."""
    for name in asked:
        if name == ALL_FAULTS or name.isdecimal():
            raise UsageError(f"--faults {name} stands alone; name ids without it")
        if name in CONCURRENT_FAULTS:
            raise UsageError(f"fault {name} shows only while two requests race; leave it out")
        if name in FAULTS and FAULTS[name].requirement not in register(edition):
            raise UsageError(f"fault {name} breaks nothing in edition {edition}; see --edition")
