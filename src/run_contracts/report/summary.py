"""A check from its events, by kind, and the words that every report uses for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from run_contracts.contract.requirements import register
from run_contracts.errors import UsageError
from run_contracts.events import (
    ADVICE,
    BROKEN,
    KNOWN,
    Decided,
    Event,
    ExitCode,
    Finished,
    ProbeEnded,
    Result,
    Started,
    exchanges,
)
from run_contracts.traffic.exchange import Exchange

OUTCOME_WORDS: dict[str, str] = {
    BROKEN: "broken",
    Result.ERROR: "error",
    Result.BLOCKED: "blocked",
    ADVICE: "advice",
    KNOWN: "known",
    Result.INCONCLUSIVE: "inconclusive",
    Result.SKIP: "not offered",
    Result.PASS: "hold",
}
"""Every outcome with the word for it, the gravest first."""
RED_OUTCOMES = (BROKEN, Result.ERROR.value, Result.BLOCKED.value)
"""Those that make a check red, the gravest first."""
RESULT_WORDS = {**OUTCOME_WORDS, Result.FAIL: OUTCOME_WORDS[BROKEN]}
"""Every result with the word for it, where it is not asked how much it matters."""
CONCLUSIONS = {
    ExitCode.HOLDS: "the contract holds",
    ExitCode.BROKEN: "the contract is broken",
    ExitCode.USAGE: "the check was not asked for rightly",
    ExitCode.NOTHING_VERIFIED: "nothing was verified",
    ExitCode.OUR_ERROR: "the check itself failed; please report it",
    ExitCode.STOPPED: "stopped early; nothing was broken until then",
    ExitCode.INTERRUPTED: "interrupted",
}
"""What a check comes to, in words."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Summary:
    """One check, from its events."""

    started: Started
    finished: Finished
    probes: tuple[ProbeEnded, ...]
    exchanges: Mapping[int, Exchange]
    verdicts: tuple[Decided, ...]

    @classmethod
    def of(cls, events: Iterable[Event]) -> Summary:
        """Sort events by kind; raise `UsageError` if the first or the last is missing."""
        seen = list(events)
        started = next((one for one in seen if isinstance(one, Started)), None)
        finished = next((one for one in seen if isinstance(one, Finished)), None)
        if started is None or finished is None:
            raise UsageError("a report is made of a whole check, from started to finished")
        return cls(
            started=started,
            finished=finished,
            probes=tuple(one for one in seen if isinstance(one, ProbeEnded)),
            exchanges={one.number: one for one in exchanges(seen)},
            verdicts=tuple(one for one in seen if isinstance(one, Decided)),
        )

    @property
    def conclusion(self) -> str:
        """What the check comes to, in words."""
        return CONCLUSIONS[ExitCode(self.finished.exit_code)]

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
        """Yield the verdicts that a person must or may act on, the gravest first."""
        for name in (*RED_OUTCOMES, ADVICE):
            yield from self.by_outcome[name]


def title(area: str) -> str:
    """Return the title of an area; one that is not in the register is its own title.

    >>> title("list"), title("tea")
    ('Lists', 'tea')
    """
    return register("v2").titles.get(area, area)
