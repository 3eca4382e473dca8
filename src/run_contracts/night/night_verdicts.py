"""The verdicts of a check with what its night found: each finding once, with its few exchanges.

Its exchanges come from other sessions, perhaps of other processes. They are judged by themselves,
and never together with those of the check; here they only get numbers that nothing else has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from run_contracts.engine import recording
from run_contracts.engine.renumbering import Renumbering
from run_contracts.events import Decided, Event, FirstSeen, Result, Started, exchanges
from run_contracts.report.next_steps import replay_command
from run_contracts.traffic.shell import word


class NightVerdicts:
    """Takes in reports of findings, and puts their verdicts together with those of the check."""

    def __init__(self, started: Started, last: int) -> None:
        """Begin after an exchange of this number."""
        self._started, self._last = started, last
        self._by_requirement: dict[str, list[Decided]] = {}

    def of(self, report: Sequence[Event], number: int, file: Path) -> Iterator[Event]:
        """Yield what is told at once of a finding of a round: its exchanges, what is broken."""
        shown = tuple(exchanges(report))
        numbering = Renumbering.behind(self._last, shown)
        self._last += len(shown)
        for exchange in map(numbering.exchange, shown):
            source = f"{exchange.source} of round {number}"
            yield recording.exchanged(replace(exchange, source=source))
        for event in report:
            if isinstance(event, Decided) and event.broken:
                verdict = replace(numbering.verdict(event), command=self._command(event, file))
                self._by_requirement.setdefault(event.requirement, []).append(verdict)
                yield _first_seen(verdict, number)

    def _command(self, verdict: Decided, file: Path) -> str:
        """Return what shows a finding again: a replay, or its report if none can be made."""
        replayed = replay_command(self._started, str(file))
        if replayed:
            return f"{replayed} {word(verdict.requirement, {})}"
        return f"run-contracts report {word(str(file), {})}"

    def merged(self, verdicts: Mapping[str, Decided]) -> Iterator[Decided]:
        """Yield the verdicts of the check, with all that the night found broken."""
        for requirement, verdict in verdicts.items():
            found = self._by_requirement.get(requirement, ())
            yield _merged(verdict, found) if found else verdict


def _merged(verdict: Decided, later: Sequence[Decided]) -> Decided:
    """Return a verdict that what was found later makes a fail."""
    is_new = not verdict.broken
    return replace(
        verdict,
        result=Result.FAIL.value,
        reason="",
        broken=(*verdict.broken, *(one for each in later for one in each.broken)),
        sequence=later[0].sequence if is_new else verdict.sequence,
        command=later[0].command if is_new else verdict.command,
    )


def _first_seen(verdict: Decided, number: int) -> FirstSeen:
    return FirstSeen(
        requirement=verdict.requirement,
        level=verdict.level,
        sentence=verdict.sentence,
        probe=f"round {number} of the night",
        broken=verdict.broken[0],
        command=verdict.command,
    )
