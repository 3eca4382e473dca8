"""Findings of a round: what is broken by its fingerprint, and the few requests that show it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from run_contracts.checks import Outcome, outcomes, passed_over
from run_contracts.engine import recording
from run_contracts.engine.policy import DEFAULT_POLICY
from run_contracts.engine.reproduction import shortest
from run_contracts.events import Event, ExitCode, Finished, Result, Started
from run_contracts.events.fingerprint import fingerprint
from run_contracts.night.orders import NewFinding
from run_contracts.report import jsonlines
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.hiding import Hide
from run_contracts.traffic.slicing import Slicer

MOST_NEW = 40
"""Findings that one round tells; what else is new is told by the next that sees it."""
MOST_SLICE, MOST_BROKEN = 60, 5
"""Exchanges of a finding's report, the last ones, and places in its verdict."""


def key_of(outcome: Outcome) -> str:
    """Return what stays the same of a violation: the requirement and the fingerprint."""
    operation = outcome.exchange.operation_id or outcome.exchange.request.method
    return f"{outcome.requirement} {fingerprint(recording.as_broken(outcome), operation)}"


def by_key(decided: Collection[Outcome]) -> dict[str, list[Outcome]]:
    """Return the violations among outcomes by their keys."""
    keys: dict[str, list[Outcome]] = {}
    for outcome in decided:
        if outcome.violation is not None:
            keys.setdefault(key_of(outcome), []).append(outcome)
    return keys


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingReports:
    """Makes the reports of what a round found; no secret is in them."""

    evidence: Evidence
    started: Started
    hide: Hide

    def of(self, broken: dict[str, list[Outcome]], known: Collection[str]) -> Iterator[NewFinding]:
        """Yield a report of each thing that is not known."""
        new = [key for key in broken if key not in known][:MOST_NEW]
        slicer = Slicer(self.evidence.sent if new else ())
        for key in new:
            yield self._finding(key, broken[key], slicer)

    def _finding(self, key: str, broken: Sequence[Outcome], slicer: Slicer) -> NewFinding:
        requirement = broken[0].requirement
        sequence = shortest(self.evidence, slicer, broken)[-MOST_SLICE:]
        shown = list(self._shown(key, requirement, sequence)) or [broken[0]]
        exchanges = {one.number: one for one in (*sequence, *(each.exchange for each in shown))}
        ordered = [exchanges[number] for number in sorted(exchanges)]
        raw = self._events(requirement, ordered, sequence, shown)
        # Read alone it is what a check without a policy of its own would come to.
        summed_up = DEFAULT_POLICY.applied(recording.hidden(event, self.hide) for event in raw)
        report = b"".join(map(jsonlines.as_line, summed_up))
        return NewFinding(key=key, requirement=requirement, report=report)

    def _shown(self, key: str, requirement: str, sequence: Sequence[Exchange]) -> Iterator[Outcome]:
        """Yield the outcomes by which a sequence alone shows a finding."""
        alone = replace(self.evidence, exchanges=tuple(sequence))
        seen = list(outcomes(alone, [requirement], on_error=passed_over))
        yield from by_key(seen).get(key, ())[:MOST_BROKEN]

    def _events(
        self,
        requirement: str,
        exchanges: Sequence[Exchange],
        sequence: Sequence[Exchange],
        shown: Sequence[Outcome],
    ) -> Iterator[Event]:
        rule = self.evidence.contract.register[requirement]
        numbers = tuple(one.number for one in sequence)
        broken = map(recording.as_broken, shown)
        yield self.started
        yield from map(recording.exchanged, exchanges)
        yield recording.decided(rule, Result.FAIL, broken=broken, sequence=numbers)
        yield Finished(requests=len(exchanges), seconds=0.0, exit_code=ExitCode.HOLDS)
