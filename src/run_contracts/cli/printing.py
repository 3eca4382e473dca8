"""What a check prints: everything in words, only what is broken, or JSON; painted for terminals."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import click

from run_contracts.errors import UsageError
from run_contracts.events import (
    Cause,
    Event,
    Exchanged,
    ExitCode,
    Finished,
    FirstSeen,
    as_dict,
)
from run_contracts.report.text import QuietReport, TextReport

_COLOURS = {ExitCode.HOLDS: "green", ExitCode.STOPPED: "yellow", ExitCode.INTERRUPTED: "yellow"}
"""How the conclusion is painted; every other is red."""


class Printer(Protocol):
    """Prints a check, event by event. `shows_progress` if somebody may watch."""

    shows_progress: bool

    def lines(self, event: Event) -> Iterator[str]:
        """Yield the lines that an event has to say."""


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what is printed to a command."""
    quiet = "Print only what makes the check red, and the verdict."
    form = "json: when all is over, every event but the exchanges as one JSON array."
    formats = click.Choice(("text", "json"))
    command = click.option(
        "--format", "form", type=formats, default="text", show_default=True, help=form
    )(command)
    return click.option("-q", "--quiet", is_flag=True, help=quiet)(command)


def chosen(options: dict[str, Any], *, with_scripts: bool = False, file: str = "") -> Printer:
    """Take the options of `options` out of what was chosen, and return the printer they mean."""
    form, quiet = options.pop("form"), options.pop("quiet")
    if form == "json" and quiet:
        raise UsageError("--quiet goes with --format text only; --format json is for programs")
    if form == "json" and options.get("github"):
        raise UsageError("--format json and --github print both; write --report FILE.jsonl instead")
    if form == "json":
        return JsonReport()
    return QuietReport(file=file) if quiet else TextReport(with_scripts=with_scripts, file=file)


class JsonReport:
    """Prints the whole check at its end, as one JSON array of events."""

    shows_progress = False

    def __init__(self) -> None:
        """Begin with nothing."""
        self._events: list[dict[str, Any]] = []

    def lines(self, event: Event) -> Iterator[str]:
        """Yield the array at the end."""
        if not isinstance(event, Exchanged):
            self._events.append(as_dict(event))
        if isinstance(event, Finished):
            yield json.dumps(self._events, indent=1, ensure_ascii=False)


def is_colourful() -> bool:
    """Say whether the standard output shows colours, and nobody asked it not to."""
    is_dumb = os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not is_dumb and not os.environ.get("NO_COLOR")


def painted(event: Event, lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of an event: red what is broken, yellow what is advice.

    A cause is painted in its first line, the conclusion in its last. Colours only help to find
    what is broken; everything can be read without them.
    """
    every = list(lines)
    at = next((number for number, line in enumerate(every) if line), None)
    colour = None
    match event:
        case Cause() | FirstSeen():
            colour = "red" if event.is_red else "yellow"
        case Finished():
            at, colour = len(every) - 1, _COLOURS.get(ExitCode(event.exit_code), "red")
    for number, line in enumerate(every):
        yield click.style(line, fg=colour, bold=True) if number == at and colour else line
