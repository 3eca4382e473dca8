"""Reproduction: the shortest slice of a check that, sent again, shows what is broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from run_contracts.checks import Outcome, outcomes
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.slicing import Slicer

MOST_CANDIDATES, MOST_TRIES, FEW_ENOUGH = 30, 20, 3
"""For a requirement: how many violations, the last ones, are looked at for a short slice that shows
one; how many slices are tried; and how many exchanges are few enough."""


def shortest(evidence: Evidence, slicer: Slicer, broken: Sequence[Outcome]) -> tuple[Exchange, ...]:
    """Return the shortest slice of exchanges that alone shows one of the violations of a rule.

    Only a few are tried; if none shows it alone, the longest of them is returned.
    """
    tries = MOST_TRIES
    best: tuple[Exchange, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    for last in _candidates(slicer, broken):
        for exchanges in slicer.slices_to(last):
            tries -= 1
            if best and _size(exchanges) >= _size(best):
                break
            if _shows(replace(evidence, exchanges=exchanges), broken[0].requirement):
                best = exchanges
                break
        if tries <= 0 or 0 < len(best) <= FEW_ENOUGH:
            break
    return best or exchanges


def _candidates(slicer: Slicer, broken: Sequence[Outcome]) -> list[Exchange]:
    """Return the exchanges that show a violation, those first that little leads to."""
    shown = {one.exchange.number: one.exchange for one in broken[-MOST_CANDIDATES:]}
    return sorted(shown.values(), key=lambda one: _size(next(slicer.slices_to(one))))


def _shows(evidence: Evidence, requirement: str) -> bool:
    return any(one.violation is not None for one in outcomes(evidence, [requirement]))


def _size(exchanges: tuple[Exchange, ...]) -> tuple[int, int]:
    return len(exchanges), sum(len(one.request.body) for one in exchanges)
