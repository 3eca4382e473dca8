"""How a check says which requirements it decides, and what it yields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.validation.violation import Violation, broken


class Outcome(NamedTuple):
    """What one piece of evidence says of one requirement: it holds, or the violation.

    `not_offered` says why the server is not bound by it: it does not offer the thing at all.
    """

    requirement: str
    exchange: Exchange
    violation: Violation | None = None
    not_offered: str | None = None


Check = Callable[[Evidence], Iterator[Outcome]]

CHECKS: dict[str, Check] = {}
"""Every check by the requirements it decides; filled once, when the modules are imported."""


def decides(*requirements: str) -> Callable[[Check], Check]:
    """Register a check under the ids of the requirements it decides."""

    def register(check: Check) -> Check:
        for requirement in requirements:
            if requirement in CHECKS:
                raise AssertionError(f"{requirement} is decided twice")
            CHECKS[requirement] = check
        return check

    return register


def held(requirement: str, exchange: Exchange) -> Outcome:
    """Return the outcome that a requirement holds in an exchange."""
    return Outcome(requirement, exchange)


def not_offered(requirement: str, exchange: Exchange) -> Outcome:
    """Return the outcome that a server is not bound: it does not offer the endpoint."""
    operation = exchange.operation
    name = f"{operation.method} {operation.path}" if operation else exchange.request.url
    reason = f"the server does not offer {name}: it answers {exchange.response.status}"
    return Outcome(requirement=requirement, exchange=exchange, not_offered=reason)


def refused(
    evidence: Evidence, requirement: str, exchange: Exchange, why: str, *, actual: Any = None
) -> Iterator[Outcome]:
    """Yield whether a request was refused; an answer that the server failed is RUN-ERR-008."""
    if exchange.is_success or exchange.is_refusal:
        yield decided(
            evidence,
            requirement,
            exchange,
            holds=exchange.is_refusal,
            actual=exchange.response.status if actual is None else actual,
            code="not-refused",
            why=why,
        )


def decided(  # noqa: PLR0913 - the parts of a violation
    evidence: Evidence,
    requirement: str,
    exchange: Exchange,
    *,
    holds: bool,
    actual: Any,
    code: str,
    pointer: str = "",
    **parameters: Any,
) -> Outcome:
    """Return the outcome of a plain condition: held, or a violation.

    `actual` becomes what the violation found, `code` and parameters say what would be right. What
    another edition requires cannot be broken in this one; its outcomes are left out anyway.
    """
    if holds or requirement not in evidence.contract.register:
        return held(requirement, exchange)
    rule = evidence.contract.register[requirement]
    violation = broken(rule, pointer, actual, code, **parameters)
    return Outcome(requirement=requirement, exchange=exchange, violation=violation)
