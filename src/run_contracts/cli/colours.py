"""Painting: colours that help to find what is broken; everything can be read without them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator

import click

from run_contracts.events import Decided, Event, ExitCode, Finished

RED, YELLOW, GREEN = "red", "yellow", "green"
ENDS = {ExitCode.HOLDS: GREEN, ExitCode.STOPPED: YELLOW, ExitCode.INTERRUPTED: YELLOW}


def is_colourful() -> bool:
    """Say whether the standard output shows colours, and nobody asked it not to."""
    is_dumb = os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not is_dumb and not os.environ.get("NO_COLOR")


def painted(event: Event, lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines that tell an event: red what is broken, yellow what is advice.

    A verdict is painted in its first line, the conclusion in its last.
    """
    found = list(lines)
    at = next((n for n, line in enumerate(found) if line), None)
    colour = None
    match event:
        case Decided(result="fail" | "blocked" | "error"):
            colour = RED if event.is_red else YELLOW
        case Finished():
            at, colour = len(found) - 1, ENDS.get(ExitCode(event.exit_code), RED)
    for n, line in enumerate(found):
        yield click.style(line, fg=colour, bold=True) if n == at and colour else line
