"""A check whose ledger is kept, and goes into its report, while it is under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

import click

from run_contracts.cli.progress import Progress
from run_contracts.client.checked_target import Target
from run_contracts.client.connection import Connection
from run_contracts.engine.own_errors import OwnErrors
from run_contracts.engine.runner import check
from run_contracts.errors import UsageError
from run_contracts.events import Event, LedgerEvent
from run_contracts.report import jsonlines
from run_contracts.report.ledger_files import LedgerFile


def recorded_check(
    target: Target,
    connection: Connection,
    progress: Progress,
    report: tuple[IO[str] | None, OwnErrors],
    **asked: Any,
) -> Iterator[Event]:
    """Return what happens; what is created is in a ledger, and in the report, before it is.

    What is embedded ends with this process, and needs none.
    """
    file, ours = report
    ledger = LedgerFile(lambda line: _tell(line, progress))

    def record(event: LedgerEvent) -> None:
        if not target.is_embedded:
            ledger.write(event)
        # A report that is lost ends the check with its next event, and no clean-up half way.
        if file is not None:
            with (
                suppress(UsageError),
                ours.costing(f"writing {type(event).__name__} to the report"),
            ):
                jsonlines.write(event, file)

    hook = progress.on_request
    return ledger.followed(
        check(target, connection=connection, on_request=hook, record=record, **asked)
    )


def _tell(line: str, progress: Progress) -> None:
    with progress.paused():
        click.echo(f"run-contracts: {line}", err=True)
