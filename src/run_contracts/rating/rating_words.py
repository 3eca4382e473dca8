"""What is printed of a rating: a line a fault, the table, and what it means."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.filesystem.single_line import line, shortened
from run_contracts.rating.checker_runs import CheckerRun, CheckerVerdict
from run_contracts.rating.fault_kinds import FaultKind
from run_contracts.rating.rated_checker import Catch, RatedFault, Rating

LONGEST_FAILURE_SHOWN = 100
"""Characters of the name of a failure that are shown."""
NAMES_SHOWN = 5
"""Names of failures that are shown of one run."""
_HEAD = f"  {'':<12}{'faults':>8}{'caught':>8}{'missed':>8}{'no verdict':>12}"


def run_of(heard: CheckerRun | RatedFault) -> CheckerRun:
    """Return the run of a right server, or that of a fault."""
    return heard if isinstance(heard, CheckerRun) else heard.run


def words_of(heard: CheckerRun | RatedFault) -> str:
    """Return the line of one run of a right server, or of one fault."""
    if isinstance(heard, CheckerRun):
        more = heard.reason or _names(sorted(heard.failures))
        begin = f"  {'right server':<18}{heard.verdict.value:<11}{_taken(heard)}"
        return f"{begin}{f'  [{more}]' if more else ''}"
    run = heard.run
    more = run.reason or _names(heard.new_failures)
    begin = f"  {heard.fault.id:<18}{heard.catch.value:<11}{_taken(run)}"
    return f"{begin}  {heard.fault.sentence}{f' [{more}]' if more else ''}"


def lines_of(rating: Rating) -> Iterator[str]:
    """Yield the lines that end a rating: its conditions, the table, what it means."""
    checker = rating.checker
    yield f"checker   {line(shortened(checker.line, 300))}"
    yield f"verdict   {_source(rating)}"
    yield from _table(rating)
    yield f"right     {_right(rating)}"
    yield from _costs(rating)
    yield from _remarks(rating)


def _source(rating: Rating) -> str:
    checker = rating.checker
    reds = ", ".join(map(str, checker.red_exits))
    if not checker.file:
        return f"exit code: 0 is green, {reds} red, every other no verdict"
    unit = "failures by their messages" if checker.by_message else "what fails"
    file = line(shortened(checker.file, 100))
    return f"{file}: {unit}, beside right servers; no verdict by exit codes but 0, {reds}"


def _table(rating: Rating) -> Iterator[str]:
    if not rating.tried:
        return
    yield ""
    yield _HEAD
    for kind in FaultKind:
        if any(one.kind is kind for one in rating.tried):
            yield _row(kind.value, rating, kind)
    yield _row("all", rating, None)
    yield ""


def _row(name: str, rating: Rating, kind: FaultKind | None) -> str:
    caught, missed, undecided = (rating.counted(catch, kind) for catch in Catch)
    number = caught + missed + undecided
    return f"  {name:<12}{number:>8}{caught:>8}{missed:>8}{undecided:>12}"


def _right(rating: Rating) -> str:
    """Return what was said of right servers."""
    runs = f"{len(rating.right)} {'run' if len(rating.right) == 1 else 'runs'}"
    verdicts = [run.verdict for run in rating.right]
    undecided = verdicts.count(CheckerVerdict.NONE)
    without = f", {undecided} without a verdict" if undecided else ""
    if undecided == len(rating.right):
        return f"no verdict in {runs} of the right server"
    if not rating.false_alarms:
        return f"no false alarm in {runs} of the right server{without}"
    each = f"; {len(rating.alarms)} in all: {_names(sorted(rating.alarms))}"
    named = each if rating.alarms else ""
    return f"false alarms in {rating.false_alarms} of {runs} of the right server{without}{named}"


def _costs(rating: Rating) -> Iterator[str]:
    if rating.cannot_tell:
        return
    requests, fewest, most = rating.requests
    seconds, shortest, longest = rating.seconds
    yield f"requests  {requests:,} a server, {fewest:,} to {most:,}"
    yield f"seconds   {seconds:.1f} a server, {shortest:.1f} to {longest:.1f}"


def _remarks(rating: Rating) -> Iterator[str]:
    """Yield what must be known of the figures, then the figure."""
    if rating.cannot_tell:
        yield f"nothing can be said of its faults: {rating.cannot_tell}"
        return
    if rating.lucky:
        yield (
            f"unsure    {rating.lucky} of {len(rating.right)} right servers would count as caught "
            "beside the others: some that count as caught may be chance; --right N tries more"
        )
    if rating.crashes:
        yield (
            f"crashes   {rating.crashes} of those caught ended in a traceback: an assertion, or an "
            "error of the checker's own; --verbose shows which"
        )
    if len(rating.tried) < rating.wanted:
        yield f"unfinished: {len(rating.tried)} of {rating.wanted} faults were tried"
    caught = rating.counted(Catch.CAUGHT)
    asked = f", {rating.at_least} were asked for" if caught < rating.at_least else ""
    yield (
        f"{caught} of {len(rating.tried)} faults caught{asked} (of {rating.of} in edition "
        f"{rating.conditions.edition}, seed {rating.seed})"
    )


def _names(names: tuple[str, ...] | list[str]) -> str:
    """Return a few names of failures, and how many more there are."""
    shown = [line(shortened(name, LONGEST_FAILURE_SHOWN)) for name in names[:NAMES_SHOWN]]
    rest = len(names) - len(shown)
    return "; ".join([*shown, *([f"{rest:,} more"] if rest else [])])


def _taken(run: CheckerRun) -> str:
    return f"{run.requests:>7,} requests{run.seconds:>7.1f} s"
