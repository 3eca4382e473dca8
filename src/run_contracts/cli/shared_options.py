"""Options that several commands share: what lets a check in, and what bounds what it sends."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from run_contracts.cli.completion import dialects
from run_contracts.cli.configuration import Lines
from run_contracts.client import checked_target as targets
from run_contracts.client.budget import USUAL_SECONDS, Budget
from run_contracts.client.given_secrets import GivenSecrets
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import name_of

REPORT_FILES = {
    "report": "FILE.jsonl",
    "html": "FILE.html",
    "junit": "FILE.xml",
    "badge": "FILE.svg",
    "har": "FILE.har",
    "sarif": "FILE.sarif",
}
"""What the options are called that name a report, and what is written to them."""


class ReportPath(click.Path):
    """The path of a report, one for each; a name that says another form is refused."""

    def __init__(self, option: str) -> None:
        """Take paths for the option of this name."""
        super().__init__(path_type=Path)
        self._option = option

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        forms = {Path(example).suffix: name for name, example in REPORT_FILES.items()}
        meant = forms.get(path.suffix, self._option)
        if meant != self._option:
            example = REPORT_FILES[self._option]
            self.fail(f"{path} is to be {example}; --{meant} writes what its name says", param, ctx)
        if ctx is not None:
            self._take_for_itself(path, ctx)
        return path

    def _take_for_itself(self, path: Path, context: click.Context) -> None:
        """Raise `UsageError` if another option of the command writes to this file, too."""
        if path.exists() and not path.is_file():
            return  # a pipe, or /dev/null, takes all that comes
        taken: dict[str, str] = context.meta.setdefault(f"{__name__}.files", {})
        first = taken.setdefault(os.path.realpath(path), self._option)
        if first != self._option:
            raise UsageError(
                f"--{first} and --{self._option} both write to {name_of(path)}, and the last one "
                "would be all that is left; give each a file of its own"
            )


def credentials(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `api_key_env`, `headers`, `secret_headers` and `insecure` to a command."""
    header = click.option(
        "--header",
        "headers",
        type=Lines(),
        multiple=True,
        metavar="'Name: value'",
        callback=_keep,
        help="Sent each time; repeatable. In a variable each is a line. The value is hidden if the "
        "name says auth, cookie, credential, key, password, secret, session or token.",
    )
    secret_header = click.option(
        "--secret-header",
        "secret_headers",
        type=Lines(),
        multiple=True,
        metavar="'Name: value'",
        callback=_keep,
        help="As --header, and its value is hidden whatever its name.",
    )
    key = click.option(
        "--api-key-env",
        metavar="NAME",
        default=targets.DEFAULT_KEY_NAME,
        show_default=True,
        callback=_keep,
        help="Environment variable that holds the API key; its value is never shown.",
    )
    insecure = click.option(
        "--insecure", is_flag=True, help="Send the key over plain http to another machine, too."
    )
    return key(header(secret_header(insecure(command))))


def spoken(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `edition` and `dialect` to a command: what a target is judged by."""
    edition = click.option(
        "--edition", type=click.Choice(EDITIONS), default="v2", show_default=True
    )
    dialect = click.option(
        "--dialect",
        metavar="NAME",
        shell_complete=dialects,
        help="The foreign or older form of the edition that it speaks, e.g. azure-agents.",
    )
    return edition(dialect(command))


def strict(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `strict` to a command: whether advice that is not followed counts as broken."""
    return click.option("--strict", is_flag=True, help="A broken SHOULD makes the check red, too.")(
        command
    )


def report(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `report` to a command: the file that holds every event."""
    return click.option(
        "--report",
        type=ReportPath("report"),
        metavar="FILE.jsonl",
        help="Write every event as a line of JSON; run-contracts report reads it.",
    )(command)


def base_url(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument `url` to a command: user and password may be in it."""
    return click.argument("url", required=False, callback=_keep)(command)


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Let the errors of this command hide what is secret in the value of an option."""
    given = context.find_object(GivenSecrets)
    if given is not None:
        given.add(str(parameter.name), value)
    return value


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
