"""The report for a person at a terminal: plain lines, by what is to be mended first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from run_contracts.events import (
    Cause,
    Covered,
    Decided,
    Event,
    Exchanged,
    Finished,
    FirstSeen,
    NightEnded,
    ProbeEnded,
    Result,
    Started,
    Surveyed,
)
from run_contracts.report import coverage_table, night_lines, operations_table, sanitizing
from run_contracts.report.finding_lines import decided, first_seen, followers
from run_contracts.report.folding import counted, ids, wrapped
from run_contracts.report.footer import FOLDED, footer, remarks
from run_contracts.report.next_steps import next_step, replay_command
from run_contracts.report.ranked_causes import RankedCause, is_open, ranked, ranked_cause
from run_contracts.report.script import script
from run_contracts.report.words import OUTCOME_WORDS, conclusion
from run_contracts.traffic.exchange import Exchange

AFTER_PROBES = ("exploration",)
"""Names longer than others of what comes after the probes."""


class TextReport:
    """Prints a check event by event; what is known or undecided comes at the end, by its reason.

    With scripts, a cause comes with the requests that show it, to be pasted into a shell. `file` is
    the name of the report that is being written, or read, if there is one.
    """

    shows_progress = True

    def __init__(self, *, with_scripts: bool = False, file: str = "") -> None:
        """Begin before the first event."""
        self._with_scripts, self._file = with_scripts, file
        self._started: Started | None = None
        self._surveyed: Surveyed | None = None
        self._covered: Covered | None = None
        self._exchanges: dict[int, Exchange] = {}
        self._width = self._rank = 0
        self._verdicts: dict[str, Decided] = {}
        self._open: dict[str, Decided] = {}

    def lines(self, event: Event) -> Iterator[str]:
        """Yield the lines of an event; nothing from outside steers the terminal.

        Passed requirements are silent: their number is in the last line but one.
        """
        yield from map(sanitizing.line, self._lines(event))

    def _lines(self, event: Event) -> Iterator[str]:
        match event:
            case Started():
                self._started = event
                names = [*AFTER_PROBES, *(probe["probe"] for probe in event.probes)]
                self._width = max(map(len, names))
                yield from _started(event)
            case ProbeEnded():
                yield _probe(event, self._width)
            case FirstSeen(is_red=True):
                yield from first_seen(event, self._exchanges.get(event.broken.exchange))
            case Surveyed():
                self._surveyed = event
                yield from operations_table.lines(event, self._started)
            case NightEnded():
                yield from night_lines.lines(event)
            case _:
                yield from self._judged(event)

    def _judged(self, event: Event) -> Iterator[str]:
        """Yield the lines of what is told at the end: verdicts, causes, what it comes to."""
        match event:
            case Covered():
                self._covered = event
            case Decided():
                self._verdicts[event.requirement] = event
                self._open |= {event.requirement: event} if is_open(event) else {}
            case Cause():
                cause = ranked_cause(event, self._open, self._rank + 1)
                yield from ["", cause.head, *self._cause(cause)] if cause else ()
            case Finished():
                yield from self._without_cause()
                yield from self._folded(FOLDED)
                yield from coverage_table.lines(self._covered)
                yield from footer(event, self._surveyed, self._started)
            case Exchanged():
                self._exchanges[event.exchange.number] = event.exchange

    def _cause(self, cause: RankedCause) -> Iterator[str]:
        """Yield what a cause breaks: its lead in full, what follows from it in a line."""
        self._rank = max(self._rank, cause.rank)
        for verdict in cause.verdicts:
            self._open.pop(verdict.requirement)
        lead = cause.lead
        sequence = [self._exchanges[n] for n in lead.sequence if n in self._exchanges]
        command = next_step(
            lead,
            self._exchanges,
            only=self._started.command_for(lead.requirement) if self._started else "",
            whole=self._started.command if self._started else "",
            replay=replay_command(self._started, self._file),
        )
        shown_in = self._exchanges.get(lead.broken[0].exchange)
        yield from decided(lead, command=command, sequence=sequence, shown_in=shown_in)
        yield from followers(cause)
        if sequence and self._with_scripts:
            yield ""
            base = self._started.target if self._started else ""
            yield from script(base, lead, sequence).splitlines()

    def _without_cause(self, *, is_quiet: bool = False) -> Iterator[str]:
        """Yield what is broken and in no cause; what is red only, if quiet is wanted."""
        for cause in ranked((), self._open.values()):
            if cause.is_red or not is_quiet:
                yield from ["", *self._cause(cause)]

    def _folded(self, outcomes: Iterable[str]) -> Iterator[str]:
        """Yield what comes to some of the outcomes, folded by its reason, in their order."""
        by_reason: dict[tuple[str, str], list[Decided]] = {}
        for verdict in self._verdicts.values():
            reason = verdict.known or verdict.reason
            by_reason.setdefault((verdict.outcome, reason), []).append(verdict)
        for outcome in outcomes:
            for (folded, reason), verdicts in by_reason.items():
                if folded == outcome:
                    yield from ["", *_reason(outcome, reason, verdicts, len(self._verdicts))]


class QuietReport(TextReport):
    """Prints what makes the check red, what stopped it, and what it comes to."""

    shows_progress = False

    def _lines(self, event: Event) -> Iterator[str]:
        match event:
            case Finished():
                yield from self._without_cause(is_quiet=True)
                yield from self._folded([Result.ERROR])
                yield from remarks(event)
                yield conclusion(event, self._surveyed, self._started)
            case _:
                lines = list(super()._lines(event))
                yield from lines if isinstance(event, Cause) and event.is_red else ()


def _reason(outcome: str, reason: str, verdicts: list[Decided], every: int) -> Iterator[str]:
    """Yield a reason and what it is the reason of: in one line if that is everything."""
    head = f"{OUTCOME_WORDS[outcome]}: {reason}"
    if len(verdicts) == every > 1:
        yield f"{head} (all {every} requirements)"
        return
    yield head
    names = ids(verdicts)
    is_counted = 1 < len(names) < len(verdicts)
    yield from wrapped(names, first=f"  {len(verdicts)}: " if is_counted else "  ")


def _started(event: Started) -> Iterator[str]:
    yield (
        f"run-contracts {event.version}: checking {event.subject} "
        f"({event.spoken}, profile {event.profile}, seed {event.seed})"
        f"{', only reading it' if event.is_read_only else ''}"
    )
    if event.left_out:
        yield f"left out: {event.left_out}"


def _probe(event: ProbeEnded, width: int) -> str:
    requests = counted(event.requests, "request")
    reason = f": {event.reason}" if event.reason else ""
    return f"  {event.probe:<{width}} {event.ending}, {requests}, {event.seconds:.1f} s{reason}"
