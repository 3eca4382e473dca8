"""The report for a person at a terminal: plain lines, five for each broken rule."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from run_contracts.events import (
    ADVICE,
    KNOWN,
    Decided,
    Event,
    Exchanged,
    ExitCode,
    Finished,
    ProbeEnded,
    Result,
    Started,
)
from run_contracts.report import sanitizing
from run_contracts.report.script import script
from run_contracts.report.summary import CONCLUSIONS, OUTCOME_WORDS, RESULT_WORDS
from run_contracts.traffic.exchange import Exchange

LABEL_WIDTH = 10
"""Columns of the word before each line of a failure."""
FOLDED = (Result.ERROR, Result.BLOCKED, KNOWN, Result.INCONCLUSIVE, Result.SKIP)
"""Outcomes that are printed at the end, folded by their cause."""
AFTER_PROBES = ("exploration",)
"""Names longer than others of what comes after the probes."""


class TextReport:
    """Prints a check event by event; what is known or undecided comes at the end, by its cause.

    With scripts, what is broken comes with the requests that show it, to be pasted into a shell.
    """

    shows_progress = True

    def __init__(self, *, with_scripts: bool = False) -> None:
        """Begin before the first event."""
        self._with_scripts = with_scripts
        self._started: Started | None = None
        self._exchanges: dict[int, Exchange] = {}
        self._width = 0
        self._folded: dict[tuple[str, str], list[str]] = {}

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
            case Decided(result="pass" | "fail", known=""):
                yield from self._decided(event)
            case Decided():
                cause = event.outcome, event.known or event.reason
                self._folded.setdefault(cause, []).append(event.requirement)
            case Finished():
                yield from self._causes()
                yield from _finished(event)
            case Exchanged():
                self._exchanges[event.exchange.number] = event.exchange

    def _decided(self, verdict: Decided) -> Iterator[str]:
        sequence = [self._exchanges[n] for n in verdict.sequence if n in self._exchanges]
        command = self._started.command_for(verdict.requirement) if self._started else ""
        yield from decided(verdict, command=command, sequence=sequence)
        if sequence and self._with_scripts:
            yield ""
            base = self._started.target if self._started else ""
            yield from script(base, verdict, sequence).splitlines()

    def _causes(self) -> Iterator[str]:
        """Yield what is known or was not decided, folded by its cause, the gravest first."""
        for outcome in FOLDED:
            for (folded, reason), requirements in self._folded.items():
                if folded == outcome:
                    yield ""
                    yield f"{OUTCOME_WORDS[outcome]}: {reason}"
                    yield from _wrapped(requirements)


def _wrapped(words: list[str], first: str = "  ") -> list[str]:
    """Return words as lines that are indented like the first; none is broken at its hyphens."""
    return textwrap.wrap(
        ", ".join(words),
        initial_indent=first,
        subsequent_indent=" " * len(first),
        width=100,
        break_on_hyphens=False,
    )


def _started(event: Started) -> Iterator[str]:
    yield (
        f"run-contracts {event.version}: checking {event.target} "
        f"(edition {event.edition}, profile {event.profile}, seed {event.seed})"
    )
    if event.left_out:
        yield f"left out: {event.left_out}"


def _probe(event: ProbeEnded, width: int) -> str:
    requests = counted(event.requests, "request")
    reason = f": {event.reason}" if event.reason else ""
    return f"  {event.probe:<{width}} {event.ending}, {requests}, {event.seconds:.1f} s{reason}"


def decided(event: Decided, *, command: str, sequence: Sequence[Exchange] = ()) -> Iterator[str]:
    """Yield the lines of a verdict that a person must act on; nothing for the others.

    `command` checks it again, none if it is empty; `sequence` are the exchanges that show it.
    """
    lines: list[str] = []
    if event.result in (Result.BLOCKED, Result.ERROR):
        lines += ["", f"{event.requirement} {event.result}  {event.sentence}"]
        lines += [_labelled("reason", event.reason)]
    elif event.result == Result.FAIL:
        lines += _broken(event, sequence)
    if lines and command:
        lines.append(_labelled("next", command))
    yield from map(sanitizing.line, lines)


def _broken(event: Decided, sequence: Sequence[Exchange]) -> Iterator[str]:
    first = event.broken[0]
    place = f" at {first.pointer}" if first.pointer else ""
    yield ""
    yield f"{event.requirement} {event.level} {OUTCOME_WORDS[event.outcome]}  {event.sentence}"
    yield _labelled("where", f"{first.request} {_exchanges(event)}{place}")
    yield _labelled("expected", first.expected)
    yield _labelled("found", first.found)
    yield _labelled("why", event.why)
    if sequence:
        names = [one.operation_id or f"{one.request.method} {one.request.url}" for one in sequence]
        yield from _wrapped(names, first=_labelled("requests", ""))
    if event.known:
        yield _labelled("known", event.known)


def _exchanges(event: Decided) -> str:
    """Return where a failure is seen: the first exchange, and how many others show the same."""
    others = len({broken.exchange for broken in event.broken}) - 1
    more = f" and {others} more" if others else ""
    return f"(exchange {event.broken[0].exchange}{more})"


def _labelled(label: str, text: str) -> str:
    return f"  {label:<{LABEL_WIDTH}}{text}"


def _finished(event: Finished) -> Iterator[str]:
    counts = event.counts
    yield ""
    yield from remarks(event)
    if event.unreached:
        yield f"statuses never seen: {', '.join(event.unreached)}"
    named = (Result.PASS, Result.FAIL, ADVICE, *FOLDED)
    decisions = ", ".join(f"{counts[n]} {RESULT_WORDS[n]}" for n in named if counts.get(n))
    requests = counted(event.requests, "request")
    yield f"{decisions or 'no requirement decided'}; {requests} in {event.seconds:.1f} s"
    yield CONCLUSIONS[ExitCode(event.exit_code)]


def remarks(event: Finished) -> Iterator[str]:
    """Yield what somebody must know of the end of a check beside its verdicts, a line each."""
    if event.error:
        yield f"stopped: {event.error}"
    if event.left_behind:
        yield (
            f"left behind, for they could not be deleted: {', '.join(event.left_behind)}; "
            "run-contracts cleanup deletes them by the report"
        )
    yield from (f"known failures: {wrong}" for wrong in event.baseline)


def counted(number: int, thing: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "request"), counted(2, "request")
    ('1 request', '2 requests')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
