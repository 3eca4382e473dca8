"""``run-contracts check``: check a server, print what is broken, write reports."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import click

from run_contracts import target as targets
from run_contracts.cli import outputs, printing
from run_contracts.cli.completing import requirement_ids
from run_contracts.cli.configuring import Lines
from run_contracts.events import Event, Finished
from run_contracts.register import EDITIONS

REFERENCE_KEY = "sk-reference"
EXAMPLES = """\b
Examples:
  run-contracts check
  run-contracts check http://127.0.0.1:8000/v1 --profile smoke
  run-contracts check https://runs.example/v1 --api-key-env RUNS_KEY --report check.jsonl
  run-contracts check http://127.0.0.1:8000/v1 --only RUN-LIFE-002 --only RUN-LIST-005
  run-contracts check http://127.0.0.1:8000/v1 --format json > check.json
"""


@click.command(epilog=EXAMPLES)
@click.argument("url", required=False)
@click.option("--edition", type=click.Choice(EDITIONS), default="v2", show_default=True)
@click.option(
    "--api-key-env",
    metavar="NAME",
    default=targets.DEFAULT_KEY_NAME,
    show_default=True,
    help="Environment variable that holds the API key; its value is never shown.",
)
@click.option(
    "--header",
    "headers",
    type=Lines(),
    multiple=True,
    metavar="'Name: value'",
    help="Sent each time; repeatable. In a variable each is a line.",
)
@click.option("--assistant-id", metavar="ID", help="Use this assistant; create none.")
@click.option("--thread-id", metavar="ID", help="Use this thread; create none.")
@click.option("--model", metavar="NAME", help="Model to ask for.  [default: gpt-4o]")
@click.option(
    "--only",
    multiple=True,
    metavar="ID",
    shell_complete=requirement_ids,
    help="Check this requirement, and print what breaks it as a script; repeatable.",
)
@click.option(
    "--profile",
    type=click.Choice(targets.PROFILES),
    default="full",
    show_default=True,
    help="smoke: quick probes; full: every probe, and generated requests.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of generated requests.")
@click.option(
    "--cases",
    type=click.IntRange(1),
    default=targets.DEFAULT_CASES,
    show_default=True,
    help="Requests made for each endpoint in each of four ways.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="FILE.jsonl",
    help="Write every event as a line of JSON; run-contracts report reads it.",
)
@outputs.options
@printing.options
def command(url: str | None, only: tuple[str, ...], report: Path | None, **options: Any) -> None:
    """Check a server's run endpoints against the contract.

    URL is the base below which /threads lies. Without it the embedded reference server is
    started on loopback, checked and stopped. A check creates assistants, threads and runs, and
    deletes the assistants and threads it created, as far as the server lets it.
    """
    report_for = printing.chosen(options, with_scripts=bool(only))
    with ExitStack() as stack:
        report_file = stack.enter_context(outputs.opened(report)) if report else None
        wanted = outputs.Outputs(stack, options)
        chosen = _target(stack, url, options)
        code = _follow(chosen, only, report_for(_again(url, options)), report_file, wanted)
    sys.exit(code)


def _target(stack: ExitStack, url: str | None, options: dict[str, Any]) -> targets.Target:
    """Return the target that was asked for; start the reference server if none was."""
    if url is not None:
        return targets.target(url, **options)
    from dataclasses import replace  # noqa: PLC0415 - only for the embedded server

    from run_contracts.server import ServerOptions, running  # noqa: PLC0415 - heavy

    base = stack.enter_context(running(ServerOptions.for_checking(seed=options["seed"])))
    return replace(targets.target(base, **options), key=REFERENCE_KEY, key_name="REFERENCE_KEY")


def _again(url: str | None, options: dict[str, Any]) -> str:
    """Return the command that checks the same target again."""
    words = ["run-contracts", "check"] + ([url] if url else [])
    if options["edition"] != "v2":
        words += ["--edition", options["edition"]]
    if options["api_key_env"] != targets.DEFAULT_KEY_NAME:
        words += ["--api-key-env", options["api_key_env"]]
    return shlex.join(words)


def _follow(
    chosen: targets.Target,
    only: tuple[str, ...],
    told: printing.Report,
    report_file: IO[str] | None,
    wanted: outputs.Outputs,
) -> int:
    """Print each event as it happens, write the reports, and return the exit code."""
    from run_contracts.report import jsonlines  # noqa: PLC0415

    seen: list[Event] = []
    code = 0
    for event in _events(chosen, only):
        seen.append(event)
        if report_file is not None:
            jsonlines.write(event, report_file)
        for line in told.lines(event):
            click.echo(line)
        if isinstance(event, Finished):
            code = event.exit_code
    wanted.write(seen)
    return code


def _events(chosen: targets.Target, only: tuple[str, ...]) -> Iterator[Event]:
    from run_contracts.runner import check  # noqa: PLC0415 - loads what sends and judges

    return check(chosen, only=only or None)
