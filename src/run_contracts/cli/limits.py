"""The options that bound what a check sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from run_contracts.client.budget import Budget


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a budget to a command."""
    seconds = click.FloatRange(min=0, min_open=True)
    for name, kind, what in (
        ("seconds", seconds, "Stop after so many seconds."),
        ("runs", click.IntRange(1), "Create so many runs at most."),
        ("requests", click.IntRange(1), "Send so many requests at most; deletions are free."),
    ):
        command = click.option(f"--max-{name}", type=kind, metavar="N", help=what)(command)
    return command


def budget(chosen: dict[str, Any]) -> Budget:
    """Take the options of `options` out of what was chosen, as a budget."""
    return Budget(**{one: chosen.pop(f"max_{one}") for one in ("requests", "runs", "seconds")})
