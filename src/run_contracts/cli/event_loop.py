"""A check followed: each event printed and reported as it happens."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import IO

import click

from run_contracts.cli import printing
from run_contracts.cli.progress import Progress
from run_contracts.engine.conclusion import beside_own_errors
from run_contracts.engine.own_errors import OwnErrors
from run_contracts.events import Event, Finished


def follow(
    events: Iterable[Event],
    printer: printing.Printer,
    progress: Progress,
    report_file: IO[str] | None,
    ours: OwnErrors,
) -> tuple[int, list[Event]]:
    """Print and report each event as it happens; return the exit code and all of them.

    A check that is interrupted comes to its end, too. What cannot be written of an event, or said
    of it, is kept in `ours`, and costs nothing else.
    """
    from run_contracts.report import jsonlines  # noqa: PLC0415

    seen: list[Event] = []
    is_colourful = printing.is_colourful()
    with contextlib.suppress(KeyboardInterrupt):
        for event in events:
            seen.append(event)
            name, lines = type(event).__name__, list[str]()
            if report_file is not None:
                with ours.costing(f"writing {name} to the report"):
                    jsonlines.write(event, report_file)
            with ours.costing(f"printing {name}"):
                lines += printer.lines(event)
            _print(printing.painted(event, lines) if is_colourful else lines, progress)
    if not seen or not isinstance(seen[-1], Finished):
        raise KeyboardInterrupt
    return seen[-1].exit_code, seen


def _print(lines: Iterable[str], progress: Progress) -> None:
    printed = list(lines)
    if printed:
        with progress.paused():
            click.echo("\n".join(printed))


def code_beside(code: int, ours: OwnErrors) -> int:
    """Print errors of ours, and return the exit code beside them."""
    for text in ours.texts:
        click.echo(f"run-contracts: {text}", err=True)
    return beside_own_errors(code) if ours else code
