"""``run-contracts validate``: judge recorded answers without sending anything."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from run_contracts.cli.completion import dialects
from run_contracts.contract.loading import READINGS, Contract, load
from run_contracts.contract.requirements import EDITIONS, Level
from run_contracts.errors import UsageError
from run_contracts.events import ExitCode
from run_contracts.traffic.exchange import Exchange


@click.command(
    epilog="""\b
Examples:
  run-contracts validate run.json
  run-contracts validate --edition v1 --dialect openai-2023-11 old/*.json
  run-contracts validate stream.sse runs.jsonl
"""
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--edition", type=click.Choice(EDITIONS), default="v2", show_default=True)
@click.option("--reading", type=click.Choice(READINGS), default="wire", show_default=True)
@click.option(
    "--dialect",
    metavar="NAME",
    shell_complete=dialects,
    help="A named older or foreign form of the protocol.",
)
def command(files: tuple[Path, ...], edition: str, reading: str, dialect: str | None) -> None:
    """Judge recorded answers: JSON, JSON lines (one answer a line) and server-sent events.

    What an answer is it says itself, by `object` or `error`.
    """
    contract = load(edition, reading=reading, dialect=dialect)  # type: ignore[arg-type]  # a Choice
    codes = [_judge(path, contract) for path in files]
    click.echo(_summary(codes))
    sys.exit(_worst(codes))


def _judge(path: Path, contract: Contract) -> ExitCode:
    """Judge one file, print what is broken, and return what it amounts to."""
    from run_contracts.traffic.recordings import read  # noqa: PLC0415 - reads only when asked

    try:
        exchanges = read(path, edition=contract.edition)
    except UsageError as error:
        click.echo(str(error), err=True)
        return ExitCode.USAGE
    if not exchanges:
        click.echo(f"{path}: empty, nothing to judge", err=True)
        return ExitCode.NOTHING_VERIFIED
    codes = [_judge_exchange(exchange, contract) for exchange in exchanges]
    return ExitCode(_worst(codes))


def _judge_exchange(exchange: Exchange, contract: Contract) -> ExitCode:
    """Judge one answer; a broken MUST is red, a broken SHOULD is only printed."""
    from run_contracts.checks import outcomes  # noqa: PLC0415
    from run_contracts.traffic.evidence import Evidence  # noqa: PLC0415

    if exchange.unreadable:
        click.echo(f"{exchange.source}: not judged: {exchange.unreadable}", err=True)
        return ExitCode.NOTHING_VERIFIED
    evidence = Evidence(contract=contract, exchanges=(exchange,))
    decided = list(outcomes(evidence))
    broken = [outcome.violation for outcome in decided if outcome.violation is not None]
    for violation in broken:
        click.echo(f"{exchange.source}: {violation}")
    if any(violation.level is Level.MUST for violation in broken):
        return ExitCode.BROKEN
    if all(outcome.requirement.startswith("RUN-BODY-") for outcome in decided):
        click.echo(f"{exchange.source}: not judged: {_unknown(exchange)}", err=True)
        return ExitCode.NOTHING_VERIFIED
    return ExitCode.HOLDS


def _unknown(exchange: Exchange) -> str:
    """Return why a JSON value could not be judged."""
    value = exchange.answered
    if exchange.is_stream:
        return "it holds no event"
    if not isinstance(value, dict):
        return f"it is a JSON {_json_type(value)}, not an object"
    name = value.get("object")
    return (
        f"its object is {name!r}, which the contract does not know"
        if name
        else ("it does not say what it is: it has neither object nor error")
    )


def _json_type(value: object) -> str:
    names = {list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")


def _worst(codes: list[ExitCode]) -> int:
    """Return the code that outweighs the others: a broken contract, then usage, then nothing."""
    order = (ExitCode.BROKEN, ExitCode.USAGE, ExitCode.NOTHING_VERIFIED)
    return next((code for code in order if code in codes), ExitCode.HOLDS)


def _summary(codes: list[ExitCode]) -> str:
    words = {
        ExitCode.HOLDS: "hold",
        ExitCode.BROKEN: "broken",
        ExitCode.NOTHING_VERIFIED: "not judged",
        ExitCode.USAGE: "not read",
    }
    counts = [f"{codes.count(code)} {word}" for code, word in words.items() if code in codes]
    files = f"{len(codes)} file{'' if len(codes) == 1 else 's'}"
    return f"{files}: {', '.join(counts)}"
