"""``run-contracts list``: the requirements, or what the reference server can have wrong."""

from __future__ import annotations

import click

from run_contracts.contract.requirements import EDITIONS, register


@click.command(
    epilog="""\b
Examples:
  run-contracts list
  run-contracts list --edition v1
  run-contracts list --faults
  run-contracts list --degradations
"""
)
@click.option("--edition", type=click.Choice(EDITIONS), default="v2", show_default=True)
@click.option("--faults", is_flag=True, help="Faults that serve can have, instead.")
@click.option("--degradations", is_flag=True, help="Degradations that serve can have, instead.")
def command(edition: str, *, faults: bool, degradations: bool) -> None:
    """List every requirement of an edition: id, level and sentence.

    With --faults, every fault that the reference server can have in it, with --degradations all
    that it can lack or do badly as a whole: id and sentence.
    """
    if degradations:
        from run_contracts.server.degradations import DEGRADATIONS  # noqa: PLC0415 - heavy

        for degradation in DEGRADATIONS.values():
            click.echo(f"{degradation.id:<26} {degradation.sentence}")
        return
    known = register(edition)
    if not faults:
        for rule in known.values():
            click.echo(f"{rule.id:<15} {rule.level:<6} {rule.sentence}")
        return
    from run_contracts.server.faults import FAULTS  # noqa: PLC0415 - heavy

    for fault in FAULTS.values():
        if fault.requirement in known.by_id:
            click.echo(f"{fault.id:<16} {fault.sentence}")
