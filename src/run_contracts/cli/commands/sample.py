"""``run-contracts sample``: made runs, edge cases, near misses and streams, for any language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

import click

from run_contracts.cli.completion import edge_names, kinds_made, requirement_ids, statuses
from run_contracts.cli.given_once import OnceCommand
from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UsageError
from run_contracts.making import NearMiss, edge_case, edge_cases, near_misses
from run_contracts.making.edge_cases.kinds_with_edges import HISTORY, STREAM
from run_contracts.making.lives.stream_events import as_sse

if TYPE_CHECKING:
    from run_contracts.making.factory import Factory
    from run_contracts.types import Edition, MadeKind

SSE = "sse"


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts sample --status requires_action --seed 7
  run-contracts sample -n 100 --format jsonl > runs.jsonl
  run-contracts sample --status cancelled --format sse
  run-contracts sample --kind run_list --seed 7
  run-contracts sample --edges
  run-contracts sample --edge metadata-16-pairs
  run-contracts sample --breaks RUN-USAGE-001
""",
)
@click.option(
    "--status",
    metavar="STATUS",
    shell_complete=statuses,
    help="Make runs in this status; any if left out.",
)
@click.option(
    "--kind",
    metavar="KIND",
    default="run",
    show_default=True,
    shell_complete=kinds_made,
    help="What to make or list: run_step, run_list, history, error, create_run_request, ...",
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
    type=click.Choice(("json", "jsonl", SSE)),
    default="json",
    show_default=True,
    help="jsonl: one value a line; sse: the stream of a run that ends in the status.",
)
def command(  # noqa: PLR0913 - the options of a sample
    *,
    status: str | None,
    kind: str,
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
    if breaks and kind != "run":
        raise UsageError("--kind does not go with --breaks; a requirement has its own kinds")
    if edges:
        for case in edge_cases(edition, kind=kind):
            click.echo(f"{case.name:<58} {case.what}")
    elif breaks:
        _print_misses(near_misses(breaks, edition=edition)[: count or 1])
    elif edge:
        value = edge_case(edge, edition, kind=kind).value
        _print([value] * (1 if count is None else count), form, kind)
    else:
        _made(kind, status, edition, count, seed, locale, form)


def _made(  # noqa: PLR0913, PLR0917 - what is made, and how it is printed
    kind: str,
    status: str | None,
    edition: Edition,
    count: int | None,
    seed: int | None,
    locale: str,
    form: str,
) -> None:
    """Print made values, or streams of runs."""
    from run_contracts.making.factory import factory  # noqa: PLC0415 - imports faker's words

    if form == SSE and kind == "run":
        kind = STREAM
    make = _maker(factory(edition, seed=seed, locale=locale), kind)
    values = (make(status) for _ in range(1 if count is None else count))
    _print(values if count is not None else list(values), form, kind)


def _maker(made: Factory, kind: str) -> Callable[[Any], Any]:
    """Return what makes a value of a kind, in a status if it has any."""
    of_status: Mapping[str, Callable[[Any], Any]] = {
        "run": made.run,
        "run_step": made.step,
        "run_list": lambda status: made.run_list(status=status),
        "run_step_list": lambda status: made.step_list(status=status),
        HISTORY: lambda status: made.history(status or COMPLETED),
        STREAM: lambda status: made.stream(status or COMPLETED),
    }

    def value(status: str | None) -> Any:
        if status is not None:
            raise UsageError(f"--status is not for kind {kind}; it is for {', '.join(of_status)}")
        return made.value(cast("MadeKind", kind))

    return of_status.get(kind, value)


def _print(values: Iterator[Any] | list[Any], form: str, kind: str) -> None:
    """Print values: one as it is, or several as an array; or a line each; or as streams."""
    if kind == STREAM:
        for value in values:
            click.echo(as_sse(value), nl=False)
        return
    if form == SSE:
        raise UsageError(f"--format sse is for streams, not for kind {kind}; print it as json")
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
