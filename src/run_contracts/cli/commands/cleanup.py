"""``run-contracts cleanup``: delete what a check created and left behind."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from run_contracts.cli import named_target, shared_options
from run_contracts.cli.given_once import OnceCommand
from run_contracts.errors import TargetError, UsageError
from run_contracts.events import ExitCode

if TYPE_CHECKING:
    from run_contracts.cli.unfinished import Unfinished

NOTHING_LEFT = "no check of yours left anything behind, as far as its ledgers say"


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts cleanup
  run-contracts cleanup --dry-run
  run-contracts cleanup --url https://runs.example/v1 --api-key-env RUNS_KEY
  run-contracts cleanup check.jsonl http://127.0.0.1:8000/v1
""",
)
@click.argument("file", required=False, metavar="[FILE.jsonl]")
@shared_options.base_url
@named_target.url_option
@shared_options.credentials
@click.option("--dry-run", is_flag=True, help="Print what would be deleted; send nothing.")
@click.option("--forget", is_flag=True, help="Remove the ledgers of what stays, too.")
def command(file: str | None, url: str | None, **options: Any) -> None:
    """Delete the assistants and threads that checks created and did not delete.

    Without a file these are your checks that were killed, by the ledgers that they kept. FILE.jsonl
    is such a ledger, or the report of a check, even one that ends too soon. Only what a check's own
    requests created is deleted, and what carries its mark; each is asked for before. Credentials go
    to a server on this machine, to the URL that is given, or where you say so when asked.

    Exit codes: 0 nothing is left, 1 something is still there, or may be, 3 the server does not
    answer.
    """
    if file is not None and "://" in file:
        url, file = _only(file, url), None
    named = named_target.typed(url)
    from run_contracts.cli import unfinished  # noqa: PLC0415 - loads what sends

    if file is not None:
        sys.exit(_ended(unfinished.reported(Path(file)), named, **options))
    killed = unfinished.Killed(named)
    codes = [_ended_of_many(check, named, **options) for check in killed]
    if not codes and not killed.is_unreadable:
        click.echo(NOTHING_LEFT)
    sys.exit(max(codes, default=ExitCode.HOLDS) or ExitCode(killed.is_unreadable))


def _only(first: str, second: str | None) -> str:
    if second is not None:
        raise UsageError("two base URLs are given; give one, and a file before it if there is one")
    return first


def _ended_of_many(check: Unfinished, named: str | None, **options: Any) -> ExitCode:
    """Bring one of several checks to its end; what keeps it from that costs no other."""
    from run_contracts.report import sanitizing  # noqa: PLC0415

    click.echo(sanitizing.line(check.title))
    try:
        return _ended(check, named, **options)
    except (TargetError, UsageError) as error:
        click.echo(f"run-contracts: {error}", err=True)
        is_named = isinstance(error, TargetError)
        return ExitCode.NOTHING_VERIFIED if is_named else ExitCode.BROKEN


def _ended(
    check: Unfinished, named: str | None, *, dry_run: bool, forget: bool, **options: Any
) -> ExitCode:
    """Bring a check to its end, print what becomes of each thing, and return the exit code."""
    from run_contracts.client.checked_target import target  # noqa: PLC0415 - loads what sends
    from run_contracts.report import sanitizing  # noqa: PLC0415

    if dry_run or check.is_done:
        for planned in check.plan(named):
            click.echo(sanitizing.line(planned))
        return ExitCode.HOLDS
    edition = check.started.edition
    dialect = check.started.dialect or None
    to = target(check.url(named), edition=edition, dialect=dialect, write=True, **options)
    code = ExitCode.HOLDS
    try:
        for line in check.end(to):
            click.echo(sanitizing.line(to.hidden(line.text)))
            code = max(code, line.code)
    finally:
        if forget:
            check.forget()
    return code
