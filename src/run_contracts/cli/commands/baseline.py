"""``run-contracts baseline``: the list of known failures, written and tried."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from run_contracts.cli.given_once import OnceCommand
from run_contracts.engine import baseline as known
from run_contracts.engine.policy import policy_of
from run_contracts.events import Decided, Event, ExitCode, Finished
from run_contracts.filesystem.opening import exists
from run_contracts.filesystem.single_line import name_of
from run_contracts.filesystem.writing import writing
from run_contracts.report import jsonlines, sanitizing

FILE_HEADER = """\
# Failures that are known and accepted for a while: run-contracts tells them and is not red.
# An entry needs a reason. It makes the check red when it has expired, or nothing breaks any more.

"""
file_option = click.option(
    "--baseline",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE.toml",
    help=f"Unless given: {known.FILE_NAME} here, or upwards beside pyproject.toml.",
)
report_argument = click.argument("file", type=click.Path(path_type=Path), metavar="FILE.jsonl")


@click.group(
    epilog="""\b
Examples:
  run-contracts check http://127.0.0.1:8000/v1 --report check.jsonl
  run-contracts baseline write check.jsonl
  run-contracts baseline check check.jsonl
"""
)
def command() -> None:
    """Keep a list of known failures, so that a check is red only for what is new.

    An entry is about one cause: it holds the id of the requirement that says it most plainly, the
    fingerprints of its failures, a reason, the date on which it expires and, if you like, a link.
    A verdict is known if all its failures have entries; what could not be exercised for a known
    failure follows it.
    """


@command.command(cls=OnceCommand)
@report_argument
@file_option
def write(file: Path, path: Path | None) -> None:
    """Add an entry for each cause of red failures in FILE.jsonl that has none.

    Their reasons are to be written: until then every check refuses the list.
    """
    events = _judged(file, known.EMPTY)
    place = path or known.place(Path.cwd()) or Path.cwd() / known.FILE_NAME
    accepted = known.read_leniently(place)[0] if exists(place) else known.EMPTY
    entries = list(known.unknown(events, accepted))
    if entries:
        _append(place, "\n".join(map(known.as_toml, entries)))
    number = f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'}"
    click.echo(f"{name_of(place)}: {number} added" + ("; write their reasons" if entries else ""))


def _append(place: Path, text: str) -> None:
    is_new = not exists(place) or not place.stat().st_size
    with writing(place, "a") as file:
        file.write((FILE_HEADER if is_new else "\n") + text)


@command.command(cls=OnceCommand)
@report_argument
@file_option
def check(file: Path, path: Path | None) -> None:
    """Say which failures in FILE.jsonl are known, which are not, and which entries are old.

    Exit code 1 if a check like that would be red.
    """
    accepted = known.found(path, Path.cwd())
    events = _judged(file, accepted)
    for line in map(sanitizing.line, _lines(events, accepted)):
        click.echo(line)
    footer = events[-1]
    is_red = isinstance(footer, Finished) and footer.exit_code == ExitCode.BROKEN
    sys.exit(ExitCode.BROKEN if is_red else ExitCode.HOLDS)


def _judged(file: Path, accepted: known.Baseline) -> list[Event]:
    """Return the events of a report as if these failures had been known."""
    events = jsonlines.read(file)
    return list(replace(policy_of(events), baseline=accepted).applied(events))


def _lines(events: Sequence[Event], accepted: known.Baseline) -> Iterator[str]:
    verdicts = [one for one in events if isinstance(one, Decided) and (one.is_red or one.known)]
    causes = known.causes(events)
    entries = {failure for entry in accepted.entries for failure in entry.accepted}
    for verdict in verdicts:
        rule = verdict.requirement
        if verdict.known:
            yield f"{rule} known: {verdict.known}"
            continue
        yield f"{rule} not known: {verdict.sentence}"
        new = [
            cause
            for cause in causes.get(rule, ())
            if not entries & {(rule, cause), (rule, known.anywhere(cause))}
        ]
        yield from (f"  {cause}" for cause in new)
    old = [line for event in events if isinstance(event, Finished) for line in event.baseline]
    yield from old
    number = sum(bool(verdict.known) for verdict in verdicts)
    yield f"{number} known, {len(verdicts) - number} not known, {len(old)} out of date"
