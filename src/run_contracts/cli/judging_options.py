"""Options that say by what traffic is judged which somebody else caused, and the asking for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import click

from run_contracts.cli.completion import dialects
from run_contracts.contract.loading import READINGS, load
from run_contracts.contract.requirements import EDITIONS

if TYPE_CHECKING:
    from run_contracts.recordings.judging.asked_for import AskedFor
    from run_contracts.types import DialectName

AUTO, NONE = "auto", "none"
SIDES = ("server", "client", "both")


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Add `edition`, `reading`, `dialect`, `judges` and `alone` to a command."""
    edition = click.option(
        "--edition", type=click.Choice(EDITIONS), help="The edition, if it is not to be found out."
    )
    reading = click.option(
        "--reading", type=click.Choice(READINGS), default="wire", show_default=True
    )
    dialect = click.option(
        "--dialect",
        metavar="NAME",
        default=AUTO,
        show_default=True,
        shell_complete=dialects,
        help="A named older or foreign form of the protocol; none is the edition itself.",
    )
    judges = click.option(
        "--judge",
        "judges",
        type=click.Choice(SIDES),
        default="server",
        show_default=True,
        help="Whose side is judged: what is answered, what is asked, or both.",
    )
    alone = click.option(
        "--alone",
        is_flag=True,
        help="Nobody else changes these runs, threads and assistants meanwhile.",
    )
    return edition(reading(dialect(judges(alone(command)))))


def take(options: dict[str, Any], *, kind: str | None = None) -> AskedFor:
    """Take what the options of `options` say out of `options`: by what is judged.

    `kind` is what answers without a request are. Raises `UsageError` for names that nothing has.
    """
    from run_contracts.recordings.judging.asked_for import AskedFor  # noqa: PLC0415 - heavy

    edition, reading, dialect, judges, alone = (
        options.pop(name) for name in ("edition", "reading", "dialect", "judges", "alone")
    )
    name = cast("DialectName | None", None if dialect in (AUTO, NONE) else dialect)
    asked = AskedFor.named(
        edition,
        name,
        reading=reading,
        kind=kind,
        is_auto=dialect == AUTO,
        judges=judges,
        is_alone=alone,
    )
    contract = load(asked.edition or EDITIONS[-1], reading=reading, dialect=name)
    if kind is not None:
        contract.schema(kind)
    return asked
