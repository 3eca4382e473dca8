"""``run-contracts watch``: a reverse proxy that judges what passes, and asks nothing itself."""

from __future__ import annotations

import gc
import logging
import re
import sys
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from run_contracts.cli import judging_options, outputs, printing, shared_options
from run_contracts.cli.event_loop import code_beside, follow
from run_contracts.cli.given_once import OnceCommand
from run_contracts.cli.progress import Progress
from run_contracts.errors import UsageError

if TYPE_CHECKING:
    from run_contracts.watching.forwarding import Upstream
    from run_contracts.watching.live_watch import LiveWatch

_PLACE = re.compile(r"(?:(\[[0-9A-Fa-f:.]+\]|[\w.-]+):)?(\d{1,5})")
LAST_PORT = 65_535
DRAINED_FOR = 5
"""Seconds that requests under way get at the end."""
KEPT_FOR = 75
"""Seconds an idle connection of a client stays: longer than clients keep theirs."""
SWITCH_SECONDS = 0.0005
"""Seconds after which the thread that forwards gets its turn, whatever else is being done."""


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts watch --upstream http://127.0.0.1:8000/v1
  run-contracts watch --upstream https://api.example.com/v1 --listen 127.0.0.1:8080
  run-contracts watch --upstream http://127.0.0.1:8000 --judge both --html traffic.html
""",
)
@click.option("--upstream", required=True, metavar="URL", help="Forward to this server.")
@click.option(
    "--listen",
    default="127.0.0.1:0",
    show_default=True,
    metavar="HOST:PORT",
    help="Listen here; port 0 takes a free one, and prints it.",
)
@judging_options.options
@shared_options.strict
@shared_options.report
@outputs.options
@printing.options
def command(
    upstream: str, listen: str, *, strict: bool, report: Path | None, **options: Any
) -> None:
    """Forward requests to a server, and judge what passes: not one request is added.

    Clients use the URL that is printed instead of the server's. Bytes go on as they come, streams,
    too; the judge is a process of its own, and if it fails, traffic does not. What is broken is
    printed when it is seen; GET /__run_contracts shows the page until now, /__run_contracts.json
    the numbers, to this machine alone. Ctrl-C or SIGTERM ends it, with the summary of a check.

    Exit codes: 0 the contract holds in what passed, 1 it is broken, 2 wrong usage, 3 nothing was
    verified, 4 an error of run-contracts.
    """
    from run_contracts.engine.own_errors import OwnErrors  # noqa: PLC0415 - heavy
    from run_contracts.engine.policy import Policy  # noqa: PLC0415
    from run_contracts.filesystem.writing import writing  # noqa: PLC0415
    from run_contracts.watching.forwarding import Upstream  # noqa: PLC0415
    from run_contracts.watching.live_watch import LiveWatch  # noqa: PLC0415
    from run_contracts.watching.own_place import is_own_place  # noqa: PLC0415

    asked = judging_options.take(options)
    server, place = Upstream.at(upstream), _place(listen)
    if is_own_place(server, *place):
        raise UsageError("--upstream is where --listen is: name the server that answers")
    is_quiet = options["quiet"] or options["form"] == "json"
    printer = printing.chosen(options, file=str(report or ""))
    ours = OwnErrors()
    with ExitStack() as stack:
        report_file = stack.enter_context(writing(report)) if report else None
        wanted = outputs.Outputs(stack, options)
        watch = LiveWatch(server.url, asked, policy=Policy(strict=strict))
        _forward(server, place, watch, is_quiet=is_quiet)
        progress = stack.enter_context(Progress(is_wanted=False))
        code, seen = follow(watch.close(), printer, progress, report_file, ours)
        wanted.write(seen, report, ours)
    sys.exit(code_beside(code, ours))


def _forward(server: Upstream, place: tuple[str, int], watch: LiveWatch, *, is_quiet: bool) -> None:
    """Forward until a signal comes, and let the judge come to its end."""
    from run_contracts.cli.live_view import LiveView  # noqa: PLC0415 - heavy
    from run_contracts.server.app.hosting import host_until_stopped  # noqa: PLC0415
    from run_contracts.watching.own_pages import PAGE_PATH  # noqa: PLC0415
    from run_contracts.watching.proxy import ReverseProxy, is_worth_logging  # noqa: PLC0415

    host, port = place

    def announce(url: str) -> None:
        origin = url.removesuffix("/v1")
        own = f"{origin}{server.path.decode()}"
        click.echo(
            f"watching {server.url} at {own}; the page so far: {origin}{PAGE_PATH.decode()}",
            err=is_quiet,
        )
        if not _is_loopback(host):
            click.echo(
                f"run-contracts: listens on {host}: whoever reaches this port reaches "
                f"{server.url} through it, and what they send can be read on the network",
                err=True,
            )

    # Whatever else this process does, bytes that wait to be forwarded come first.
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    logging.getLogger("uvicorn.error").addFilter(is_worth_logging)
    with LiveView(watch, is_quiet=is_quiet) as view:
        watch.on_finding = view.on_finding
        host_until_stopped(
            ReverseProxy(server, watch),
            host=host,
            port=port,
            announce=announce,
            adds_headers=False,
            drains=DRAINED_FOR,
            keeps=KEPT_FOR,
        )
        watch.close()


def _place(text: str) -> tuple[str, int]:
    """Return host and port; raise `UsageError` for what is none.

    >>> _place("127.0.0.1:8080"), _place("[::1]:0"), _place("8080")
    (('127.0.0.1', 8080), ('::1', 0), ('127.0.0.1', 8080))
    """
    matched = _PLACE.fullmatch(text)
    if matched is None or int(matched[2]) > LAST_PORT:
        raise UsageError("--listen is no place to listen at; give one like 127.0.0.1:8080")
    return (matched[1] or "127.0.0.1").strip("[]"), int(matched[2])


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
