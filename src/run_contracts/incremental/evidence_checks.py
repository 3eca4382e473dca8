"""What checks decide on evidence that is a part of what was seen of a server."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from operator import attrgetter

from run_contracts.checks import CHECKS, Check, is_explained
from run_contracts.checks.registry import But, CheckResult, OnError, Outcome
from run_contracts.contract.loading import Contract
from run_contracts.incremental.component import Component
from run_contracts.traffic.evidence import ANY_TIME, Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.server_traits import ServerTraits


class EvidenceChecks:
    """The checks of a contract, and what is known of the server that they judge.

    Those that are `lasting` say nothing that later exchanges may show to be otherwise.
    """

    def __init__(self, contract: Contract, server: ServerTraits, raised: OnError) -> None:
        """Take the checks that the contract wants; an error of theirs is said to `raised`."""
        self._contract, self._server = contract, server
        self._raised = raised
        wanted = (check for id_, check in CHECKS.items() if id_ in contract.register)
        self.all = [one for one in dict.fromkeys(wanted) if one not in CHECKS.of_all]
        self.lasting = [one for one in self.all if one not in CHECKS.revocable]

    def evidence(self, exchanges: Iterable[Exchange], *, is_alone: bool) -> Evidence:
        """Return exchanges as evidence, each once and in order."""
        each = {one.number: one for one in exchanges}
        return Evidence(
            contract=self._contract,
            exchanges=tuple(sorted(each.values(), key=attrgetter("number"))),
            is_alone=is_alone,
            patience=ANY_TIME,
            traits=self._server,
        )

    def of_component(
        self,
        component: Component,
        evidence: Evidence,
        *,
        is_over: bool,
        beside: Collection[int] = (),
    ) -> Iterator[CheckResult]:
        """Yield what evidence of a component says, but what wrong requests explain.

        The numbers of exchanges that stand `beside` what is under way are not in the evidence; each
        of them says what it says by itself, whatever else it was beside.
        """
        whole = evidence
        if beside or component.explaining.wrong:
            exchanges = (*component.explaining.wrong, *component.exchanges)
            whole = self.evidence(exchanges, is_alone=False)

        def explains(_: Evidence, outcome: Outcome) -> bool:
            return is_explained(whole, outcome)

        checks = self.all if is_over and not beside else self.lasting
        yield from self._decisions(checks, evidence, explains)
        for exchange in component.exchanges if beside else ():
            if exchange.number in beside:
                by_itself = self.evidence((exchange,), is_alone=False)
                yield from self._decisions(self.lasting, by_itself, explains)

    def _decisions(
        self, checks: Iterable[Check], evidence: Evidence, but: But
    ) -> Iterator[CheckResult]:
        return CHECKS.decisions(checks, evidence, self._raised, but=but)

    def of_all(self, exchanges: Iterable[Exchange], *, is_last: bool) -> Iterator[CheckResult]:
        """Yield what only all exchanges with the server show, by those of them that show it."""
        checks = CHECKS.of_all if is_last else CHECKS.of_all - CHECKS.revocable
        evidence = self.evidence(exchanges, is_alone=False)
        return CHECKS.decisions(checks, evidence, self._raised)
