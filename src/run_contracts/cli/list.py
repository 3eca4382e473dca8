"""``run-contracts list``: the requirements, or the faults of the reference server."""

from __future__ import annotations

import click

from run_contracts.contract.requirements import EDITIONS, register

EXAMPLES = """\b
Examples:
  run-contracts list
  run-contracts list --edition v1
  run-contracts list --faults
"""


@click.command(epilog=EXAMPLES)
@click.option("--edition", type=click.Choice(EDITIONS), default="v2", show_default=True)
@click.option("--faults", is_flag=True, help="Faults that serve can have, instead.")
def command(edition: str, *, faults: bool) -> None:
    """List every requirement of an edition: id, level and sentence.

    With --faults, every fault that the reference server can have in it: id and sentence.
    """
    known = register(edition)
    if not faults:
        for one in known.values():
            click.echo(f"{one.id:<15} {one.level:<6} {one.sentence}")
        return
    from run_contracts.server.faults import FAULTS  # noqa: PLC0415 - heavy

    for fault in FAULTS.values():
        if fault.requirement in known.by_id:
            click.echo(f"{fault.id:<16} {fault.sentence}")
