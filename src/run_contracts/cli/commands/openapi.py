"""``run-contracts openapi``: the OpenAPI document of an edition as one file, for other tools."""

from __future__ import annotations

import json
from pathlib import Path

import click

from run_contracts.cli.given_once import OnceCommand
from run_contracts.contract.files import read_text
from run_contracts.contract.requirements import EDITIONS
from run_contracts.filesystem.writing import writing
from run_contracts.making.answered_document import answered
from run_contracts.types import Edition

CONFIGURATION = "schemathesis.toml"


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts openapi > openapi.json
  run-contracts openapi --edition v1 --output openapi.json
  run-contracts openapi --schemathesis-toml > schemathesis.toml
""",
)
@click.option("--edition", type=click.Choice(EDITIONS), default="v2", show_default=True)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it to this file.",
)
@click.option(
    "--schemathesis-toml",
    "is_configuration",
    is_flag=True,
    help="Print a configuration for `st run` instead: which refusals are legal.",
)
def command(*, edition: Edition, output: Path | None, is_configuration: bool) -> None:
    """Print the OpenAPI document of an edition: one JSON file that refers to no other.

    Its examples of answers are what a mock server sends.
    """
    if is_configuration:
        text = read_text(CONFIGURATION).replace("{edition}", edition)
    else:
        text = json.dumps(answered(edition), ensure_ascii=False, indent=2) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    with writing(output) as file:
        file.write(text)
