"""The report as one HTML page that needs nothing but itself, and is readable without scripts."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from run_contracts.events import Broken, Decided, Event, Offer
from run_contracts.report import bodies, comparing, curl, sanitizing
from run_contracts.report.answer_words import status_words
from run_contracts.report.charts import Chart, chart
from run_contracts.report.folding import counted, title
from run_contracts.report.ranked_causes import RankedCause
from run_contracts.report.script import script
from run_contracts.report.summary import Summary
from run_contracts.report.timeline import timelines
from run_contracts.report.words import OUTCOME_WORDS, concerns
from run_contracts.traffic.exchange import Exchange

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_CODE = re.compile("`([^`]+)`")
MOST_TIMELINES = 60
"""Runs that are drawn; those with something broken come first."""
MOST_PLACES = 50
"""Places that are listed of one broken rule."""
MOST_STEPS = 20
"""Exchanges that are shown of those that lead to one violation: the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExchange:
    """One exchange as it is shown in full."""

    exchange: Exchange
    request: bodies.ShownBody
    response: bodies.ShownBody
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRule:
    """One verdict as it is shown: where it is broken first, what led there, and where else."""

    verdict: Decided
    first: Broken | None
    first_exchange: ShownExchange | None
    sequence: tuple[Exchange, ...]
    script: str
    command: str
    others: tuple[Broken, ...]
    more: int

    @property
    def times(self) -> str:
        """In how many exchanges it is broken."""
        least = "at least " if self.verdict.more else ""
        return least + counted(len({one.exchange for one in self.verdict.broken}), "exchange")


GROUPS = (
    ("broken", "Broken", ("broken",)),
    ("error", "Errors of ours", ("error",)),
    ("advice", "Advice", ("advice",)),
    ("known", "Known failures", ("known",)),
    ("blocked", "Could not be exercised", ("blocked",)),
    ("undecided", "Not decided", ("inconclusive", "skip")),
    ("hold", "Hold", ("pass",)),
)
BY_CAUSE = {"broken": True, "advice": False}
"""Groups that are shown by the causes that are to be mended, and whether these are red."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCause:
    """Verdicts that have one cause, or one reason, and others that follow from the first."""

    heading: str
    rules: tuple[ShownRule, ...]
    followers: tuple[ShownRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    """Verdicts that are shown under one heading, by their causes."""

    id: str
    heading: str
    causes: tuple[ShownCause, ...]

    @property
    def rules(self) -> tuple[ShownRule, ...]:
        """The verdicts of all causes."""
        return tuple(rule for one in self.causes for rule in (*one.rules, *one.followers))


def page(events: Sequence[Event], *, file: str = "") -> str:
    """Return the page of one check; `file` is the name of the report that holds its events."""
    summary = Summary.of(events, file=file)
    groups = [group for group in _groups(summary) if group.rules]
    shown = [rule.first_exchange for group in groups for rule in group.rules if rule.first_exchange]
    drawn = timelines(summary.exchanges.values(), summary.verdicts)
    return _rendered(
        "check.html",
        summary=summary,
        groups=groups,
        concerns=concerns(summary.finished),
        by_cause=BY_CAUSE,
        charts=_charts(drawn),
        timelines=len(drawn),
        referred={one.exchange.number for one in shown},
        broken={one.exchange for verdict in summary.by_outcome["broken"] for one in verdict.broken},
        shown_outcomes={name: OUTCOME_WORDS[name] for name in summary.counts},
    )


def comparison(comparison: comparing.Comparison) -> str:
    """Return the page that sets checks side by side."""
    changes = [name for name, rows in comparison.by_change.items() if rows]
    return _rendered(
        "compare.html",
        comparison=comparison,
        changes={name: comparing.CHANGE_WORDS[name] for name in changes},
        areas=tuple(dict.fromkeys(row.verdict.area for row in comparison.rows)),
    )


def _groups(summary: Summary) -> Iterator[ShownGroup]:
    """Yield the verdicts in groups of outcomes, the gravest first; some may be empty."""
    for name, heading, outcomes in GROUPS:
        if name in BY_CAUSE:
            ranked = (one for one in summary.causes if one.is_red is BY_CAUSE[name])
            causes = [_cause(summary, one) for one in ranked]
        else:
            verdicts = [verdict for each in outcomes for verdict in summary.by_outcome[each]]
            causes = list(_by_reason(summary, verdicts))
        yield ShownGroup(id=name, heading=heading, causes=tuple(causes))


def _cause(summary: Summary, cause: RankedCause) -> ShownCause:
    return ShownCause(
        heading=cause.head,
        rules=(_rule(summary, cause.lead),),
        followers=tuple(_rule(summary, one) for one in cause.followers),
    )


def _by_reason(summary: Summary, verdicts: Iterable[Decided]) -> Iterator[ShownCause]:
    """Yield verdicts by why they are known or undecided, which is empty for all others."""
    by_reason: dict[str, list[ShownRule]] = {}
    for verdict in verdicts:
        rules = by_reason.setdefault(verdict.known or verdict.reason, [])
        rules.append(_rule(summary, verdict))
    for reason, rules in by_reason.items():
        yield ShownCause(heading=reason, rules=tuple(rules))


def _rule(summary: Summary, verdict: Decided) -> ShownRule:
    first = verdict.broken[0] if verdict.broken else None
    exchange = summary.exchanges.get(first.exchange) if first else None
    rest = verdict.broken[1:]
    sequence = summary.sequence_of(verdict)
    is_bad = verdict.outcome in comparing.BAD_OUTCOMES
    return ShownRule(
        verdict=verdict,
        first=first,
        first_exchange=_shown(exchange, first.pointer) if exchange and first else None,
        sequence=sequence[-MOST_STEPS:],
        script=script(summary.started.target, verdict, sequence) if sequence else "",
        command=summary.next_step(verdict) if is_bad else "",
        others=rest[:MOST_PLACES],
        more=max(0, len(rest) - MOST_PLACES) + verdict.more,
    )


def _shown(exchange: Exchange, pointer: str) -> ShownExchange:
    return ShownExchange(
        exchange=exchange,
        request=bodies.shown(exchange.request.payload),
        response=bodies.shown(exchange.answer, pointer),
        curl=curl.command(exchange),
    )


def _charts(drawn: Iterable[Any]) -> list[Chart]:
    """Return the drawings of lives, those with something broken first."""
    ordered = sorted(drawn, key=lambda timeline: not timeline.is_broken)
    return [chart(timeline) for timeline in ordered[:MOST_TIMELINES]]


def _rendered(template: str, **values: Any) -> str:
    return _pages().get_template(template).render(**values)


@cache
def _pages() -> Environment:
    """Return the templates; whatever they print is escaped, and fit for a document."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - only for HTML
    from markupsafe import Markup  # noqa: PLC0415

    def fit(value: Any) -> Any:
        is_text = isinstance(value, str) and not isinstance(value, Markup)
        return sanitizing.document(value) if is_text else value

    pages = Environment(
        loader=PackageLoader("run_contracts.report", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=fit,
    )
    style, behaviour = _own("style.css"), _own("script.js")
    pages.filters["coded"] = _coded
    pages.filters["counted"] = counted
    pages.filters["status_words"] = status_words
    pages.filters["title_of"] = title
    pages.globals |= {
        "style": Markup(style),  # noqa: S704 - our own file
        "script": Markup(behaviour),  # noqa: S704 - our own file
        "policy": f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(behaviour)}",
        "outcomes": OUTCOME_WORDS,
        "marks": MARKS,
        "operation_marks": OPERATION_MARKS,
    }
    return pages


MARKS = {
    "broken": "✕",
    "error": "!",
    "blocked": "⊘",
    "advice": "△",
    "known": "○",
    "inconclusive": "?",
    "skip": "-",
    "pass": "✓",
}
OPERATION_MARKS = {
    Offer.OFFERED: MARKS["pass"],
    Offer.MISSING: MARKS["blocked"],
    Offer.BROKEN: MARKS["broken"],
    Offer.UNTRIED: MARKS["inconclusive"],
}


def _coded(text: str) -> Markup:
    """Return a sentence with what stands between backquotes as code."""
    from markupsafe import Markup, escape  # noqa: PLC0415 - only for HTML

    parts = _CODE.split(sanitizing.document(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    )


def _own(name: str) -> str:
    return files("run_contracts.report").joinpath("pages", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return what allows exactly this text in a content security policy."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
