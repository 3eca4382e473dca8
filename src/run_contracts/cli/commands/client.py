"""``run-contracts client``: play every legal life to a client, and judge what it does."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from run_contracts.cli import outputs, printing, shared_options
from run_contracts.cli.completion import client_requirement_ids, life_ids
from run_contracts.cli.event_loop import code_beside, follow
from run_contracts.cli.given_once import OnceCommand
from run_contracts.cli.progress import Progress
from run_contracts.conduct.client_command import DEFAULT_JOBS, DEFAULT_TIME_LIMIT


@click.command(
    cls=OnceCommand,
    context_settings={"ignore_unknown_options": True},
    epilog="""\b
Examples:
  run-contracts client -- python my_agent.py {url} {key}
  run-contracts client -- node agent.mjs
  run-contracts client --life incomplete -- python my_agent.py {url} {key}
  run-contracts client --html client.html --junit client.xml -- ./agent {url} {key}
  run-contracts client --list
""",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND...")
@click.option(
    "--life",
    "lives",
    multiple=True,
    metavar="ID",
    shell_complete=life_ids,
    help="Play this life alone; repeatable. --list names all.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="ID",
    shell_complete=client_requirement_ids,
    help="Tell of this requirement alone; repeatable.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(1, 3600),
    default=DEFAULT_TIME_LIMIT,
    show_default=True,
    help="Seconds that each life may take.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=DEFAULT_JOBS,
    show_default=True,
    help="Lives at once.",
)
@shared_options.strict
@click.option("--list", "lists", is_flag=True, help="Print the lives and end.")
@shared_options.report
@outputs.options
@printing.options
def command(
    arguments: tuple[str, ...], *, lists: bool, strict: bool, report: Path | None, **options: Any
) -> None:
    """Play every legal life of a run to a client, in any language, and judge what it does.

    COMMAND makes one run, answers what it calls, and sees it to its end. {url} and {key} in it are
    the base URL and the key of the server; they are in OPENAI_BASE_URL and OPENAI_API_KEY, too. As
    its last line it prints {"status": ..., "text": ...} or {"error": ...}, or ends with 0 if the
    run completed and with another code if not. It is run once for each life: ends, calls, odd
    forms of answers and streams, trouble that passes.

    Exit codes: 0 the contract holds, 1 the client breaks it, 2 wrong usage, 3 nothing was verified,
    4 an error of run-contracts, 130 interrupted by Ctrl-C.
    """
    from run_contracts.conduct.client_check import check_client, client_plan  # noqa: PLC0415
    from run_contracts.conduct.played_lives import PLAYED_LIVES  # noqa: PLC0415 - heavy
    from run_contracts.engine.own_errors import OwnErrors  # noqa: PLC0415
    from run_contracts.engine.policy import Policy  # noqa: PLC0415
    from run_contracts.filesystem.writing import writing  # noqa: PLC0415

    if lists:
        for played in PLAYED_LIVES.values():
            click.echo(f"{played.id:<22} {played.sentence}")
        return
    printer = printing.chosen(options, file=str(report or ""))
    ours = OwnErrors()
    with ExitStack() as stack:
        report_file = stack.enter_context(writing(report)) if report else None
        wanted = outputs.Outputs(stack, options)
        events = check_client(client_plan(arguments, **options), Policy(strict=strict))
        progress = stack.enter_context(Progress(is_wanted=False))
        code, seen = follow(events, printer, progress, report_file, ours)
        wanted.write(seen, report, ours)
    sys.exit(code_beside(code, ours))
