"""What a life shows to be wrong with a client, in lines for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from run_contracts.checks import Outcome
from run_contracts.checks.clients import client_outcomes
from run_contracts.contract.loading import load
from run_contracts.contract.requirements import EDITIONS, Level, client_register
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.validation.found import shown


def broken_requests(exchanges: Sequence[Exchange], *, strict: bool = False) -> list[str]:
    """Return what the requests of a client break, in lines; with `strict` SHOULD, too."""
    lines: list[str] = []
    for edition in EDITIONS:
        spoken = tuple(exchange for exchange in exchanges if exchange.edition == edition)
        evidence = Evidence(contract=load(edition), exchanges=spoken)
        lines += finding_lines(client_outcomes(evidence), strict=strict)
    return lines


def finding_lines(outcomes: Iterable[Outcome], *, strict: bool = False) -> Iterator[str]:
    """Yield each way in which a requirement is broken, once, with where it is seen first."""
    seen: dict[tuple[str, str], None] = {}
    for outcome in outcomes:
        violation = outcome.violation
        if violation is None or not (strict or violation.level is Level.MUST):
            continue
        if (violation.requirement, violation.code) in seen:
            continue
        seen[violation.requirement, violation.code] = None
        rule = client_register(EDITIONS[-1])[violation.requirement]
        request = outcome.exchange.request
        yield (
            f"{rule.id} {rule.level}: {rule.sentence} "
            f"{request.method} {request.url}: expected {violation.expected}, "
            f"found {shown(violation.found)}"
        )
