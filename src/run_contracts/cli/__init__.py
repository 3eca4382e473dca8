"""The command line: ``run-contracts check | report | compare | validate | ...``."""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from traceback import format_exc
from typing import Any

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from run_contracts.cli.configuration import defaults, name_variables
from run_contracts.client.given_secrets import GivenSecrets
from run_contracts.errors import RunContractsError, TargetError, UsageError
from run_contracts.events import ExitCode
from run_contracts.extras import named_extras
from run_contracts.filesystem.single_line import line, name_of

INTERRUPTED, NOBODY_READS = 130, 141
"""Exit codes as shells have them for a process that SIGINT, or SIGPIPE, ended."""
CHECKING = frozenset(
    {"check", "cleanup", "client", "explain", "rate", "replay", "selftest", "watch"}
)
"""Commands that may serve, send and report: who lacks a part of it is sent to all at once."""


class _NobodyReads(Exception):
    """The reader of the standard output has gone away."""


class _LazyGroup(click.Group):
    """A group whose commands are imported when they are used: ``--help`` stays quick."""

    summaries = {  # noqa: RUF012 - a constant of a class that click instantiates once
        "baseline": "Write and try the list of known failures.",
        "check": "Check a server against the contract; without URL the embedded reference server.",
        "cleanup": "Delete what a check created and left behind.",
        "client": "Play every legal life of a run to a client, and judge what it does.",
        "compare": "Compare reports of checks: what is newly broken, what is fixed.",
        "explain": "Explain requirements, each with an example and a server that breaks it.",
        "list": "List the requirements, or the faults of the reference server.",
        "openapi": "Print the OpenAPI document of an edition as one file, for other tools.",
        "rate": "Say how good any checker of servers is: what it catches, and what it calls wrong.",
        "replay": "Send again the requests that showed a rule broken, or print them as a script.",
        "report": "Render the report of a check again: HTML, JUnit, GitHub, badge, HAR, SARIF.",
        "sample": "Print made runs, edge cases, near misses and streams.",
        "selftest": "Try the checks on the right reference server and on each of its faults.",
        "serve": "Serve the reference server.",
        "validate": "Judge recorded JSON, JSON lines and server-sent events.",
        "watch": "Forward requests to a server, and judge what passes.",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.summaries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.summaries:
            return None
        from importlib import import_module  # noqa: PLC0415 - only when a command is used

        command: click.Command = import_module(f"run_contracts.cli.commands.{cmd_name}").command
        name_variables(command, cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; click would end it with 1, a broken contract, when nobody reads on."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise _NobodyReads from None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands without importing any, and the options of the group."""
        offered = [
            CompletionItem(name, help=text)
            for name, text in self.summaries.items()
            if name.startswith(incomplete)
        ]
        return [*offered, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([*self.summaries.items()])


@click.group(
    cls=_LazyGroup,
    epilog="""\b
Examples:
  run-contracts check                              the embedded reference server
  run-contracts check http://127.0.0.1:8000/v1     a server of yours
  run-contracts explain RUN-LIFE-007               a requirement
  run-contracts validate answers/*.json            recorded answers
  run-contracts sample --status failed             a made run
""",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="run-contracts", prog_name="run-contracts")
@click.pass_context
def cli(context: click.Context) -> None:
    """Check servers of the Assistants run protocol, and judge recorded runs.

    Exit codes: 0 the contract holds, 1 it is broken, 2 wrong usage, 3 nothing was verified or
    nothing was reachable, 4 an error of run-contracts itself, 5 stopped early by a budget, or by
    a server that asks for quiet, with nothing broken until then; 130 interrupted by Ctrl-C, 143 by
    SIGTERM.

    Every option can be given elsewhere, too: --profile of check in pyproject.toml as profile in
    [tool.run-contracts.check], or as $RUN_CONTRACTS_CHECK_PROFILE. The command line wins over the
    environment, that over the file. A name without a command is for all commands that have it.
    """
    assert isinstance(context.command, click.Group)  # noqa: S101 - it is this very group
    context.default_map = defaults(context.command, context, Path.cwd())


def main() -> None:
    """Run the command line; every error is one line on stderr and an exit code.

    What was given to be let in with is hidden in all of them, and in warnings.
    """
    given = GivenSecrets()
    _print_whatever_comes()
    try:
        with warnings.catch_warnings():
            warnings.showwarning = partial(_warn, given)
            with named_extras(extra=_extra_of_command(sys.argv[1:2])):
                cli(standalone_mode=False, obj=given)
    except click.exceptions.Abort:
        _stop("interrupted", INTERRUPTED)
    except click.ClickException as error:
        shown = io.StringIO()
        _with_source(error).show(file=shown)
        click.echo(given.hidden(shown.getvalue()), err=True, nl=False)
        sys.exit(ExitCode.USAGE)
    except _NobodyReads:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(NOBODY_READS)
    except RunContractsError as error:
        ending = exit_code_of(type(error))
        ours = f"; {OUR_ERROR}" if ending is ExitCode.OUR_ERROR else ""
        _stop(f"{given.hidden(str(error))}{ours}", ending)
    except Exception as error:
        if os.environ.get("RUN_CONTRACTS_DEBUG"):
            click.echo(given.hidden(format_exc()), err=True, nl=False)
            sys.exit(ExitCode.BROKEN)
        reason, code = _unexpected(error)
        _stop(given.hidden(reason), code)


def exit_code_of(kind: type[RunContractsError]) -> ExitCode:
    """Return the exit code of a command that an error of this kind ends.

    >>> exit_code_of(UsageError)
    <ExitCode.USAGE: 2>
    """
    return next(code for ended_by, code in ENDED_BY if issubclass(kind, ended_by))


ENDED_BY: tuple[tuple[type[RunContractsError], ExitCode], ...] = (
    (UsageError, ExitCode.USAGE),
    (TargetError, ExitCode.NOTHING_VERIFIED),
    (RunContractsError, ExitCode.OUR_ERROR),
)
"""What a command ends with by the kind of the error; the first that fits."""
OUR_ERROR = "this is an error of run-contracts, please report it"


def _extra_of_command(named: Sequence[str]) -> str | None:
    """Return the one extra that brings all a command may need, None where its parts need others."""
    return "check" if {*named} & CHECKING else None


def _print_whatever_comes() -> None:
    """Let what a terminal's encoding has no character for be printed as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _unexpected(error: Exception) -> tuple[str, int]:
    """Return what to say of an error, and the code: the system's, or one of ours."""
    if isinstance(error, OSError):
        what = name_of(str(error.filename)) if error.filename else "cannot read or write"
        return f"{what}: {line((error.strerror or str(error)).lower())}", ExitCode.USAGE
    reason = line(f"{type(error).__name__}: {error}")
    return (
        f"{reason}; {OUR_ERROR} (RUN_CONTRACTS_DEBUG=1 shows the traceback)",
        ExitCode.OUR_ERROR,
    )


def _warn(
    given: GivenSecrets,
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    *_: object,
) -> None:
    """Print a warning as Python does, without secrets."""
    text = warnings.formatwarning(message, category, filename, lineno)
    click.echo(given.hidden(text), err=True, nl=False)


def _with_source(error: click.ClickException) -> click.ClickException:
    """Return the error; if a variable holds the wrong value, with its name: no line shows it."""
    if not isinstance(error, click.BadParameter) or error.ctx is None or error.param is None:
        return error
    if error.ctx.get_parameter_source(error.param.name or "") is not ParameterSource.ENVIRONMENT:
        return error
    used = next(name for name in error.param.envvar or () if os.environ.get(name))
    message = f"{error.message.rstrip('.')} (from ${used})."
    return click.BadParameter(message, error.ctx, error.param)


def _stop(message: str, code: int) -> None:
    with suppress(OSError):  # where a complaint goes may be full, too; the code tells
        click.echo(f"run-contracts: {message}", err=True)
    sys.exit(code)
