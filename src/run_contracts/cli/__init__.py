"""The command line: ``run-contracts check | report | compare | validate | ...``."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version

import click

from run_contracts.errors import RunContractsError, TargetError, UsageError
from run_contracts.events import ExitCode


class _Lazy(click.Group):
    """A group whose commands are imported when they are used: ``--help`` stays quick."""

    homes = {  # noqa: RUF012 - a constant of a class that click instantiates once
        "check": "Check a server against the contract; without URL the embedded reference server.",
        "compare": "Compare reports of checks: what is newly broken, what is fixed.",
        "list": "List the requirements, or the faults of the reference server.",
        "replay": "Send again the requests that showed a rule broken, or print them as a script.",
        "report": "Render the report of a check again: HTML, JUnit, GitHub, badge.",
        "sample": "Print made runs, edge cases, near misses and streams.",
        "selftest": "Try the checks on the right reference server and on each of its faults.",
        "serve": "Serve the reference server.",
        "validate": "Judge recorded JSON, JSON lines and server-sent events.",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.homes:
            return None
        from importlib import import_module  # noqa: PLC0415 - only when a command is used

        command: click.Command = import_module(f"run_contracts.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self.homes.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("run-contracts"), prog_name="run-contracts")
def cli() -> None:
    r"""Check servers of the Assistants run protocol, and judge recorded runs.

    \b
    run-contracts check                              the embedded reference server
    run-contracts check http://127.0.0.1:8000/v1     a server of yours
    run-contracts validate answers/*.json            recorded answers
    run-contracts sample --status failed             a made run

    Exit codes: 0 the contract holds, 1 it is broken, 2 wrong usage, 3 nothing was verified or
    nothing was reachable, 4 an error of run-contracts itself.
    """


def main() -> None:
    """Run the command line; every error is one line on stderr and an exit code."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        _stop("interrupted", 130)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except UsageError as error:
        _stop(str(error), ExitCode.USAGE)
    except TargetError as error:
        _stop(str(error), ExitCode.NOTHING_VERIFIED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.OUR_ERROR)
    except RunContractsError as error:
        _stop(f"{error}; this is an error of run-contracts, please report it", ExitCode.OUR_ERROR)
    except Exception as error:
        if os.environ.get("RUN_CONTRACTS_DEBUG"):
            raise
        reason = f"{type(error).__name__}: {error}"
        _stop(
            f"{reason}; this is an error of run-contracts, please report it "
            "(RUN_CONTRACTS_DEBUG=1 shows the traceback)",
            ExitCode.OUR_ERROR,
        )


def _stop(message: str, code: int) -> None:
    click.echo(f"run-contracts: {message}", err=True)
    sys.exit(code)
