"""Judgement: from everything that was exchanged to verdicts, and what leads to what is broken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from run_contracts.checks import Outcome, outcomes
from run_contracts.contract import Contract
from run_contracts.evidence import Evidence
from run_contracts.exchange import Exchange
from run_contracts.probes import planned
from run_contracts.register import Level
from run_contracts.sequence import Sequences
from run_contracts.target import Target
from run_contracts.verdict import Absence, Verdict, verdicts

MOST_COMPARED = 50
"""Violations of a requirement, the last ones, among which the shortest way to one is sought."""


def evidence(target: Target, contract: Contract, exchanges: Collection[Exchange]) -> Evidence:
    """Return exchanges as evidence; in a thread that somebody gave us, others may be at work."""
    return Evidence(
        contract=contract,
        exchanges=tuple(exchanges),
        is_whole=target.thread_id is None,
        patience=target.patience,
    )


def broken_by(target: Target, contract: Contract) -> Callable[[Sequence[Exchange]], set[str]]:
    """Return a function that says which MUST requirements exchanges break."""

    def broken(exchanges: Sequence[Exchange]) -> set[str]:
        found = (one.violation for one in outcomes(evidence(target, contract, exchanges)))
        return {one.requirement for one in found if one is not None and one.level is Level.MUST}

    return broken


def judged(
    seen: Evidence, wanted: Collection[str], absences: Mapping[str, Absence]
) -> tuple[Verdict, ...]:
    """Return the verdicts on the wanted requirements.

    `absences` says by the name of a probe why evidence that it gives is missing.
    """
    contract = seen.contract
    by_probe = {probe.name: probe for probe in planned("full")}

    def kept_away(requirement: str) -> Iterator[Absence]:
        for name, absence in absences.items():
            if name in by_probe and by_probe[name].gives_evidence_for(requirement):
                yield absence

    requirements = [contract.register[one] for one in wanted if one not in contract.skips]
    return verdicts(requirements, outcomes(seen, wanted), kept_away)


def shortest(sequences: Sequences, broken: Sequence[Outcome]) -> tuple[Exchange, ...]:
    """Return the shortest sequence of exchanges that leads to one of these violations."""
    last = {one.exchange.number: one.exchange for one in broken}
    found = [sequences.leading_to(one) for one in list(last.values())[-MOST_COMPARED:]]
    return min(found, key=_size, default=())


def _size(sequence: tuple[Exchange, ...]) -> tuple[int, int]:
    return len(sequence), sum(len(one.request.body) for one in sequence)
