"""The rating of a checker: what it caught, what it called wrong that is right, what it took."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from run_contracts.events import ExitCode
from run_contracts.rating.checker import Checker, VerdictSource
from run_contracts.rating.checker_runs import CheckerRun, CheckerVerdict, Conditions
from run_contracts.rating.fault_kinds import FaultKind
from run_contracts.server.faults import Fault


class Catch(StrEnum):
    """What a checker made of a fault."""

    CAUGHT = "caught"
    MISSED = "missed"
    UNDECIDED = "no verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedFault:
    """A fault, what was made of it, and what fails there that fails on no right server."""

    fault: Fault
    kind: FaultKind
    catch: Catch
    new_failures: tuple[str, ...]
    run: CheckerRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """All that was learned of a checker. `wanted` faults were to be tried, `tried` were.

    `at_least` is the number of faults that whoever asked wants caught.
    """

    checker: Checker
    conditions: Conditions
    seed: int
    right: tuple[CheckerRun, ...]
    tried: tuple[RatedFault, ...]
    wanted: int
    of: int
    at_least: int = 0
    interrupted: ExitCode | None = None

    @property
    def alarms(self) -> frozenset[str]:
        """What failed on a right server, in any run of it."""
        return alarms_of(self.right)

    @property
    def false_alarms(self) -> int:
        """How many runs of the right server were red."""
        return sum(run.verdict is CheckerVerdict.RED for run in self.right)

    @property
    def cannot_tell(self) -> str:
        """Return why the checker says nothing of any fault; empty if it may."""
        return cannot_tell(self.checker, self.right)

    @property
    def lucky(self) -> int:
        """How many runs of the right server would count as caught beside the others."""
        decided = [run for run in self.right if run.verdict is not CheckerVerdict.NONE]
        others = [[other for other in decided if other is not run] for run in decided]
        return sum(
            bool(rest) and bool(run.failures - alarms_of(rest))
            for run, rest in zip(decided, others, strict=True)
        )

    @property
    def crashes(self) -> int:
        """How many of what counts as caught by its exit code may be errors of the checker.

        A script that asserts is red by raising; one that stumbles over a fault raises, too.
        """
        if self.checker.source is not VerdictSource.EXIT_CODE:
            return 0
        return sum(one.catch is Catch.CAUGHT and one.run.has_traceback for one in self.tried)

    def counted(self, catch: Catch, kind: FaultKind | None = None) -> int:
        """Return how many faults, of a kind or of all, came out so."""
        return sum(one.catch is catch and kind in (None, one.kind) for one in self.tried)

    @property
    def exit_code(self) -> ExitCode:
        """What the process says of the checker."""
        if self.interrupted is not None:
            return self.interrupted
        if self.cannot_tell or len(self.tried) == self.counted(Catch.UNDECIDED):
            return ExitCode.NOTHING_VERIFIED
        is_good = not self.false_alarms and self.counted(Catch.CAUGHT) >= self.at_least
        return ExitCode.HOLDS if is_good else ExitCode.BROKEN

    @property
    def requests(self) -> tuple[int, int, int]:
        """The median, the fewest and the most requests of a run that gave a verdict."""
        counts = [run.requests for run in self._decided()] or [0]
        return round(statistics.median(counts)), min(counts), max(counts)

    @property
    def seconds(self) -> tuple[float, float, float]:
        """The median, the shortest and the longest time of a run that gave a verdict."""
        times = [run.seconds for run in self._decided()] or [0.0]
        return statistics.median(times), min(times), max(times)

    def _decided(self) -> Iterator[CheckerRun]:
        every = (*self.right, *(one.run for one in self.tried))
        return (run for run in every if run.verdict is not CheckerVerdict.NONE)


def alarms_of(right: Iterable[CheckerRun]) -> frozenset[str]:
    """Return what failed in any of these runs."""
    return frozenset[str]().union(*(run.failures for run in right))


def cannot_tell(checker: Checker, right: Sequence[CheckerRun]) -> str:
    """Return why a checker that said this of right servers says nothing of faults.

    Where its exit code is all there is, red on a fault means nothing if it is red without one.
    """
    verdicts = [run.verdict for run in right]
    if right and all(verdict is CheckerVerdict.NONE for verdict in verdicts):
        return f"it gave no verdict on the right server: {right[0].reason}"
    red = verdicts.count(CheckerVerdict.RED)
    if red and checker.source is VerdictSource.EXIT_CODE:
        said = next(run.reason for run in right if run.verdict is CheckerVerdict.RED)
        return (
            f"it is red on the right server ({red} of {len(right)} runs), so that its exit code "
            f"means nothing{f' ({said})' if said else ''}; let it write a report, and give --junit "
            "or --sarif"
        )
    return ""


def rated_fault(
    fault: Fault, kind: FaultKind, run: CheckerRun, alarms: frozenset[str]
) -> RatedFault:
    """Return what a checker made of a fault, beside what it says of right servers."""
    new = tuple(sorted(run.failures - alarms))
    is_caught = run.verdict is CheckerVerdict.RED and (bool(new) or not run.failures)
    caught = Catch.CAUGHT if is_caught else Catch.MISSED
    catch = Catch.UNDECIDED if run.verdict is CheckerVerdict.NONE else caught
    return RatedFault(fault=fault, kind=kind, catch=catch, new_failures=new, run=run)
