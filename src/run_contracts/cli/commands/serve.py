"""``run-contracts serve``: the reference server, for clients and for trying checks."""

from __future__ import annotations

from typing import Any

import click

from run_contracts.cli.completion import degradation_ids, served_fault_ids
from run_contracts.cli.given_once import OnceCommand
from run_contracts.errors import UsageError


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts serve
  run-contracts serve --port 8001 --speed 100
  run-contracts serve --fault RUN-LIST-005
  run-contracts serve --degrade no-cancelRun --degrade no-streams
  run-contracts serve --play session.har --speed 10
""",
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
    shell_complete=served_fault_ids,
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
@click.option(
    "--play",
    "recordings",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="Answer as the server of this recording did, instead; repeatable.",
)
def command(host: str, port: int, recordings: tuple[str, ...], **options: Any) -> None:
    """Serve the reference server: both editions, in memory, right unless told otherwise.

    The edition of each request is the one its OpenAI-Beta header names. Files, vector stores and
    models need none. Azure's clients find the same below /openai, where the api-version in the
    query names the edition, and below /openai/v1.

    With --play it answers what a recording has, in its order, to any key: each play with ids of
    its own, streams in the time that they took. What was not recorded is refused, with what was
    expected.
    """
    from run_contracts.server import ServerOptions, serve  # noqa: PLC0415 - heavy

    if recordings:
        _play(recordings, host, port, options)
        return
    serve(ServerOptions(**options), host=host, port=port, announce=_announce)


def _announce(greeting: str) -> None:
    """Print where the server is, and what it can be asked."""
    from run_contracts.server.app.unrouted import compact_routes  # noqa: PLC0415 - heavy

    click.echo(greeting)
    for line in compact_routes():
        click.echo(f"  {line}")
    click.echo("GET the URL for their paths; as Azure's they lie below /openai and /openai/v1, too")


def _play(recordings: tuple[str, ...], host: str, port: int, options: dict[str, Any]) -> None:
    """Play recordings until a signal stops it."""
    from run_contracts.recordings.playing.playable import played_recording  # noqa: PLC0415 - heavy
    from run_contracts.recordings.playing.player import Player  # noqa: PLC0415 - heavy
    from run_contracts.server.app.hosting import host_until_stopped  # noqa: PLC0415 - heavy

    if options["faults"] or options["degradations"]:
        raise UsageError("a recording is played as it is; leave out --fault and --degrade")
    recording = played_recording(recordings)
    player = Player(recording, seed=options["seed"], speed=options["speed"])

    def announce(url: str) -> None:
        click.echo(f"plays {recording} at {url}, any key")

    host_until_stopped(player, host=host, port=port, announce=announce, adds_headers=False)
