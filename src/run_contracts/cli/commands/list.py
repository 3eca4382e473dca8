"""``run-contracts list``: the requirements, or what the reference server can have wrong."""

from __future__ import annotations

import click

from run_contracts.cli.given_once import OnceCommand
from run_contracts.contract.requirements import EDITIONS, client_register, register


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts list
  run-contracts list --edition v1
  run-contracts list --clients
  run-contracts list --faults
  run-contracts list --degradations
""",
)
@click.option("--edition", type=click.Choice(EDITIONS), default="v2", show_default=True)
@click.option("--clients", is_flag=True, help="Requirements on clients, instead.")
@click.option("--faults", is_flag=True, help="Faults that serve can have, instead.")
@click.option("--degradations", is_flag=True, help="Degradations that serve can have, instead.")
def command(edition: str, *, clients: bool, faults: bool, degradations: bool) -> None:
    """List every requirement of an edition: id, level and sentence.

    They are those on servers, or with --clients those on who asks servers. With --faults, every
    fault that the reference server can have in it, with --degradations all that it can lack or do
    badly as a whole: id and sentence.
    """
    if degradations:
        from run_contracts.server.degradations import DEGRADATIONS  # noqa: PLC0415 - heavy

        for degradation in DEGRADATIONS.values():
            click.echo(f"{degradation.id:<26} {degradation.sentence}")
        return
    known = client_register(edition) if clients else register(edition)
    if clients or not faults:
        width = max(map(len, known))
        for rule in known.values():
            click.echo(f"{rule.id:<{width}} {rule.level:<6} {rule.sentence}")
        return
    from run_contracts.server.faults import SERVED_FAULTS  # noqa: PLC0415 - heavy

    for fault in SERVED_FAULTS.values():
        if fault.requirement in known.by_id:
            click.echo(f"{fault.id:<16} {fault.sentence}")
