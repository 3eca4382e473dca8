"""Options that several commands share: what lets a check in, and what bounds what it sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from run_contracts.cli.configuration import Lines
from run_contracts.client import target as targets
from run_contracts.client.budget import USUAL_SECONDS, Budget


def credentials(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options `api_key_env`, `headers` and `insecure` to a command."""
    header = click.option(
        "--header",
        "headers",
        type=Lines(),
        multiple=True,
        metavar="'Name: value'",
        help="Sent each time; repeatable. In a variable each is a line.",
    )
    key = click.option(
        "--api-key-env",
        metavar="NAME",
        default=targets.DEFAULT_KEY_NAME,
        show_default=True,
        help="Environment variable that holds the API key; its value is never shown.",
    )
    insecure = click.option(
        "--insecure", is_flag=True, help="Send the key over plain http to another machine, too."
    )
    return key(header(insecure(command)))


def bounds(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a budget to a command."""
    seconds = click.FloatRange(min=0, min_open=True)
    about_seconds = f"Stop after so many seconds.  [default: {USUAL_SECONDS:.0f}]"
    for name, kind, description in (
        ("seconds", seconds, about_seconds),
        ("runs", click.IntRange(1), "Create so many runs at most."),
        ("requests", click.IntRange(1), "Send so many requests at most; deletions are free."),
    ):
        default = USUAL_SECONDS if name == "seconds" else None
        command = click.option(
            f"--max-{name}", type=kind, metavar="N", default=default, help=description
        )(command)
    about_rate = "Send so many requests a second at most."
    return click.option("--rate", type=seconds, metavar="N", help=about_rate)(command)


def take_budget(options: dict[str, Any]) -> Budget:
    """Take what the options of `bounds` say out of `options`, as a budget."""
    return Budget(**{name: options.pop(f"max_{name}") for name in ("requests", "runs", "seconds")})
