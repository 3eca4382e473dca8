"""A badge: what a check came to, as a small picture for a README."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from run_contracts.events import ExitCode
from run_contracts.report.summary import OUTCOMES, Summary

LABEL = "run contract"
GREEN, RED, GREY = "#2b6a41", "#b3261e", "#5f5c56"
COLOURS = {ExitCode.HOLDS: GREEN, ExitCode.BROKEN: RED}
CHARACTER, MARGIN = 6.6, 8
"""Pixels that a character takes at this size, and that stand on each side of a text."""


def picture(told: Summary) -> str:
    """Return the badge of a check as SVG; it needs no font but the reader's."""
    message, colour = _message(told), COLOURS.get(ExitCode(told.finished.exit_code), GREY)
    left, right = _width(LABEL), _width(message)
    name = f"{LABEL}: {message}"
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" \
role="img" aria-label={quoteattr(name)}>
<title>{escape(name)}</title>
<clipPath id="round"><rect width="{left + right}" height="20" rx="3"/></clipPath>
<g clip-path="url(#round)">
<rect width="{left}" height="20" fill="#3b3934"/>
<rect x="{left}" width="{right}" height="20" fill="{colour}"/>
</g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
{_text(LABEL, left / 2, left)}
{_text(message, left + right / 2, right)}
</g>
</svg>
"""


def _message(told: Summary) -> str:
    """Return the counts that matter, or why there are none."""
    named = [one for one in ("pass", "broken", "error", "blocked", "known") if told.counts.get(one)]
    if told.finished.exit_code not in COLOURS or not named:
        return told.verdict
    counts = [f"{told.counts[name]} {OUTCOMES[name]}" for name in named]
    if told.finished.exit_code == ExitCode.BROKEN and not set(named) - {"pass", "known"}:
        counts.append("known failures to edit" if told.finished.baseline else "a probe blocked")
    return " / ".join(counts)


def _width(text: str) -> int:
    return round(len(text) * CHARACTER) + 2 * MARGIN


def _text(text: str, middle: float, width: int) -> str:
    return f'<text x="{middle}" y="14" textLength="{width - 2 * MARGIN}">{escape(text)}</text>'
