"""``run-contracts compare``: servers, or versions of one, side by side."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from run_contracts.cli.given_once import OnceCommand
from run_contracts.cli.shared_options import ReportPath
from run_contracts.filesystem.writing import writing
from run_contracts.report import comparing, jsonlines
from run_contracts.report.summary import Summary


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts compare before.jsonl after.jsonl
  run-contracts compare main.jsonl branch.jsonl --html compared.html
  run-contracts compare v1.0.jsonl v1.1.jsonl v1.2.jsonl
""",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--html", type=ReportPath("html"), metavar="FILE.html", help="Write a page, too.")
def command(files: tuple[Path, ...], html: Path | None) -> None:
    """Compare reports of checks, the oldest first.

    Tells for each requirement whether it is newly broken, fixed, decided otherwise, only in some
    of the reports, or the same in the first and the last. Exit code 1 only if something is newly
    broken: a MUST that was judged in the first report, is broken in the last and was not before;
    3 if the two have no requirement in common.
    """
    comparison = comparing.compared(
        [(str(file), Summary.of(jsonlines.read(file))) for file in files]
    )
    if html is not None:
        from run_contracts.report.html import comparison as page  # noqa: PLC0415 - only for HTML

        with writing(html) as file:
            file.write(page(comparison))
    for line in comparing.lines(comparison):
        click.echo(line)
    sys.exit(comparison.exit_code)
