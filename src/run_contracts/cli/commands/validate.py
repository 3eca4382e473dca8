"""``run-contracts validate``: judge recorded answers without sending anything."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from run_contracts.cli.completion import dialects
from run_contracts.cli.file_progress import FileProgress
from run_contracts.contract.loading import READINGS, load
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UsageError
from run_contracts.events import ExitCode

if TYPE_CHECKING:
    from run_contracts.cli.tally import Tally
    from run_contracts.engine.recorded.part_verdict import ContractName, Said


@click.command(
    epilog="""\b
Examples:
  run-contracts validate run.json
  run-contracts validate --edition v1 --dialect openai-2023-11 old/*.json
  run-contracts validate stream.sse runs.jsonl
  zcat runs.jsonl.gz | run-contracts validate -
"""
)
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--edition", type=click.Choice(EDITIONS), default="v2", show_default=True)
@click.option("--reading", type=click.Choice(READINGS), default="wire", show_default=True)
@click.option(
    "--dialect",
    metavar="NAME",
    shell_complete=dialects,
    help="A named older or foreign form of the protocol.",
)
def command(files: tuple[str, ...], edition: str, reading: str, dialect: str | None) -> None:
    """Judge recorded answers: JSON, JSON lines (one answer a line) and server-sent events.

    What an answer is it says itself, by `object` or `error`. A file is read a part at a time, a
    long one by several processes; - is the standard input. Of many findings the first are printed
    and the others counted.
    """
    load(edition, reading=reading, dialect=dialect)  # type: ignore[arg-type]  # a Choice
    from run_contracts.cli.tally import counted, worst  # noqa: PLC0415 - loads what judges
    from run_contracts.engine.recorded.part_verdict import ContractName  # noqa: PLC0415

    name = ContractName(edition, reading, dialect)  # type: ignore[arg-type]  # a Choice
    codes: Counter[ExitCode] = Counter()
    printed = 0
    with FileProgress() as progress:
        for file in files:
            code, said = _judge(file, name, printed, progress)
            codes[code] += 1
            printed += said
    click.echo(f"{len(files)} file{'' if len(files) == 1 else 's'}: {counted(codes)}")
    sys.exit(worst(codes))


def _judge(
    file: str, name: ContractName, printed: int, progress: FileProgress
) -> tuple[ExitCode, int]:
    """Judge one file, print what is broken; return what it amounts to and how much was printed."""
    from run_contracts.cli.tally import Tally  # noqa: PLC0415
    from run_contracts.engine.recorded.one_answer import not_judged, own_error  # noqa: PLC0415

    tally = Tally(file, printed)
    error: UsageError | None = None
    try:
        _follow(file, name, tally, progress)
    except UsageError as refused:
        error = refused
    except (OSError, click.ClickException):
        raise
    except Exception as ours:
        if os.environ.get("RUN_CONTRACTS_DEBUG"):
            raise
        tally.answers[ExitCode.OUR_ERROR] += 1
        with progress.paused():
            click.echo(str(not_judged(tally.name, own_error(ours))), err=True)
    with progress.paused():
        _print(tally.ending())
        if error is not None:
            click.echo(str(error), err=True)
            tally.answers[ExitCode.USAGE] += 1
        elif not tally.answers:
            click.echo(f"{tally.name}: empty, nothing to judge", err=True)
    return tally.code, tally.said


def _follow(file: str, name: ContractName, tally: Tally, progress: FileProgress) -> None:
    """Print what is broken in a file as it is read."""
    from run_contracts.engine.recorded.in_processes import verdicts  # noqa: PLC0415
    from run_contracts.traffic.recordings import parts  # noqa: PLC0415

    for verdict in verdicts(parts(file), name, lambda: tally.room):
        said = tally.add(verdict)
        if said:
            with progress.paused():
                _print(said)
        progress.on_part(file, tally)


def _print(said: Iterable[Said]) -> None:
    """Print findings, and to the standard error why something is not judged."""
    for one in said:
        click.echo(one.text, err=not one.requirement)
