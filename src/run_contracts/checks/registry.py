"""How a check says which requirements it decides, and what it yields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from run_contracts.contract.requirements import CLIENT, client_register
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


class AllHeld(NamedTuple):
    """What one exchange shows to hold, all at once: as many outcomes as there are requirements."""

    requirements: frozenset[str]
    exchange: Exchange
    violation: None = None


CheckResult = Outcome | AllHeld
Check = Callable[[Evidence], Iterator[CheckResult]]
OnError = Callable[[Check, Exception], None]
"""Hears of a check that raised, which is a defect of ours; if it raises, that ends all."""


But = Callable[[Evidence, Any], bool]
"""Says of an outcome that is a violation whether it is passed over."""


def nothing(_evidence: Evidence, _outcome: Outcome) -> bool:
    """Pass nothing over."""
    return False


def raised(_check: Check, error: Exception) -> None:
    """Raise what a check raised."""
    raise error


class CheckTable(dict[str, Check]):
    """Checks by the requirements they decide; filled once, when their modules are imported.

    Those `of_all` speak of all exchanges with a server together; of any other check the exchanges
    about one thread, and what is known of the server as a whole, decide all that is about them.
    What those that are `revocable` find broken, later exchanges may show to hold.
    """

    def __init__(self) -> None:
        """Begin without checks."""
        super().__init__()
        self.of_all: set[Check] = set()
        self.revocable: set[Check] = set()

    def decides(
        self, *requirements: str, of_all: bool = False, revocable: bool = False
    ) -> Callable[[Check], Check]:
        """Register a check under the ids of the requirements it decides."""

        def register(check: Check) -> Check:
            for requirement in requirements:
                if requirement in self:
                    raise AssertionError(f"{requirement} is decided twice")
                self[requirement] = check
            if of_all:
                self.of_all.add(check)
            if revocable:
                self.revocable.add(check)
            return check

        return register

    def requirements_of(self, check: Check) -> tuple[str, ...]:
        """Return the ids of the requirements that a check decides."""
        return tuple(id_ for id_, other in self.items() if other is check)

    def outcomes(
        self,
        evidence: Evidence,
        wanted: Collection[str],
        on_error: OnError,
        *,
        but: But = nothing,
    ) -> Iterator[Outcome]:
        """Yield what the evidence says of each of these requirements, `but` some violations.

        A check that raises yields no more; unless `on_error` raises, the others go on.
        """
        checks = dict.fromkeys(check for id_, check in self.items() if id_ in wanted)
        for decision in self.decisions(checks, evidence, on_error, but=but):
            if isinstance(decision, AllHeld):
                for requirement in ordered(decision.requirements):
                    if requirement in wanted:
                        yield held(requirement, decision.exchange)
            elif decision.requirement in wanted:
                yield decision

    @staticmethod
    def decisions(
        checks: Iterable[Check], evidence: Evidence, on_error: OnError, *, but: But = nothing
    ) -> Iterator[CheckResult]:
        """Yield what checks decide, as they put it, `but` some violations; else as `outcomes`."""
        for check in checks:
            try:
                for decision in check(evidence):
                    if decision.violation is None or not but(evidence, decision):
                        yield decision
            except Exception as error:
                on_error(check, error)


@lru_cache(maxsize=1024)
def ordered(requirements: frozenset[str]) -> tuple[str, ...]:
    """Return the ids of requirements in order."""
    return tuple(sorted(requirements))


CHECKS = CheckTable()
"""Every check of servers."""
decides = CHECKS.decides


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
    if holds:
        return held(requirement, exchange)
    contract = evidence.contract
    is_of_client = requirement.startswith(CLIENT)
    known = client_register(contract.edition) if is_of_client else contract.register
    if requirement not in known:
        return held(requirement, exchange)
    rule = known[requirement]
    violation = broken(rule, pointer, actual, code, **parameters)
    return Outcome(requirement=requirement, exchange=exchange, violation=violation)
