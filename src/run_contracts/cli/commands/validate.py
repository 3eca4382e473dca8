"""``run-contracts validate``: judge recorded traffic without sending anything."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from run_contracts.cli import judging_options
from run_contracts.cli.file_progress import FileProgress
from run_contracts.cli.given_once import OnceCommand

if TYPE_CHECKING:
    from run_contracts.recordings.judging.findings import Said
    from run_contracts.recordings.judging.jobs import Answer
    from run_contracts.recordings.judging.judging_workers import Workers
    from run_contracts.recordings.judging.tally import Tally, Total


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts validate run.json
  run-contracts validate tests/cassettes session.har traffic.jsonl
  run-contracts validate --dialect openai-2023-11 'old/*.json'
  run-contracts validate --field url=req.target --field response_body=out log.jsonl
  run-contracts validate --judge client session.har
  kubectl logs gateway | run-contracts validate -
  run-contracts validate --scheduler tcp://10.0.0.5:8786 's3://bucket/2026/*.jsonl'
""",
)
@click.argument("files", nargs=-1, required=True, type=click.Path())
@judging_options.options
@click.option("--kind", metavar="KIND", help="What answers are whose request was not kept.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=PATH",
    help="Where records have a part of an exchange; repeatable.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="A dask scheduler, tcp://host:8786, whose workers judge; needs the extra dask.",
)
def command(
    files: tuple[str, ...],
    scheduler: str | None,
    kind: str | None,
    fields: tuple[str, ...],
    **options: Any,
) -> None:
    """Judge recorded traffic: what people have, recognised by content.

    HAR, cassettes of VCR, nock, WireMock, Mockoon, Postman, mitmproxy, the Azure test proxy,
    OpenTelemetry, Langfuse, logs in JSON lines, curl -i, our own reports; runs and other answers in
    JSON, one or many, and streams of events. A folder means what is in it, - the standard input.
    With requests all of it is judged as in a check, and with --judge what the client asked. Edition
    and dialect are found out, and told.
    """
    from run_contracts.recordings.expanding import expanded  # noqa: PLC0415
    from run_contracts.recordings.formats.exchange_records import PartNames  # noqa: PLC0415
    from run_contracts.recordings.judging.file_verdicts import FileVerdicts  # noqa: PLC0415
    from run_contracts.recordings.judging.tally import MOST_SAID, Total  # noqa: PLC0415

    asked = judging_options.take(options, kind=kind)
    names = replace(PartNames.of(fields), are_answers=kind is not None)
    total = Total()
    with closing(_workers(scheduler)) as workers, FileProgress() as progress:
        verdicts = FileVerdicts(workers, asked, names, MOST_SAID)
        for file, answers in verdicts.of(expanded(files)):
            total.add(_judge(file.file, answers, total, progress), is_named=file.is_named)
    for line in total.lines():
        click.echo(line)
    sys.exit(total.code)


def _workers(scheduler: str | None) -> Workers:
    """Return who judges: this process and some beside it, or a cluster as long as it is there."""
    from run_contracts.recordings.judging.in_processes import (  # noqa: PLC0415 - loads what judges
        HereFirst,
        Processes,
    )

    if scheduler is None:
        return HereFirst()
    from run_contracts.recordings.judging.judging_workers import WithSpare  # noqa: PLC0415
    from run_contracts.recordings.judging.on_a_cluster import Cluster  # noqa: PLC0415

    return WithSpare(Cluster(scheduler), Processes, _say_gone)


def _say_gone(reason: str) -> None:
    click.echo(f"run-contracts: {reason}; what is left is judged on this machine", err=True)


def _judge(file: str, answers: Iterable[Answer], total: Total, progress: FileProgress) -> Tally:
    """Print what is broken in a file as it is judged, and return what it amounts to."""
    from run_contracts.recordings.judging.standings import Standing  # noqa: PLC0415
    from run_contracts.recordings.judging.tally import Tally  # noqa: PLC0415

    tally, refused = Tally(file, total.said), ""
    for answer in answers:
        for verdict in answer.verdicts:
            said = tally.add(verdict)
            if said:
                with progress.paused():
                    _print(said)
            progress.on_part(file, tally)
        refused = refused or answer.refused
    with progress.paused():
        _print(tally.ending())
        if refused:
            click.echo(refused, err=True)
            tally.answers[Standing.UNREADABLE] += 1
        elif not tally.answers:
            click.echo(f"{tally.name}: empty, nothing to judge", err=True)
    return tally


def _print(said: Iterable[Said]) -> None:
    """Print findings, and to the standard error why something is not judged."""
    for one in said:
        click.echo(one.text, err=not one.requirement)
