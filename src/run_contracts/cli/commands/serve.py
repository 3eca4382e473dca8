"""``run-contracts serve``: the reference server, for clients and for trying checks."""

from __future__ import annotations

from typing import Any

import click

from run_contracts.cli.completion import degradation_ids, fault_ids


@click.command(
    epilog="""\b
Examples:
  run-contracts serve
  run-contracts serve --port 8001 --speed 100
  run-contracts serve --fault RUN-LIST-005
  run-contracts serve --degrade no-cancelRun --degrade no-streams
"""
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of ids and content.")
@click.option(
    "--speed", type=float, default=1.0, show_default=True, help="Server seconds in a real second."
)
@click.option("--api-key", default="sk-reference", show_default=True, help="The key to accept.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="ID",
    shell_complete=fault_ids,
    help="Break this requirement; repeatable.",
)
@click.option(
    "--degrade",
    "degradations",
    multiple=True,
    metavar="ID",
    shell_complete=degradation_ids,
    help="Lack this, or do it badly, as real servers do; repeatable.",
)
def command(host: str, port: int, **options: Any) -> None:
    """Serve the reference server: both editions, in memory, right unless told otherwise.

    The edition of each request is the one its OpenAI-Beta header names.
    """
    from run_contracts.server import ServerOptions, serve  # noqa: PLC0415 - heavy

    serve(ServerOptions(**options), host=host, port=port, announce=click.echo)
