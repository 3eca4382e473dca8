"""``run-contracts sample``: made runs, edge cases, near misses and streams, for any language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import click

from run_contracts.cli.completion import edge_names, requirement_ids, statuses
from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UsageError
from run_contracts.making import NearMiss, edge_case, edge_cases, near_misses
from run_contracts.making.lives.stream_events import as_sse

if TYPE_CHECKING:
    from run_contracts.types import Edition, RunStatus, StreamEnding


@click.command(
    epilog="""\b
Examples:
  run-contracts sample --status requires_action --seed 7
  run-contracts sample -n 100 --format jsonl > runs.jsonl
  run-contracts sample --status cancelled --format sse
  run-contracts sample --edges
  run-contracts sample --edge metadata-16-pairs
  run-contracts sample --breaks RUN-USAGE-001
"""
)
@click.option(
    "--status",
    metavar="STATUS",
    shell_complete=statuses,
    help="Make runs in this status; any if left out.",
)
@click.option("--edition", type=click.Choice(EDITIONS), default="v2", show_default=True)
@click.option("--edge", metavar="NAME", shell_complete=edge_names, help="Print this edge case.")
@click.option("--edges", is_flag=True, help="List the edge cases, each with what it is.")
@click.option(
    "--breaks",
    metavar="ID",
    shell_complete=requirement_ids,
    help="Print values that break this requirement alone.",
)
@click.option("-n", "count", type=click.IntRange(min=0), metavar="N", help="How many; else one.")
@click.option("--seed", type=int, help="The same seed prints the same; chance if left out.")
@click.option("--locale", default="en_US", show_default=True, help="Locale of the texts.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("json", "jsonl", "sse")),
    default="json",
    show_default=True,
    help="jsonl: one value a line; sse: the stream of a run that ends in the status.",
)
def command(  # noqa: PLR0913 - the options of a sample
    *,
    status: str | None,
    edition: Edition,
    edge: str | None,
    edges: bool,
    breaks: str | None,
    count: int | None,
    seed: int | None,
    locale: str,
    form: str,
) -> None:
    """Print made runs: legal ones, named edge cases, or near misses that break one requirement.

    What is wrong with a near miss is told on the standard error, its text on the standard output.
    """
    if sum(map(bool, (edge, edges, breaks))) > 1:
        raise UsageError("--edge, --edges and --breaks exclude one another; give one of them")
    if status is not None and (edge or edges or breaks):
        raise UsageError("--status goes with made runs only, not with --edge, --edges or --breaks")
    if edges:
        for case in edge_cases(edition):
            click.echo(f"{case.name:<58} {case.what}")
    elif breaks:
        _print_misses(near_misses(breaks, edition=edition)[: count or 1])
    elif edge:
        _print([edge_case(edge, edition).run] * (1 if count is None else count), form)
    else:
        _made(status, edition, count, seed, locale, form)


def _made(  # noqa: PLR0913, PLR0917 - what is made, and how it is printed
    status: str | None,
    edition: Edition,
    count: int | None,
    seed: int | None,
    locale: str,
    form: str,
) -> None:
    """Print made runs, or streams of them."""
    from run_contracts.making.factory import factory  # noqa: PLC0415 - imports faker's words

    made = factory(edition, seed=seed, locale=locale)
    wanted = 1 if count is None else count
    if form == "sse":
        ending = cast("StreamEnding", status or COMPLETED)
        for _ in range(wanted):
            click.echo(as_sse(made.stream(ending)), nl=False)
        return
    runs = (made.run(cast("RunStatus | None", status)) for _ in range(wanted))
    _print(runs if count is not None else list(runs), form)


def _print(values: Iterator[Any] | list[Any], form: str) -> None:
    """Print values: one as it is, or several as an array; or a line each."""
    if form == "sse":
        raise UsageError("--format sse is for made runs; an edge case is one run, print it as json")
    if form == "jsonl":
        for value in values:
            click.echo(json.dumps(value))
        return
    array = list(values)
    is_single = isinstance(values, list) and len(array) == 1
    click.echo(json.dumps(array[0] if is_single else array, indent=2))


def _print_misses(misses: tuple[NearMiss, ...]) -> None:
    """Print near misses as they would be sent, and on the side what is wrong with them."""
    for miss in misses:
        click.echo(f"{miss.name} {miss.kind} at {miss.pointer or '/'}: {miss.sentence}", err=True)
        click.echo(miss.text, nl=not miss.text.endswith("\n"))
