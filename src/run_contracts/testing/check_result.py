"""What a check of a target came to: its events by kind, or why there are none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from propcache.api import cached_property

from run_contracts.events import Decided, Event, ExitCode
from run_contracts.report.summary import Summary
from run_contracts.report.words import RED_OUTCOMES, concerns


@dataclass(frozen=True, kw_only=True, eq=False)
class CheckResult:
    """One check of a target, by its name: all that was seen, or the error that kept it away."""

    name: str
    error: str = ""
    summary: Summary | None = None

    @classmethod
    def of(cls, name: str, events: Iterable[Event], *, file: str = "") -> CheckResult:
        """Sort the events of a check; `file` is the name of the report that holds them."""
        summary = Summary.of(events, file=file)
        error = summary.finished.error or "the check ended without a verdict"
        return cls(name=name, error=error, summary=summary)

    @cached_property
    def decided(self) -> Mapping[str, Decided]:
        """The verdicts by the ids of their requirements."""
        verdicts = self.summary.verdicts if self.summary is not None else ()
        return {one.requirement: one for one in verdicts}

    @property
    def other_failures(self) -> tuple[str, ...]:
        """What is red beside the verdicts, a line each: it concerns all of them.

        The check may not have been carried through, what had to be offered or seen may not have
        been, known failures may be out of date. A profile that has sent all it ever sends was
        carried through.
        """
        if self.summary is None or not self.decided:
            return ()
        finished = self.summary.finished
        is_red = any(one.outcome in RED_OUTCOMES for one in self.summary.verdicts)
        is_through = is_red or finished.exit_code == ExitCode.HOLDS
        halted = [finished.error] if finished.error and not is_through else []
        return (
            *(f"the check was not carried through: {error}" for error in halted),
            *(f"{name}: {line}" for name, lines in concerns(finished).items() for line in lines),
        )
