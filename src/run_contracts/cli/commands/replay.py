"""``run-contracts replay``: send again what showed a rule broken, and judge it again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from run_contracts.cli import shared_options
from run_contracts.cli.completion import requirement_ids
from run_contracts.client import target as targets
from run_contracts.client.target import Target
from run_contracts.errors import UsageError
from run_contracts.events import Decided, Event, Finished, Started, exchanges
from run_contracts.report import text
from run_contracts.traffic.recipe import RecipeStep, recipe


@click.command(
    epilog="""\b
Examples:
  run-contracts replay check.jsonl RUN-LIFE-002
  run-contracts replay check.jsonl RUN-LIFE-002 http://127.0.0.1:8000/v1
  run-contracts replay check.jsonl RUN-LIFE-002 --script > show.sh
"""
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.jsonl")
@click.argument("requirement", metavar="ID", shell_complete=requirement_ids)
@click.argument("url", required=False)
@shared_options.credentials
@click.option("--script", "is_script", is_flag=True, help="Print a shell script; send nothing.")
def command(  # noqa: PLR0913 - arguments and options
    file: Path,
    requirement: str,
    url: str | None,
    api_key_env: str,
    headers: tuple[str, ...],
    *,
    insecure: bool,
    is_script: bool,
) -> None:
    """Send again the few requests that showed a rule broken, and judge the answers.

    FILE.jsonl is the report of a check, ID the requirement. The target is that of the report
    unless URL names another, on which whatever the requests create is left behind.
    """
    from run_contracts.report import jsonlines  # noqa: PLC0415

    events = jsonlines.read(file)
    started = next(event for event in events if isinstance(event, Started))
    verdict = _broken(file, events, requirement)
    if is_script:
        from run_contracts.report.script import script  # noqa: PLC0415

        click.echo(script(started.target, verdict, exchanges(events)), nl=False)
        return
    wanted = [exchange for exchange in exchanges(events) if exchange.number in verdict.sequence]
    target = targets.target(
        url or started.target,
        edition=started.edition,
        api_key_env=api_key_env,
        headers=headers,
        write=True,
        insecure=insecure,
    )
    sys.exit(_replay(target, recipe(started.target, wanted), requirement))


def _broken(file: Path, events: Sequence[Event], requirement: str) -> Decided:
    """Return the verdict that a requirement is broken, with the exchanges that show it."""
    failures = [one for one in events if isinstance(one, Decided) and one.result == "fail"]
    for failure in failures:
        if failure.requirement == requirement and failure.sequence:
            return failure
    known = ", ".join(failure.requirement for failure in failures) or "none"
    raise UsageError(f"{file}: {requirement} is not broken in it; broken are: {known}")


def _replay(target: Target, steps: tuple[RecipeStep, ...], requirement: str) -> int:
    """Send the steps, print what happens, and return the exit code."""
    from run_contracts.engine.replay import replaying  # noqa: PLC0415 - loads what sends
    from run_contracts.engine.runner import check  # noqa: PLC0415 - loads what judges

    report = text.TextReport()
    code = 0
    for event in check(target, only=[requirement], probes=[replaying(steps, requirement)]):
        for line in report.lines(event):
            click.echo(line)
        if isinstance(event, Finished):
            code = event.exit_code
    return code
