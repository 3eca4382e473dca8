"""Checks do not know of one another: what one says does not depend on which were asked before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from run_contracts.checks import CHECKS, outcomes
from run_contracts.contract.loading import load
from run_contracts.events import exchanges
from run_contracts.traffic.evidence import Evidence
from tests.report.checks_made import SEVERAL, seen


def _evidence() -> Evidence:
    """Return the evidence of a real check of a server with several faults, read by nobody yet."""
    checked = tuple(
        replace(one, request=replace(one.request), response=replace(one.response))
        for one in exchanges(seen(*SEVERAL))
    )
    return Evidence(contract=load("v2"), exchanges=checked, is_whole=True)


def _said(evidence: Evidence, only: Collection[str] | None = None) -> Counter[tuple[str, int, str]]:
    return Counter(
        (one.requirement, one.exchange.number, str(one.violation or one.not_offered))
        for one in outcomes(evidence, only)
    )


def test_checks_say_the_same_alone_and_in_any_order() -> None:
    """Each by itself, last one first, says what it says among all."""
    together, evidence = _said(_evidence()), _evidence()
    assert any("MUST" in said for _, _, said in together)
    decided = {one: [id_ for id_, by in CHECKS.items() if by is one] for one in CHECKS.values()}
    alone: Counter[tuple[str, int, str]] = Counter()
    for requirements in reversed(decided.values()):
        alone += _said(evidence, requirements)
    assert alone == together
