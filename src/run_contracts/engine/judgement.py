"""Judgement: from everything that was exchanged to verdicts, and what leads to what is broken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from run_contracts.checks import outcomes
from run_contracts.client.target import Target
from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import Level
from run_contracts.engine.verdicts import MissingEvidence, Verdict, verdicts
from run_contracts.probes import planned
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.history import Evidence
from run_contracts.traffic.slicing import Slicer

MOST_COMPARED, MOST_TRIES, SHORT = 30, 20, 3
"""For a requirement: how many violations, the last ones, are looked at for a short sequence that
shows one; how many sequences are tried; and how many exchanges are few enough."""


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
    seen: Evidence, wanted: Collection[str], missing_evidence: Mapping[str, MissingEvidence]
) -> tuple[Verdict, ...]:
    """Return the verdicts on the wanted requirements.

    `missing_evidence` says by the name of a probe why evidence that it gives is missing.
    """
    contract = seen.contract
    by_probe = {probe.name: probe for probe in planned("full")}

    def kept_away(requirement: str) -> Iterator[MissingEvidence]:
        for name, missing in missing_evidence.items():
            if name in by_probe and by_probe[name].gives_evidence_for(requirement):
                yield missing

    requirements = [contract.register[one] for one in wanted if one not in contract.skips]
    return verdicts(requirements, outcomes(seen, wanted), kept_away)


def shortest(seen: Evidence, sequences: Slicer, verdict: Verdict) -> tuple[Exchange, ...]:
    """Return the shortest sequence of exchanges that alone shows what a verdict says is broken.

    Only a few are tried; if none shows it alone, the longest of them is returned.
    """
    requirement, tries = verdict.requirement.id, MOST_TRIES
    best: tuple[Exchange, ...] = ()
    way: tuple[Exchange, ...] = ()
    for last in _candidates(sequences, verdict):
        for way in sequences.slices_to(last):
            tries -= 1
            if best and _size(way) >= _size(best):
                break
            if _shows(replace(seen, exchanges=way), requirement):
                best = way
                break
        if tries <= 0 or 0 < len(best) <= SHORT:
            break
    return best or way


def _candidates(sequences: Slicer, verdict: Verdict) -> list[Exchange]:
    """Return the exchanges that show a violation, those first that little leads to."""
    found = {one.exchange.number: one.exchange for one in verdict.broken[-MOST_COMPARED:]}
    return sorted(found.values(), key=lambda one: _size(next(sequences.slices_to(one))))


def _shows(seen: Evidence, requirement: str) -> bool:
    return any(one.violation is not None for one in outcomes(seen, [requirement]))


def _size(sequence: tuple[Exchange, ...]) -> tuple[int, int]:
    return len(sequence), sum(len(one.request.body) for one in sequence)
