"""A check from its events, by kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from propcache.api import cached_property

from run_contracts.errors import UsageError
from run_contracts.events import (
    Cause,
    Covered,
    Decided,
    Event,
    Finished,
    NightEnded,
    ProbeEnded,
    Result,
    Started,
    Surveyed,
    exchanges,
)
from run_contracts.report.next_steps import next_step, replay_command
from run_contracts.report.ranked_causes import RankedCause, ranked
from run_contracts.report.words import OUTCOME_WORDS, conclusion
from run_contracts.traffic.exchange import Exchange


@dataclass(frozen=True, kw_only=True, eq=False)
class Summary:
    """One check, from its events."""

    started: Started
    finished: Finished
    probes: tuple[ProbeEnded, ...]
    exchanges: Mapping[int, Exchange]
    verdicts: tuple[Decided, ...]
    surveyed: Surveyed | None
    covered: Covered | None
    night: NightEnded | None
    causes: tuple[RankedCause, ...]
    file: str

    @classmethod
    def of(cls, events: Iterable[Event], *, file: str = "") -> Summary:
        """Sort events by kind; raise `UsageError` if the first or the last is missing.

        `file` is the name of the report that holds them, empty if none does.
        """
        seen = list(events)
        started = next((one for one in seen if isinstance(one, Started)), None)
        finished = next((one for one in seen if isinstance(one, Finished)), None)
        if started is None or finished is None:
            raise UsageError("a report is made of a whole check, from started to finished")
        verdicts = tuple(one for one in seen if isinstance(one, Decided))
        return cls(
            started=started,
            finished=finished,
            probes=tuple(one for one in seen if isinstance(one, ProbeEnded)),
            exchanges={one.number: one for one in exchanges(seen)},
            verdicts=verdicts,
            surveyed=next((one for one in seen if isinstance(one, Surveyed)), None),
            covered=next((one for one in seen if isinstance(one, Covered)), None),
            night=next((one for one in seen if isinstance(one, NightEnded)), None),
            causes=ranked((one for one in seen if isinstance(one, Cause)), verdicts),
            file=file,
        )

    @property
    def conclusion(self) -> str:
        """What the check comes to, in words."""
        return conclusion(self.finished, self.surveyed, self.started)

    @cached_property
    def by_outcome(self) -> Mapping[str, tuple[Decided, ...]]:
        """The verdicts of each outcome, the gravest outcome first; none is left out."""
        return {
            name: tuple(one for one in self.verdicts if one.outcome == name)
            for name in OUTCOME_WORDS
        }

    @property
    def counts(self) -> Mapping[str, int]:
        """How many verdicts there are of each outcome that occurs, the gravest first."""
        return {name: len(verdicts) for name, verdicts in self.by_outcome.items() if verdicts}

    @cached_property
    def by_area(self) -> Mapping[str, tuple[Decided, ...]]:
        """The verdicts of each area, in the order of the report."""
        by_area: dict[str, list[Decided]] = {}
        for verdict in self.verdicts:
            by_area.setdefault(verdict.area, []).append(verdict)
        return {area: tuple(verdicts) for area, verdicts in by_area.items()}

    def sequence_of(self, verdict: Decided) -> tuple[Exchange, ...]:
        """Return the exchanges that show a verdict again, as far as the report has them."""
        return tuple(self.exchanges[n] for n in verdict.sequence if n in self.exchanges)

    def actionable(self) -> Iterator[Decided]:
        """Yield the verdicts that a person must or may act on: what is to be mended first first."""
        for cause in self.causes:
            yield from cause.verdicts
        yield from self.by_outcome[Result.ERROR]

    def leader_of(self, verdict: Decided) -> Decided | None:
        """Return the verdict that another one follows from; None if it follows from none."""
        return self._leaders.get(verdict.requirement)

    @cached_property
    def _leaders(self) -> Mapping[str, Decided]:
        return {
            follower.requirement: cause.lead
            for cause in self.causes
            for follower in cause.followers
        }

    def next_step(self, verdict: Decided) -> str:
        """Return what to type to see a verdict again, as far as it can be said."""
        return next_step(
            verdict,
            self.exchanges,
            only=self.started.command_for(verdict.requirement),
            whole=self.started.command,
            replay=replay_command(self.started, self.file),
        )
