"""``run-contracts replay``: send again what showed a rule broken, and judge it again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from run_contracts import events
from run_contracts.cli import credentials
from run_contracts.cli.completion import requirement_ids
from run_contracts.client import target as targets
from run_contracts.client.target import Target
from run_contracts.errors import UsageError
from run_contracts.events import Event
from run_contracts.report import text
from run_contracts.traffic.recipe import RecipeStep, recipe

EXAMPLES = """\b
Examples:
  run-contracts replay check.jsonl RUN-LIFE-002
  run-contracts replay check.jsonl RUN-LIFE-002 http://127.0.0.1:8000/v1
  run-contracts replay check.jsonl RUN-LIFE-002 --script > show.sh
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.jsonl")
@click.argument("requirement", metavar="ID", shell_complete=requirement_ids)
@click.argument("url", required=False)
@credentials.options
@click.option("--script", "is_script", is_flag=True, help="Print a shell script; send nothing.")
def command(  # noqa: PLR0913 - arguments and options
    file: Path,
    requirement: str,
    url: str | None,
    api_key_env: str,
    headers: tuple[str, ...],
    *,
    is_script: bool,
) -> None:
    """Send again the few requests that showed a rule broken, and judge the answers.

    FILE.jsonl is the report of a check, ID the requirement. The target is that of the report
    unless URL names another, on which whatever the requests create is left behind.
    """
    from run_contracts.report import jsonlines  # noqa: PLC0415

    told = jsonlines.read(file)
    started = next(one for one in told if isinstance(one, events.Started))
    verdict = _broken(file, told, requirement)
    exchanges = [one for one in told if isinstance(one, events.Exchanged)]
    if is_script:
        from run_contracts.report.script import script  # noqa: PLC0415

        click.echo(script(started.target, verdict, exchanges), nl=False)
        return
    wanted = [one for one in exchanges if one.number in verdict.sequence]
    target = targets.target(
        url or started.target, edition=started.edition, api_key_env=api_key_env, headers=headers
    )
    sys.exit(_replay(target, recipe(started.target, wanted), requirement))


def _broken(file: Path, told: Sequence[Event], requirement: str) -> events.Decided:
    """Return the verdict that a requirement is broken, with the exchanges that show it."""
    found = [one for one in told if isinstance(one, events.Decided) and one.result == "fail"]
    for one in found:
        if one.requirement == requirement and one.sequence:
            return one
    known = ", ".join(one.requirement for one in found) or "none"
    raise UsageError(f"{file}: {requirement} is not broken in it; broken are: {known}")


def _replay(target: Target, steps: tuple[RecipeStep, ...], requirement: str) -> int:
    """Send the steps, print what happens, and return the exit code."""
    from run_contracts.engine.replay import replaying  # noqa: PLC0415 - loads what sends
    from run_contracts.engine.runner import check  # noqa: PLC0415 - loads what judges

    told = text.TextReport(again=f"run-contracts check {target.url}")
    code = 0
    for event in check(target, only=[requirement], probes=[replaying(steps, requirement)]):
        for line in told.lines(event):
            click.echo(line)
        if isinstance(event, events.Finished):
            code = event.exit_code
    return code
