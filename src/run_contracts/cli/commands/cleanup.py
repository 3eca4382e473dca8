"""``run-contracts cleanup``: delete what a check created and left behind."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from run_contracts.cli import shared_options
from run_contracts.client import target as targets
from run_contracts.client.target import Target
from run_contracts.events import ExitCode, Started, exchanges


@click.command(
    epilog="""\b
Examples:
  run-contracts cleanup check.jsonl --dry-run
  run-contracts cleanup check.jsonl
  run-contracts cleanup check.jsonl https://runs.example/v1 --api-key-env RUNS_KEY
"""
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.jsonl")
@shared_options.base_url
@shared_options.credentials
@click.option("--dry-run", is_flag=True, help="Print what would be deleted; send nothing.")
def command(  # noqa: PLR0913 - arguments and options
    file: Path,
    url: str | None,
    api_key_env: str,
    headers: tuple[str, ...],
    secret_headers: tuple[str, ...],
    *,
    insecure: bool,
    dry_run: bool,
) -> None:
    """Delete the assistants and threads that a check created and did not delete.

    FILE.jsonl is the report of the check, even one that ends too soon. Only what its answers show
    created by its own requests is deleted, on its target unless URL names the same one otherwise.
    Exit code 1 if something is still there, 3 if the server does not answer.
    """
    from run_contracts.engine.cleanup import leftovers  # noqa: PLC0415
    from run_contracts.report import jsonlines, sanitizing  # noqa: PLC0415

    report = jsonlines.read(file, is_whole=False)
    started = next(event for event in report if isinstance(event, Started))
    paths = leftovers(exchanges(report))
    if dry_run or not paths:
        base, _ = targets.without_user(url or started.target)
        for path in paths:
            click.echo(sanitizing.line(f"DELETE {base}{path}"))
        click.echo(f"{len(paths)} to delete")
        return
    target = targets.target(
        url or started.target,
        edition=started.edition,
        api_key_env=api_key_env,
        headers=headers,
        write=True,
        insecure=insecure,
        secret_headers=secret_headers,
    )
    sys.exit(_delete(target, paths))


def _delete(target: Target, paths: tuple[str, ...]) -> ExitCode:
    """Delete what lies at these paths, print each answer, and return the exit code."""
    from run_contracts.client.session import Session  # noqa: PLC0415
    from run_contracts.engine.cleanup import DELETED  # noqa: PLC0415
    from run_contracts.report import sanitizing  # noqa: PLC0415

    gone = 0
    with Session(target) as session:
        for path in paths:
            status = session.delete(path).response.status
            gone += status in DELETED
            click.echo(sanitizing.line(target.hidden(f"DELETE {path}: {status}")))
    click.echo(f"{gone} of {len(paths)} are gone")
    return ExitCode.HOLDS if gone == len(paths) else ExitCode.BROKEN
