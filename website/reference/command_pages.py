"""The command line: a page a command, with all options, and one for the exit codes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache

import click

from run_contracts.cli import NOBODY_READS, cli
from run_contracts.cli.configuration import SECRET_OPTIONS, TABLE, options
from run_contracts.events import ExitCode
from website.reference.markdown import code, codes, fence, link, marked_up, page, prose, table
from website.reference.source import members_of

FOLDER = "cli"
PROGRAM = "run-contracts"
REWRAPPED = re.compile(r"^\x08\n", re.MULTILINE)
"""How click is told to leave a paragraph as it is."""


@cache
def commands() -> Mapping[str, click.Command]:
    """Return every command and command of a group by its words, e.g. ``baseline write``."""
    context = click.Context(cli, info_name=PROGRAM)
    found: dict[str, click.Command] = {}
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None  # noqa: S101 - it is listed
        found[name] = command
        inner = command.commands if isinstance(command, click.Group) else {}
        found |= {f"{name} {word}": one for word, one in inner.items()}
    return found


def command_pages() -> Mapping[str, str]:
    """Return the pages by path: the index, one a command, and the exit codes."""
    pages = {f"{FOLDER}/index.md": _index(), f"{FOLDER}/exit-codes.md": _exit_codes()}
    for name in commands():
        if " " not in name:
            within = [one for one in commands() if one.startswith(f"{name} ")]
            parts = [part for one in (name, *within) for part in _command(one)]
            pages[f"{FOLDER}/{name}.md"] = page(*parts)
    return pages


def _index() -> str:
    context = click.Context(cli, info_name=PROGRAM, **cli.context_settings)
    return page(
        "# Command line",
        fence("text", cli.get_usage(context)),
        prose(cli.help or ""),
        table(
            ("Command", "What it does"),
            [
                (link(f"{PROGRAM} {name}", f"{name}.md"), marked_up(text))
                for name, text in cli.summaries.items()
            ],
        ),
        "## Examples",
        fence("text", _example(cli)),
        "## Options",
        _parameters(cli, context),
    )


def _command(name: str) -> Iterator[str]:
    """Yield the parts of a command's page; those of a group stand below one another."""
    command = commands()[name]
    root = click.Context(cli, info_name=PROGRAM, **cli.context_settings)
    context = click.Context(command, info_name=name, parent=root)
    level = "#" if " " not in name else "##"
    yield f"{level} {PROGRAM} {name}"
    yield fence("text", command.get_usage(context).removeprefix("Usage: "))
    yield prose(command.help or "")
    if command.epilog:
        yield fence("text", _example(command))
    yield _parameters(command, context)


def _example(command: click.Command) -> str:
    """Return the examples of a command, without what click reads of them."""
    text = REWRAPPED.sub("", command.epilog or "").strip()
    return inspect.cleandoc(text.removeprefix("Examples:"))


def _parameters(command: click.Command, context: click.Context) -> str:
    """Return a table of the options of a command: what each takes, and where else it is given."""
    records = [(one, one.get_help_record(context)) for one in command.get_params(context)]
    known = {id(option): key for key, option in options(command).items()}
    rows = [
        (code(record[0]), marked_up(record[1]), _elsewhere(one, known.get(id(one))))
        for one, record in records
        if record is not None and isinstance(one, click.Option)
    ]
    return table(("Option", "What it is", "Variable, and key in a file"), rows)


def _elsewhere(option: click.Option, key: str | None) -> str:
    """Return by which variables and which key an option can be given, too."""
    named = option.envvar if isinstance(option.envvar, list) else []
    if key is None or not named:
        return ""
    is_secret = key in SECRET_OPTIONS
    return codes(named if is_secret else [*named, key]) + (" (in no file)" if is_secret else "")


def exit_codes() -> Mapping[int, tuple[str, str]]:
    """Return the name of each exit code and what it means."""
    meanings = members_of("events.results", "ExitCode")
    found = {int(code_): (code_.name, meanings[code_.name]) for code_ in ExitCode}
    return {**found, NOBODY_READS: ("", "Nobody reads the standard output any more.")}


def _exit_codes() -> str:
    return page(
        "# Exit codes",
        f"What a process of {code(PROGRAM)} says at its end. Under pytest, "
        f"{code(int(ExitCode.NOTHING_VERIFIED))} is the code of a session in which nothing was "
        "verified, and pytest's own hold besides.",
        table(
            ("Code", "Name", "What it means"),
            [
                (code(number), code(name) if name else "", marked_up(meaning))
                for number, (name, meaning) in sorted(exit_codes().items())
            ],
        ),
        f"In Python they are members of {code('run_contracts.events.ExitCode')}. Which error ends "
        f"a command with which code is said with the {link('errors', '../errors.md')}.",
        "## Configuration",
        f"Each option of a command is also a key of {code(f'[tool.{TABLE}.COMMAND]')} in the "
        f"nearest {code('pyproject.toml')}; a key of {code(f'[tool.{TABLE}]')} is for all commands "
        "that have it. The command line wins over the environment, that over the file.",
    )
