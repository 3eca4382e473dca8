"""What is broken so far, told as soon as the probe that shows it has ended."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from run_contracts.checks import outcomes
from run_contracts.engine import recording
from run_contracts.events import FirstSeen
from run_contracts.traffic.evidence import Evidence


class BrokenSoFar:
    """Remembers which requirements were seen broken, and tells each once."""

    def __init__(self, wanted: Collection[str]) -> None:
        """Look for these requirements."""
        self._left = set(wanted)

    def of(self, probe: str, evidence: Evidence) -> Iterator[FirstSeen]:
        """Yield what all evidence so far shows broken and was not told before."""
        for outcome in outcomes(evidence, self._left):
            if outcome.violation is not None and outcome.requirement in self._left:
                self._left.discard(outcome.requirement)
                rule = evidence.contract.register[outcome.requirement]
                yield FirstSeen(
                    requirement=rule.id,
                    level=rule.level.value,
                    sentence=rule.sentence,
                    probe=probe,
                    broken=recording.as_broken(outcome),
                )
