"""A badge: what a check came to, as a small picture for a README."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from run_contracts.events import ExitCode
from run_contracts.report.summary import Summary
from run_contracts.report.words import OUTCOME_WORDS, RED_OUTCOMES

SUBJECT = "run contract"
COLOURS = {ExitCode.HOLDS: "#2b6a41", ExitCode.BROKEN: "#b3261e"}
OTHER_COLOUR = "#5f5c56"
CHARACTER, MARGIN = 6.6, 8
"""Pixels that a character takes at this size, and that stand on each side of a text."""


def picture(summary: Summary) -> str:
    """Return the badge of a check as SVG; it needs no font but the reader's."""
    message = _message(summary)
    colour = COLOURS.get(ExitCode(summary.finished.exit_code), OTHER_COLOUR)
    left, right = _width(SUBJECT), _width(message)
    name = f"{SUBJECT}: {message}"
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" \
role="img" aria-label={quoteattr(name)}>
<title>{escape(name)}</title>
<clipPath id="round"><rect width="{left + right}" height="20" rx="3"/></clipPath>
<g clip-path="url(#round)">
<rect width="{left}" height="20" fill="#3b3934"/>
<rect x="{left}" width="{right}" height="20" fill="{colour}"/>
</g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
{_text(SUBJECT, left / 2, left)}
{_text(message, left + right / 2, right)}
</g>
</svg>
"""


def _message(summary: Summary) -> str:
    """Return the counts that matter, or why there are none."""
    named = [name for name in ("pass", *RED_OUTCOMES, "known") if summary.counts.get(name)]
    finished = summary.finished
    if finished.exit_code not in COLOURS or not named:
        return summary.conclusion
    counts = [f"{summary.counts[name]} {OUTCOME_WORDS[name]}" for name in named]
    if finished.baseline and not set(named) - {"pass", "known"}:
        counts.append("known failures to edit")
    surveyed = summary.surveyed
    if surveyed is not None and not summary.started.only and surveyed.offered < surveyed.size:
        counts.append(f"{surveyed.offered} of {surveyed.size} operations")
    return " / ".join(counts)


def _width(text: str) -> int:
    return round(len(text) * CHARACTER) + 2 * MARGIN


def _text(text: str, middle: float, width: int) -> str:
    return f'<text x="{middle}" y="14" textLength="{width - 2 * MARGIN}">{escape(text)}</text>'
