"""Checks do not know of one another: what one says does not depend on which were asked before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from run_contracts.checks import CHECKS, outcomes
from run_contracts.contract.loading import load
from run_contracts.events import Exchanged
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange, Request, Response
from tests.report.checks_made import SEVERAL, seen


def _evidence() -> Evidence:
    """Return the evidence of a real check of a server with several faults, read by nobody yet."""
    exchanges = tuple(
        Exchange(
            number=one.number,
            edition="v2",
            request=Request(method=one.method, url=one.url, body=one.request_body.encode()),
            response=Response(
                status=one.status or 0,
                headers=one.response_headers,
                body=one.response_body.encode(),
            ),
            together=one.together,
        )
        for one in seen(*SEVERAL)
        if isinstance(one, Exchanged)
    )
    return Evidence(contract=load("v2"), exchanges=exchanges, is_whole=True)


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
