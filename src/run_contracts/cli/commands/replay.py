"""``run-contracts replay``: send again what showed a rule broken, and judge it again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from run_contracts.cli import named_target, shared_options
from run_contracts.cli.completion import requirement_ids
from run_contracts.cli.given_once import OnceCommand
from run_contracts.client import checked_target as targets
from run_contracts.client.checked_target import Target
from run_contracts.errors import UsageError
from run_contracts.events import Decided, Event, Finished, Started, exchanges
from run_contracts.report import text
from run_contracts.report.folding import counted
from run_contracts.traffic.recipe import RecipeStep, recipe


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts replay check.jsonl RUN-LIFE-002 http://127.0.0.1:8000/v1
  run-contracts replay check.jsonl RUN-LIFE-002 --url http://127.0.0.1:8000/v1
  run-contracts replay check.jsonl RUN-LIFE-002 --script > show.sh
""",
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.jsonl")
@click.argument("requirement", metavar="ID", shell_complete=requirement_ids)
@shared_options.base_url
@named_target.url_option
@shared_options.credentials
@click.option("--script", "is_script", is_flag=True, help="Print a shell script; send nothing.")
def command(  # noqa: PLR0913, PLR0917 - arguments and options
    file: Path,
    requirement: str,
    url: str | None,
    api_key_env: str,
    headers: tuple[str, ...],
    secret_headers: tuple[str, ...],
    *,
    insecure: bool,
    is_script: bool,
) -> None:
    """Send again the few requests that showed a rule broken, and judge the answers.

    FILE.jsonl is the report of a check, ID the requirement. URL is the base URL to send to, which
    has to be named again: keys are sent to no server because a file names it. On a terminal it is
    asked whether the one of the report is meant. What the requests create there is deleted in the
    end, as a check does.
    """
    from run_contracts.report import jsonlines  # noqa: PLC0415

    url = named_target.typed(url)
    events = jsonlines.read(file)
    started = next(event for event in events if isinstance(event, Started))
    verdict = _broken(file, events, requirement)
    if is_script:
        from run_contracts.report.script import script  # noqa: PLC0415

        click.echo(script(started.target, verdict, exchanges(events), url=url or ""), nl=False)
        return
    wanted = [exchange for exchange in exchanges(events) if exchange.number in verdict.sequence]
    steps = recipe(started.target, wanted)
    target = targets.target(
        named_target.named_again(started.target, url, what=_what(steps, api_key_env)),
        edition=started.edition,
        dialect=started.dialect or None,
        api_key_env=api_key_env,
        headers=headers,
        secret_headers=secret_headers,
        write=True,
        insecure=insecure,
    )
    sys.exit(_replay(target, steps, requirement))


def _what(steps: tuple[RecipeStep, ...], key_name: str) -> str:
    """Return what a replay does, for who is asked whether it may."""
    changing = sum(step.method != "GET" for step in steps)
    creating = f", {changing} of which may create or change something," if changing else ""
    return f"send {counted(len(steps), 'request')}{creating} and the key in ${key_name}"


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
    from run_contracts.engine.replaying import replaying  # noqa: PLC0415 - loads what sends
    from run_contracts.engine.runner import check  # noqa: PLC0415 - loads what judges
    from run_contracts.report.ledger_files import LedgerFile  # noqa: PLC0415 - loads what sends

    report = text.TextReport()
    ledger = LedgerFile(lambda line: click.echo(f"run-contracts: {line}", err=True))
    probes = [replaying(steps, requirement)]
    code = 0
    for event in ledger.followed(
        check(target, only=[requirement], probes=probes, record=ledger.write)
    ):
        for line in report.lines(event):
            click.echo(line)
        if isinstance(event, Finished):
            code = event.exit_code
    return code
