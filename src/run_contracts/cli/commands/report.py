"""``run-contracts report``: render the report of a check again, in other forms."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from run_contracts.cli import outputs
from run_contracts.cli.given_once import OnceCommand
from run_contracts.engine.own_errors import OwnErrors
from run_contracts.events import ExitCode
from run_contracts.report import jsonlines, text


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts report check.jsonl
  run-contracts report check.jsonl --html check.html --badge check.svg
  run-contracts report check.jsonl --junit check.xml --github
  run-contracts report check.jsonl --har check.har --sarif check.sarif
""",
)
@click.argument("file", type=click.Path(path_type=Path))
@outputs.options
def command(file: Path, **options: Any) -> None:
    """Render the report of a check, FILE.jsonl, again.

    Without options the text is printed that the check printed. The exit code says whether it
    could be rendered; whether the contract holds is said by `check`.
    """
    events = jsonlines.read(file)
    with ExitStack() as stack:
        wanted = outputs.Outputs(stack, options)
        if wanted:
            ours = OwnErrors()
            wanted.write(events, file, ours)
            for error in ours.texts:
                click.echo(f"run-contracts: {error}", err=True)
            sys.exit(ExitCode.OUR_ERROR if ours else ExitCode.HOLDS)
    report = text.TextReport(file=str(file))
    for event in events:
        for line in report.lines(event):
            click.echo(line)
