"""What is broken so far, told as soon as the probe that shows it has ended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from run_contracts.checks import Outcome, outcomes, passed_over
from run_contracts.contract.requirements import register
from run_contracts.engine import recording
from run_contracts.events import FirstSeen
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.slicing import Slicer

EvidenceOf = Callable[[Sequence[Exchange]], Evidence]
"""Reads exchanges as evidence of one check."""


class BrokenSoFar:
    """Remembers which requirements were seen broken, and tells each once."""

    def __init__(self, wanted: Collection[str], evidence_of: EvidenceOf) -> None:
        """Look for these requirements."""
        self._left = set(wanted)
        self._evidence_of = evidence_of
        self._slicer = Slicer()

    def of(self, probe: str, exchanges: Sequence[Exchange]) -> Iterator[FirstSeen]:
        """Yield what all exchanges so far show broken and was not told before.

        What a probe sent is judged with what that depends on; only if something is broken there,
        all exchanges are, for they decide.
        """
        new = exchanges[self._slicer.size :]
        for exchange in new:
            self._slicer.add(exchange)
        if not any(self._broken(self._slicer.with_dependencies(new))):
            return
        for outcome in self._broken(exchanges):
            if outcome.requirement in self._left:
                self._left.discard(outcome.requirement)
                yield _first_seen(probe, outcome)

    def _broken(self, exchanges: Sequence[Exchange]) -> Iterator[Outcome]:
        evidence = self._evidence_of(exchanges)
        seen = outcomes(evidence, self._left, on_error=passed_over)
        return (one for one in seen if one.violation is not None)


def _first_seen(probe: str, outcome: Outcome) -> FirstSeen:
    rule = register(outcome.exchange.edition)[outcome.requirement]
    return recording.first_seen(rule, recording.as_broken(outcome), probe=probe)
