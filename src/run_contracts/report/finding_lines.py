"""What is broken in lines for a person: what, where, expected, found, why, what next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from run_contracts.events import Broken, Decided, FirstSeen, Result
from run_contracts.report import sanitizing
from run_contracts.report.answer_words import no_answer, traceback_end
from run_contracts.report.folding import ids, wrapped
from run_contracts.report.ranked_causes import RankedCause
from run_contracts.report.words import OUTCOME_WORDS
from run_contracts.traffic.exchange import Exchange

LABEL_WIDTH = 10
"""Columns of the word before each line of a failure."""
MOST_REQUESTS = 8
"""Requests that are named of those that lead to a failure."""
GLANCE = 60
"""Characters of what was found, or expected, in a single line."""


def decided(
    event: Decided,
    *,
    command: str,
    sequence: Sequence[Exchange] = (),
    shown_in: Exchange | None = None,
) -> Iterator[str]:
    """Yield the lines of a verdict that a person must act on; nothing for the others.

    `command` shows it again, none if it is empty; `sequence` are the exchanges that show it, and
    `shown_in` is the one in which it is seen first.
    """
    lines: list[str] = []
    if event.result in (Result.BLOCKED, Result.ERROR):
        lines += [f"{event.requirement} {event.result}  {event.sentence}"]
        lines += [_labelled("reason", event.reason)]
    elif event.result == Result.FAIL:
        lines += _broken(event, sequence, shown_in)
    if lines and command:
        lines.append(_labelled("next", command))
    yield from map(sanitizing.line, lines)


def _broken(
    event: Decided, sequence: Sequence[Exchange], shown_in: Exchange | None
) -> Iterator[str]:
    first = event.broken[0]
    place = f" at {first.pointer}" if first.pointer else ""
    yield f"{event.requirement} {event.level} {OUTCOME_WORDS[event.outcome]}  {event.sentence}"
    yield _labelled("where", f"{first.request} {_exchanges(event)}{place}")
    yield _labelled("expected", first.expected)
    yield _labelled("found", first.found)
    if shown_in is not None:
        yield from _of_answer(shown_in)
    if event.allowed_by:
        yield _labelled("dialects", f"right in {' or '.join(event.allowed_by)}")
    yield _labelled("why", event.why)
    if sequence:
        yield from wrapped(_requests(sequence), first=_labelled("requests", ""))
    if event.known:
        yield _labelled("known", event.known)


def _of_answer(exchange: Exchange) -> Iterator[str]:
    """Yield why no answer came, or where the application failed, as far as that is known."""
    if no_answer(exchange):
        yield _labelled("answer", no_answer(exchange))
    for number, line in enumerate(traceback_end(exchange)):
        yield _labelled("" if number else "raised", line)


def _requests(sequence: Sequence[Exchange]) -> list[str]:
    """Return the requests of a sequence by their operations, those that are repeated once."""
    each = (one.operation_id or f"{one.request.method} {one.request.url}" for one in sequence)
    names = [
        name if times == 1 else f"{name} x{times}"
        for name, times in ((name, len(list(group))) for name, group in groupby(each))
    ]
    more = len(names) - MOST_REQUESTS
    return names if more <= 0 else [*names[:MOST_REQUESTS], f"... and {more} more"]


def _exchanges(event: Decided) -> str:
    """Return where a failure is seen: the first exchange, and how many others show the same."""
    others = len({broken.exchange for broken in event.broken}) - 1
    at_least = "at least " if event.more else ""
    more = f" and {at_least}{others} more" if others else ""
    return f"(exchange {event.broken[0].exchange}{more})"


def _labelled(label: str, text: str) -> str:
    return f"  {label:<{LABEL_WIDTH}}{text}"


def followers(cause: RankedCause) -> list[str]:
    """Return the lines that tell what else one repair would end; none if nothing."""
    if not cause.followers:
        return []
    lines = wrapped(ids(cause.followers), first=f"  {_follow(cause)}: ")
    return list(map(sanitizing.line, lines))


def followers_words(cause: RankedCause) -> str:
    """Return what else one repair would end, as one line; empty if nothing."""
    return f"{_follow(cause)}: {', '.join(ids(cause.followers))}" if cause.followers else ""


def _follow(cause: RankedCause) -> str:
    number = len(cause.followers)
    return f"{number} more {'follows' if number == 1 else 'follow'} from this"


def follows_from(leader: Decided) -> str:
    """Return what is said of a verdict that follows from another one."""
    return f"follows from {leader.requirement}: see there"


def first_seen(event: FirstSeen, exchange: Exchange | None) -> Iterator[str]:
    """Yield the line that tells at once what is broken, and the command that shows it again."""
    broken = event.broken
    operation = exchange.operation_id if exchange is not None else None
    where = " ".join(filter(None, (operation or broken.request, broken.pointer)))
    yield sanitizing.line(f"    {event.requirement} broken: {where}: {glance(broken)}")
    if event.command:
        yield sanitizing.line(f"      {event.command}")


def sentence(broken: Broken) -> str:
    """Return where something is broken and how, in one sentence."""
    place = f" at {broken.pointer}" if broken.pointer else ""
    return f"{broken.request}{place}: expected {broken.expected}, found {broken.found}"


def glance(broken: Broken) -> str:
    """Return what was found and expected, as much as an eye takes in at once."""
    return f"found {_cut(broken.found)}, expected {_cut(broken.expected)}"


def _cut(text: str) -> str:
    return text if len(text) <= GLANCE else f"{text[:GLANCE]}..."
