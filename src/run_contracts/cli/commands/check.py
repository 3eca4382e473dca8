"""``run-contracts check``: check a server, print what is broken, write reports."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from run_contracts.cli import (
    consent,
    hypothesis_storage,
    night_options,
    outputs,
    printing,
    shared_options,
)
from run_contracts.cli.completion import requirement_ids
from run_contracts.cli.event_loop import code_beside, follow
from run_contracts.cli.given_once import OnceCommand
from run_contracts.cli.night_options import NightOptions
from run_contracts.cli.progress import Progress
from run_contracts.client import checked_target as targets
from run_contracts.engine import baseline as known
from run_contracts.engine.own_errors import OwnErrors
from run_contracts.engine.policy import Policy
from run_contracts.events import Event, Started, as_dict
from run_contracts.filesystem.writing import writing

if TYPE_CHECKING:
    from run_contracts.client.applications import ApplicationName
    from run_contracts.client.connection import Connection

REFERENCE_KEY = "sk-reference"
NOWHERE = "http://127.0.0.1/v1"
"""Stands for the embedded reference server while it is not started."""


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts check
  run-contracts check http://127.0.0.1:8000/v1 --profile smoke
  run-contracts check service.main:app/openai/v1
  run-contracts check https://runs.example/v1 --api-key-env RUNS_KEY --write
  run-contracts check https://runs.example/v1 --thread-id thread_abc
  run-contracts check https://runs.example/api --dialect azure-agents
  run-contracts check http://127.0.0.1:8000/v1 --only RUN-LIFE-002 --only RUN-LIST-005
  run-contracts check http://127.0.0.1:8000/v1 --format json > check.json
  run-contracts check http://127.0.0.1:8000/v1 --dry-run
  run-contracts check http://127.0.0.1:8000/v1 --max-requests 100 --max-runs 10
  run-contracts check service.main:app --for 8h
""",
)
@shared_options.base_url
@shared_options.spoken
@shared_options.credentials
@click.option("--assistant-id", metavar="ID", help="Use this assistant; create none.")
@click.option("--thread-id", metavar="ID", help="Use this thread; create none.")
@click.option("--run-id", metavar="ID", help="Read this run of that thread, without --write.")
@click.option(
    "--write/--no-write",
    default=None,
    help="Create runs, or only read.  [default: create them on this machine alone]",
)
@click.option("--model", metavar="NAME", help="Model to ask for.  [default: gpt-4o]")
@click.option(
    "--only",
    multiple=True,
    metavar="ID",
    shell_complete=requirement_ids,
    help="Check this requirement, and print what breaks it as a script; repeatable.",
)
@click.option(
    "--profile",
    type=click.Choice(targets.PROFILES),
    default="full",
    show_default=True,
    help="smoke: quick probes; full: every probe, and generated requests.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of generated requests.")
@click.option(
    "--cases",
    type=click.IntRange(1),
    default=targets.DEFAULT_CASES,
    show_default=True,
    help="Requests made for each endpoint in each of four ways.",
)
@shared_options.report
@click.option(
    "--fail-fast", is_flag=True, help="Stop when the first is broken that makes the check red."
)
@shared_options.strict
@click.option(
    "--require",
    multiple=True,
    metavar="OPERATION",
    help="Make the check red if this is not offered, e.g. listRuns, streams, or all; repeatable.",
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    default=0.0,
    metavar="PERCENT",
    help="Verify nothing if a whole check saw less of the contract; beside --only it says nothing.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE.toml",
    help=f"The list of known failures.  [default: {known.FILE_NAME}, here or upwards]",
)
@shared_options.bounds
@night_options.options
@click.option("--dry-run", is_flag=True, help="Print what would be sent and created; send nothing.")
@outputs.options
@printing.options
def command(  # noqa: PLR0913 - the options of a check
    url: str | None,
    only: tuple[str, ...],
    report: Path | None,
    baseline: Path | None,
    *,
    strict: bool,
    require: tuple[str, ...],
    fail_under: float,
    fail_fast: bool,
    dry_run: bool,
    **options: Any,
) -> None:
    """Check a server's run endpoints against the contract.

    URL is the base below which /threads lies, or MODULE:APP/PATH, an ASGI or WSGI application to
    check in this process; PATH is /v1 if there is none. Without it the embedded reference server is
    started on loopback, checked and stopped. A check creates assistants, threads and runs, and
    deletes the assistants and threads it created, as far as the server lets it. What is not on this
    machine is only read, by GET, unless --write is given.

    Exit codes: 0 the contract holds, 1 it is broken, 2 wrong usage, 3 nothing was verified, 4 an
    error of run-contracts, 5 stopped early with nothing broken until then, 130 interrupted by
    Ctrl-C, 143 by SIGTERM; either way what was seen is judged, and what was created is deleted.
    """
    printer = printing.chosen(options, with_scripts=bool(only), file=str(report or ""))
    options["budget"] = shared_options.take_budget(options)
    going_on = NightOptions.take(options, only=only)
    with ExitStack() as stack, hypothesis_storage.kept_apart():
        if dry_run:
            outputs.Outputs(stack, options)
            _print_plan(targets.target(_base(url), **options), only, printer, going_on)
            return
        accepted = _accepted(baseline, url)
        policy = Policy(strict=strict, require=require, fail_under=fail_under, baseline=accepted)
        report_file = stack.enter_context(writing(report)) if report else None
        wanted = outputs.Outputs(stack, options)
        target = _target(stack, url, options)
        consent.ask(target, only, going_on.lines())
        connection = _connection(stack, url)
        progress = stack.enter_context(Progress(is_wanted=printer.shows_progress))
        asked: dict[str, Any] = {"only": only or None, "policy": policy, "fail_fast": fail_fast}
        night = going_on.night(stack, target, url, progress)
        asked |= {"followed_by": night.followed} if night else {}
        ours = OwnErrors()
        events = _events(target, connection, progress, (report_file, ours), **asked)
        stack.callback(_close, events)
        code, seen = follow(events, printer, progress, report_file, ours)
        wanted.write(seen, report, ours)
    sys.exit(code_beside(code, ours))


def _events(*parts: Any, **asked: Any) -> Iterator[Event]:
    """Return what happens in a check, whose ledger is kept."""
    from run_contracts.cli.recorded_check import recorded_check  # noqa: PLC0415 - loads what sends

    return recorded_check(*parts, **asked)


def _close(events: Iterator[Event]) -> None:
    """End a check that was left, for a full disk say; what it created is deleted."""
    if isinstance(events, Generator):
        events.close()


def _print_plan(
    target: targets.Target,
    only: tuple[str, ...],
    printer: printing.Printer,
    going_on: NightOptions,
) -> None:
    """Print what a check would send and create."""
    from run_contracts.engine import recording  # noqa: PLC0415 - loads what judges
    from run_contracts.engine.planning import plan  # noqa: PLC0415 - loads what sends
    from run_contracts.report.dry_run import lines  # noqa: PLC0415

    started = recording.hidden(plan(target, only=only or None).started(), target.hidden)
    assert isinstance(started, Started)  # noqa: S101 - it is a copy
    if isinstance(printer, printing.JsonReport):
        click.echo(json.dumps([as_dict(started)], indent=1, ensure_ascii=False))
        return
    for line in (*lines(started), *going_on.lines()):
        click.echo(line)


def _accepted(baseline: Path | None, url: str | None) -> known.Baseline:
    """Return the known failures; the embedded server has none unless a list is given for it."""
    if url is None and baseline is None:
        return known.EMPTY
    return known.found(baseline, Path.cwd())


def _base(url: str | None) -> str:
    """Return the base URL of what was asked for; one that stands for it if it is not served."""
    named = _named(url)
    return named.url if named else url or NOWHERE


def _connection(stack: ExitStack, url: str | None) -> Connection:
    """Return the way to what was asked for: the network, unless an application was named."""
    from run_contracts.client.applications import connected  # noqa: PLC0415 - loads what sends
    from run_contracts.client.connection import NETWORK  # noqa: PLC0415

    named = _named(url)
    if named is None:
        return NETWORK
    return stack.enter_context(connected(named.load(Path.cwd()), url or ""))


def _named(url: str | None) -> ApplicationName | None:
    """Return the name of an application, if it is one that was asked for."""
    from run_contracts.client.applications import ApplicationName  # noqa: PLC0415

    return ApplicationName.read(url or "")


def _target(stack: ExitStack, url: str | None, options: dict[str, Any]) -> targets.Target:
    """Return the target that was asked for; start the reference server if none was."""
    if url is not None:
        return targets.target(_base(url), **options)
    from dataclasses import replace  # noqa: PLC0415 - only for the embedded server

    from run_contracts.server import ServerOptions, running  # noqa: PLC0415 - heavy

    base = stack.enter_context(running(ServerOptions.for_checking(seed=options["seed"])))
    return replace(
        targets.target(base, **options),
        key=REFERENCE_KEY,
        key_name="REFERENCE_KEY",
        is_embedded=True,
    )
