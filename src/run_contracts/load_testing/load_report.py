"""The report of a load: its tally as the events of a check, which every report is made of."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.client.checked_target import Target
from run_contracts.contract.loading import load
from run_contracts.contract.requirements import Level, Requirement
from run_contracts.engine import recording
from run_contracts.engine.policy import DEFAULT_POLICY
from run_contracts.engine.renumbering import Renumbering
from run_contracts.errors import UsageError
from run_contracts.events import (
    Broken,
    Decided,
    Event,
    Exchanged,
    ExitCode,
    Finished,
    Result,
    exchanges,
)
from run_contracts.load_testing.driven_load import LEFT_BEHIND, started
from run_contracts.load_testing.load_tally import CORE_SHOWN, LoadTally
from run_contracts.report import jsonlines
from run_contracts.report.folding import counted
from run_contracts.report.text import TextReport

NOTHING_JUDGED = "no life of a run was driven and judged"
NO_CORE = "in no life a run was created, read, seen to come to rest, and listed"
UNSURE = "another order of what was under way at once explains it"
SHOWN_BY_NONE = "no life of this load shows it"
ShownExample = tuple[tuple[Exchanged, ...], Decided]
"""A few exchanges that show a requirement broken, and the verdict that rests on them."""


def load_events(tally: LoadTally, target: Target, seconds: float) -> tuple[Event, ...]:
    """Return a load as the events of a check, its verdicts coloured and concluded."""
    happened = [started(target, ""), *_seen(tally, target), _footer(tally, seconds)]
    return tuple(DEFAULT_POLICY.applied(happened))


def exit_code(happened: tuple[Event, ...]) -> ExitCode:
    """Return what a load comes to."""
    return next(ExitCode(one.exit_code) for one in happened if isinstance(one, Finished))


def _seen(tally: LoadTally, target: Target) -> Iterator[Event]:
    """Yield the exchanges of all examples, and then the verdict on each requirement."""
    register = load(target.edition, dialect=target.dialect).register
    verdicts = []
    number = 0
    for requirement in register.values():
        parts: list[ShownExample] = []
        for lines in tally.examples.get(requirement.id, ()):
            try:
                example = _example(lines, target, number)
            except UsageError as error:
                tally.fail("an example of a worker", error, target.hidden)
                continue
            number += len(example[0])
            parts.append(example)
            yield from example[0]
        verdicts.append(_decided(requirement, tally, parts))
    yield from verdicts


def _example(lines: tuple[bytes, ...], target: Target, last: int) -> ShownExample:
    """Return an example that a worker sent, numbered behind the last exchange of the others.

    Raises `UsageError` for what is none.
    """
    first = started(target, "")
    read = [jsonlines.event_in(line, first) for line in lines]
    shown = tuple(exchanges(read))
    verdict = next((one for one in read if isinstance(one, Decided)), None)
    if verdict is None:
        raise UsageError("a worker sent an example without a verdict")
    numbering = Renumbering.behind(last, shown)
    moved = map(recording.exchanged, map(numbering.exchange, shown))
    return tuple(moved), numbering.verdict(verdict)


def _decided(requirement: Requirement, tally: LoadTally, examples: list[ShownExample]) -> Decided:
    """Return the verdict on a requirement by all lives."""
    is_broken = bool(tally.broken[requirement.id] or tally.advice[requirement.id])
    held = tally.held[requirement.id]
    result, reason = Result.PASS, ""
    if is_broken:
        result = Result.FAIL
    elif not held:
        result, reason = Result.INCONCLUSIVE, SHOWN_BY_NONE
    broken = tuple(one for _, verdict in examples for one in verdict.broken)
    return recording.decided(
        requirement,
        result,
        reason,
        held=held,
        broken=(broken or (_unshown(requirement),)) if is_broken else (),
        sequence=examples[0][1].sequence if is_broken and examples else (),
    )


def _unshown(requirement: Requirement) -> Broken:
    """Return what stands for a violation whose example did not arrive."""
    return Broken(exchange=0, request="", pointer="", found="", expected=requirement.sentence)


def _footer(tally: LoadTally, seconds: float) -> Finished:
    numbers, cost = tally.numbers, tally.own_errors
    left = numbers[LEFT_BEHIND]
    return Finished(
        requests=numbers["requests"],
        seconds=seconds,
        exit_code=ExitCode.HOLDS,
        unverified=tuple(_unverified(tally)),
        own_errors=tuple(f"{counted(n, 'time')}: {error}" for error, n in cost.items()),
        may_stay=(f"{counted(left, 'thing')}; run-contracts cleanup deletes them",) if left else (),
    )


def _unverified(tally: LoadTally) -> Iterator[str]:
    """Yield what must have been seen for a load to be green, and was not."""
    if not tally.numbers["lives judged"]:
        yield NOTHING_JUDGED
    elif not tally.numbers[CORE_SHOWN]:
        yield NO_CORE


def _lives(number: int) -> str:
    return f"{number} {'life' if number == 1 else 'lives'}"


def load_lines(happened: tuple[Event, ...], tally: LoadTally) -> Iterator[str]:
    """Yield what a load comes to, in lines for a person."""
    text = TextReport()
    for event in happened[:1]:
        yield from text.lines(event)
    yield from _counts(tally)
    for event in happened[1:]:
        yield from text.lines(event)


def _counts(tally: LoadTally) -> Iterator[str]:
    """Yield how many lives show what, and what kept others from their end."""
    numbers = tally.numbers
    share = 100 * numbers["judging"] / max(1, numbers["processor"])
    judged = f"{_lives(numbers['lives judged'])} driven and judged"
    yield f"{judged}, which took {share:.0f} % of the processor time of the users"
    for level, counter in ((Level.MUST, tally.broken), (Level.SHOULD, tally.advice)):
        for requirement, times in sorted(counter.items()):
            yield f"  {requirement} {level} broken in {_lives(times)}"
    for requirement, times in sorted(tally.unsure.items()):
        yield f"  {requirement} not counted in {_lives(times)}: {UNSURE}"
    for reason, times in tally.reasons.most_common():
        yield f"  cut short {counted(times, 'time')}: {reason}"
