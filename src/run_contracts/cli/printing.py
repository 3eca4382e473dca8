"""What a check prints: everything in words, only what is broken, or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import click

from run_contracts.errors import UsageError
from run_contracts.events import Decided, Event, Exchanged, Finished, as_dict
from run_contracts.report import plain
from run_contracts.report.text import TextReport, notes

FORMATS = ("text", "json")


class Report(Protocol):
    """Tells a check, event by event. `is_lively` if somebody may watch."""

    is_lively: bool

    def lines(self, event: Event) -> Iterator[str]:
        """Yield the lines that an event has to say."""


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what is printed to a command."""
    quiet = "Print only what is broken, and the verdict."
    form = "json: when all is over, every event but the exchanges as one JSON array."
    command = click.option(
        "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help=form
    )(command)
    return click.option("-q", "--quiet", is_flag=True, help=quiet)(command)


def chosen(options: dict[str, Any], *, with_scripts: bool = False) -> Callable[[str], Report]:
    """Take the options of `options` out of what was chosen.

    Returns what makes the report, given the command that checks the same target again.
    """
    form, quiet = options.pop("form"), options.pop("quiet")
    if form == "json" and quiet:
        raise UsageError("--quiet goes with --format text only; --format json is for programs")
    if form == "json" and options.get("github"):
        raise UsageError("--format json and --github print both; write --report FILE.jsonl instead")
    if form == "json":
        return lambda _again: JsonReport()
    if quiet:
        return lambda again: QuietReport(again=again)
    return lambda again: TextReport(again=again, with_scripts=with_scripts)


class QuietReport:
    """Tells what a person must act on, what stopped the check, and the verdict."""

    is_lively = False

    def __init__(self, *, again: str) -> None:
        """`again` is the command that checks the same target."""
        self._whole = TextReport(again=again)

    def lines(self, event: Event) -> Iterator[str]:
        """Yield the lines of an event that somebody must know."""
        told = list(self._whole.lines(event))
        match event:
            case Decided():
                yield from told
            case Finished():
                yield from map(plain.line, notes(event))
                yield told[-1]


class JsonReport:
    """Tells the whole check at its end, as one JSON array of events."""

    is_lively = False

    def __init__(self) -> None:
        """Begin with nothing."""
        self._events: list[dict[str, Any]] = []

    def lines(self, event: Event) -> Iterator[str]:
        """Yield the array at the end."""
        if not isinstance(event, Exchanged):
            self._events.append(as_dict(event))
        if isinstance(event, Finished):
            yield json.dumps(self._events, indent=1, ensure_ascii=False)
