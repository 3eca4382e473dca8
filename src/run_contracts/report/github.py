"""The report inside GitHub Actions: a summary of the step in Markdown, and annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from run_contracts.events import KNOWN, Decided, Started
from run_contracts.report import sanitizing
from run_contracts.report.summary import OUTCOME_WORDS, Summary, title
from run_contracts.report.text import counted, decided

SUMMARY_LIMIT = 1024 * 1024
"""Bytes that GitHub takes of the summary of one step."""
MOST_ANNOTATIONS = 10
"""Annotations of a kind that GitHub shows of one step."""
_RESERVED = 512
"""Bytes kept for the line that says what was left out."""


def step_summary(summary: Summary, *, limit: int = SUMMARY_LIMIT) -> str:
    """Return the summary of a step, in Markdown, of at most so many bytes of UTF-8.

    Verdict, counts by area, then what to act on, the gravest first; what does not fit is counted.
    """
    parts = [_head(summary), *_table(summary)]
    listed = [*summary.actionable(), *summary.by_outcome[KNOWN]]
    left = limit - _RESERVED - sum(_size(part) for part in parts)
    for at, verdict in enumerate(listed):
        part = _details(verdict, summary.started)
        left -= _size(part)
        if left < 0:
            parts.append(f"\n… and {counted(len(listed) - at, 'rule')} more than fit here.\n")
            break
        parts.append(part)
    text = "".join(parts)
    return text if _size(text) <= limit else ""


def commands(summary: Summary) -> Iterator[str]:
    """Yield the workflow commands that annotate a step: errors, and warnings for advice.

    At most ten of a kind, for GitHub shows no more; then a notice says how many there are.
    """
    verdicts, finished = list(summary.actionable()), summary.finished
    red = [verdict for verdict in verdicts if verdict.is_red]
    advice = [verdict for verdict in verdicts if not verdict.is_red]
    first = [("run-contracts stopped", finished.error)] if finished.error else []
    first += [("run-contracts known failures", wrong) for wrong in finished.baseline]
    for name, message in first[:MOST_ANNOTATIONS]:
        yield _command("error", name, message)
    spent = min(len(first), MOST_ANNOTATIONS)
    yield from _annotated("error", red, MOST_ANNOTATIONS - spent)
    yield from _annotated("warning", advice, MOST_ANNOTATIONS)


def _annotated(kind: str, verdicts: list[Decided], most: int) -> Iterator[str]:
    for verdict in verdicts[:most]:
        yield _command(kind, f"{verdict.requirement} {verdict.sentence}", _message(verdict))
    more = len(verdicts) - most
    if more > 0:
        yield _command("notice", "run-contracts", f"{counted(more, kind)} more; see the summary")


def _message(verdict: Decided) -> str:
    if not verdict.broken:
        return verdict.reason
    first = verdict.broken[0]
    place = f" at {first.pointer}" if first.pointer else ""
    return f"{first.request}{place}: expected {first.expected}, found {first.found}"


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
        f"{_text(started.target)}, edition {started.edition}, profile {started.profile}\n",
        f"{counts or 'no requirement decided'}; {counted(finished.requests, 'request')} "
        f"in {finished.seconds:.1f} s\n",
    ]
    lines += [f"**Stopped:** {_text(finished.error)}\n"] if finished.error else []
    lines += [f"**Known failures:** {_text(wrong)}\n" for wrong in finished.baseline]
    left = ", ".join(finished.left_behind)
    lines += [f"**Left behind, could not be deleted:** {_text(left)}\n"] if left else []
    lines += [f"**Left out:** {_text(started.left_out)}\n"] if started.left_out else []
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


def _details(verdict: Decided, started: Started) -> str:
    """Return one rule to act on, folded."""
    lines = decided(verdict, command=started.command_for(verdict.requirement))
    text = "\n".join(lines).strip() or verdict.reason
    name = f"{verdict.requirement} {verdict.level} {verdict.sentence}"
    return (
        f"\n<details><summary>{_text(name)}</summary>\n\n<pre>{escape(text)}</pre>\n\n</details>\n"
    )


def _text(text: str) -> str:
    """Return a text that Markdown takes for nothing but text."""
    return _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", sanitizing.line(text))


def _size(text: str) -> int:
    return len(text.encode())


_PUNCTUATION = re.compile(r"[!-&*+./:-@\[-`{-~]")
