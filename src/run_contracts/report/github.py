"""The report inside GitHub Actions: a summary of the step in Markdown, and annotations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from run_contracts.events import KNOWN, Decided, ExitCode, Offer, Result
from run_contracts.report import operations_table, sanitizing
from run_contracts.report.coverage_table import share
from run_contracts.report.finding_lines import decided, followers, followers_words, sentence
from run_contracts.report.folding import counted, title
from run_contracts.report.ranked_causes import RankedCause
from run_contracts.report.summary import Summary
from run_contracts.report.words import OUTCOME_WORDS, concerns

SUMMARY_LIMIT = 1024 * 1024
"""Bytes that GitHub takes of the summary of one step."""
MOST_ANNOTATIONS = 10
"""Annotations of a kind that GitHub shows of one step."""
_RESERVED = 512
"""Bytes kept for the line that says what was left out."""


def step_summary(summary: Summary, *, limit: int = SUMMARY_LIMIT) -> str:
    """Return the summary of a step, in Markdown, of at most so many bytes of UTF-8.

    Verdict, operations, counts by area, then what is to be mended, by its causes, and what is
    known; what does not fit is counted.
    """
    parts = [_head(summary), *_table(summary)]
    listed = [*_causes(summary), *(_known(one) for one in summary.by_outcome[KNOWN])]
    left = limit - _RESERVED - sum(_size(part) for part in parts)
    for at, part in enumerate(listed):
        left -= _size(part)
        if left < 0:
            parts.append(f"\n… and {counted(len(listed) - at, 'cause')} more than fit here.\n")
            break
        parts.append(part)
    text = "".join(parts)
    return text if _size(text) <= limit else ""


def commands(summary: Summary) -> Iterator[str]:
    """Yield the workflow commands that annotate a step: errors, and warnings for what is not red.

    There is one for each cause, the first to mend first. At most ten of a kind, for GitHub shows
    no more; then a notice says how many there are.
    """
    finished = summary.finished
    stopped = [("run-contracts stopped", finished.error)] if finished.error else []
    errors, warnings = ([], stopped) if finished.exit_code == ExitCode.HOLDS else (stopped, [])
    for name, sentences in concerns(finished).items():
        errors += [(f"run-contracts {name}", sentence) for sentence in sentences]
    errors += [_annotation(one) for one in summary.causes if one.is_red]
    errors += [(_name(one), one.reason) for one in summary.by_outcome[Result.ERROR]]
    warnings += [_annotation(one) for one in summary.causes if not one.is_red]
    for kind, listed in (("error", errors), ("warning", warnings)):
        for name, message in listed[:MOST_ANNOTATIONS]:
            yield _command(kind, name, message)
        more = len(listed) - MOST_ANNOTATIONS
        if more > 0:
            yield _command(
                "notice", "run-contracts", f"{counted(more, kind)} more; see the summary"
            )


def _annotation(cause: RankedCause) -> tuple[str, str]:
    """Return the title and the message that tell a cause."""
    words = sentence(cause.lead.broken[0]), followers_words(cause)
    return _name(cause.lead), "; ".join(filter(None, words))


def _name(verdict: Decided) -> str:
    return f"{verdict.requirement} {verdict.sentence}"


def _command(kind: str, name: str, message: str) -> str:
    """Return one workflow command, escaped by GitHub's rules for properties and for data."""
    safe_name = _escaped(name).replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={safe_name}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return sanitizing.line(text).replace("%", "%25")


def _head(summary: Summary) -> str:
    finished, started = summary.finished, summary.started
    counts = ", ".join(f"{number} {OUTCOME_WORDS[name]}" for name, number in summary.counts.items())
    lines = [
        f"## Run contract: {summary.conclusion}\n",
        f"{_text(started.subject)}, {_text(started.spoken)}, profile {started.profile}\n",
        f"{counts or 'no requirement decided'}; {counted(finished.requests, 'request')} "
        f"in {finished.seconds:.1f} s\n",
    ]
    lines += [f"**Stopped:** {_text(finished.error)}\n"] if finished.error else []
    for name, sentences in concerns(finished).items():
        lines += [f"**{name.capitalize()}:** {_text(sentence)}\n" for sentence in sentences]
    left = ", ".join(finished.left_behind)
    lines += [f"**Left behind, could not be deleted:** {_text(left)}\n"] if left else []
    lines += [f"**Perhaps left behind:** {_text(doubt)}\n" for doubt in finished.may_stay]
    lines += [f"**Left out:** {_text(started.left_out)}\n"] if started.left_out else []
    lines += _operations(summary)
    lines += [f"**Coverage:** {_text(share(summary.covered))}\n"] if summary.covered else []
    return "\n".join(lines) + "\n"


def _table(summary: Summary) -> Iterator[str]:
    """Yield the counts by area, one line each, with the columns that have something in them."""
    columns = list(summary.counts)
    if not columns:
        return
    yield f"| area | {' | '.join(OUTCOME_WORDS[name] for name in columns)} |\n"
    yield f"| --- |{' ---: |' * len(columns)}\n"
    for area, verdicts in summary.by_area.items():
        inside = {one.requirement for one in verdicts}
        numbers = [
            sum(one.requirement in inside for one in summary.by_outcome[name]) for name in columns
        ]
        cells = " | ".join(str(number) if number else "" for number in numbers)
        yield f"| {_text(title(area))} | {cells} |\n"


def _operations(summary: Summary) -> Iterator[str]:
    """Yield how many operations are offered, and why the others are not."""
    if summary.surveyed is None:
        return
    surveyed = summary.surveyed
    yield f"**Operations:** {surveyed.offered} of {surveyed.size} offered\n"
    for state, rows in operations_table.by_state(surveyed).items():
        if state != Offer.OFFERED:
            yield "".join(
                f"- {_text(row.operation)} is {state}: {_text(row.reason)}\n" for row in rows
            )


def _causes(summary: Summary) -> Iterator[str]:
    """Yield each cause, folded: its lead in full, and what follows from it; then our errors."""
    for cause in summary.causes:
        lead = cause.lead
        shown_in = summary.exchanges.get(lead.broken[0].exchange)
        lines = decided(lead, command=summary.next_step(lead), shown_in=shown_in)
        name = f"{cause.place} {lead.requirement} {lead.level} {lead.sentence}"
        yield _details(name, [*lines, *followers(cause)])
    for verdict in summary.by_outcome[Result.ERROR]:
        yield _details(_name(verdict), decided(verdict, command=summary.next_step(verdict)))


def _known(verdict: Decided) -> str:
    """Return a known failure, folded."""
    name = f"{verdict.requirement} {verdict.level} {verdict.sentence}"
    return _details(name, decided(verdict, command="") if verdict.broken else [verdict.known])


def _details(name: str, lines: Iterable[str]) -> str:
    text = escape("\n".join(lines).strip())
    return f"\n<details><summary>{_text(name)}</summary>\n\n<pre>{text}</pre>\n\n</details>\n"


def _text(text: str) -> str:
    """Return a text that Markdown takes for nothing but text."""
    return _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", sanitizing.line(text))


def _size(text: str) -> int:
    return len(text.encode())


_PUNCTUATION = re.compile(r"[!-&*+./:-@\[-`{-~]")
