"""Consent: who writes to another machine is shown what that means, and is asked, on a terminal."""

from __future__ import annotations

import sys

import click

from run_contracts.client.checked_target import Target
from run_contracts.client.permission import is_here
from run_contracts.errors import UsageError


def ask(target: Target, only: tuple[str, ...], more: tuple[str, ...] = ()) -> None:
    """Ask whether a target on another machine may be written to; raise `UsageError` if not.

    What is shown has `more` lines. Where nobody sits, `--write` was the answer.
    """
    is_attended = sys.stdin.isatty() and sys.stderr.isatty()
    if target.is_read_only or target.is_embedded or is_here(target.url) or not is_attended:
        return
    from run_contracts.engine.planning import plan  # noqa: PLC0415 - only to be shown
    from run_contracts.report.dry_run import lines  # noqa: PLC0415

    for line in (*lines(plan(target, only=only or None).started()), *more):
        click.echo(line, err=True)
    if not click.confirm(f"Create this on {target.url}?", err=True):
        raise UsageError("nothing was sent; without --write the target is only read")
