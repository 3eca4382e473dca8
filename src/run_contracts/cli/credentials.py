"""What a command that sends needs to be let in: a key, and headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from run_contracts.cli.configuration import Lines
from run_contracts.client import target as targets


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options `api_key_env` and `headers` to a command."""
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
    return key(header(command))
