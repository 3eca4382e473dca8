"""Options from elsewhere: a table of pyproject.toml, and environment variables.

The command line wins over the environment, that over the file, and that over the default. Options
are named everywhere as on the command line; a name without a command is for all that have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from run_contracts.errors import UsageError
from run_contracts.filesystem.opening import exists
from run_contracts.filesystem.single_line import LONGEST_WHY, line, shortened
from run_contracts.filesystem.toml_text import read_table
from run_contracts.traffic.credentials import is_secret_name
from run_contracts.validation.found import shown, type_of

PREFIX, TABLE = "RUN_CONTRACTS", "run-contracts"
LONGEST_COMPLAINT = 1000
"""Characters that say what is wrong with a file; some name every option there is."""
SECRET_OPTIONS = {"api-key": "a key", "secret-header": "a secret"}
"""Options that no file may hold, and what they are."""
NamedOptions = dict[str, click.Option]
"""Options of a command by what they are called on the command line, without dashes."""


class Lines(click.types.StringParamType):
    """Texts that may hold spaces: in an environment variable each is a line of its own."""

    envvar_list_splitter = "\n"


def options(command: click.Command) -> NamedOptions:
    """Return the options of a command that may be given elsewhere."""
    every = (one for one in command.params if isinstance(one, click.Option) and one.expose_value)
    return {max(option.opts, key=len).lstrip("-"): option for option in every}


def name_variables(command: click.Command, name: str) -> None:
    """Let each option of a command be set by a variable, of its own or of all commands."""
    for key, option in options(command).items():
        word = key.replace("-", "_").upper()
        option.envvar = [f"{PREFIX}_{name.upper()}_{word}", f"{PREFIX}_{word}"]


def defaults(group: click.Group, context: click.Context, start: Path) -> dict[str, Any]:
    """Return what the nearest pyproject.toml says, for the command that is about to run.

    Raises `UsageError` that names file and key for what is unknown or of the wrong type.
    """
    try:
        return _chosen(group, context, start)
    except UsageError as error:
        raise UsageError(shortened(line(str(error)), LONGEST_COMPLAINT)) from None


def _chosen(group: click.Group, context: click.Context, start: Path) -> dict[str, Any]:
    name = context.invoked_subcommand
    file_and_table = _table(start)
    if file_and_table is None or name is None:
        return {}
    file, table = file_and_table
    known = options(_command(group, context, name))
    chosen = dict(_shared(file, table, group, context, known))
    section = table.get(name, {})
    for key, value in section.items() if isinstance(section, dict) else ():
        if key not in known:
            raise UsageError(f"{file}: [tool.{TABLE}.{name}] {key}: {_no_option(key, known)}")
        chosen[key] = _checked(f"{file}: [tool.{TABLE}.{name}] {key}", key, known[key], value)
    return {name: {str(known[key].name): value for key, value in chosen.items()}}


def _table(start: Path) -> tuple[Path, dict[str, Any]] | None:
    """Return the nearest file, upwards, that has our table, and the table."""
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if not exists(file):
            continue
        data = read_table(file)
        tools = data.get("tool")
        table = tools.get(TABLE) if isinstance(tools, dict) else None
        if isinstance(table, dict):
            return file, table
        if table is not None:
            raise UsageError(f"{file}: [tool] {TABLE}: expected a table, found {shown(table)}")
    return None


def _shared(
    file: Path,
    table: Mapping[str, Any],
    group: click.Group,
    context: click.Context,
    known: NamedOptions,
) -> Iterator[tuple[str, Any]]:
    """Yield what is said for all commands and is an option of this one."""
    commands = group.list_commands(context)
    for key, value in table.items():
        if key in commands and isinstance(value, dict):
            continue
        where = f"{file}: [tool.{TABLE}] {key}"
        if key in known:
            yield key, _checked(where, key, known[key], value)
            continue
        every: NamedOptions = {}
        for name in commands:
            every |= options(_command(group, context, name))
        if key not in every and key in commands:
            raise UsageError(f"{where}: expected a table, found {shown(value)}")
        if key not in every:
            names = dict.fromkeys([*commands, *every])
            raise UsageError(f"{where}: {_no_option(key, names)}")


def _command(group: click.Group, context: click.Context, name: str) -> click.Command:
    command = group.get_command(context, name)
    return command if command is not None else click.Command(name)


def _no_option(key: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(key, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known) or 'none'}"
    return f"there is no such option; {hint}"


def _checked(where: str, key: str, option: click.Option, value: Any) -> Any:
    """Return a value that fits an option; raise `UsageError` that says what would."""
    if key in SECRET_OPTIONS:
        what = SECRET_OPTIONS[key]
        raise UsageError(f"{where}: {what} does not belong in a file; give it by {_by(option)}")
    if option.multiple is not isinstance(value, list):
        wanted = "a list" if option.multiple else _wanted(option)[0]
        # A header that stands alone, without its list, may be a secret one.
        found = type_of(value) if key == "header" else shown(value)
        raise UsageError(f"{where}: expected {wanted}, found {found}")
    for item in value if isinstance(value, list) else [value]:
        complaint = _complaint(item, option)
        if complaint is not None:
            raise UsageError(f"{where}: {complaint}")
        if key == "header" and is_secret_name(item.partition(":")[0]):
            raise UsageError(
                f"{where}: a secret does not belong in a file; give it by {_by(option)}"
            )
    return value


def _by(option: click.Option) -> str:
    """Return how else to give an option that no file may hold."""
    variable = option.envvar[0] if isinstance(option.envvar, list) else ""
    return f"{max(option.opts, key=len)} or ${variable}"


def _complaint(value: Any, option: click.Option) -> str | None:
    """Return what is wrong with a value for an option: its type, or what the option says of it."""
    expected, types = _wanted(option)
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        return f"expected {expected}, found {shown(value)}"
    try:
        option.type.convert(value, option, None)
    except click.ClickException as error:
        return shortened(error.message.rstrip("."), LONGEST_WHY)
    return None


def _wanted(option: click.Option) -> tuple[str, tuple[type, ...]]:
    """Return what an option takes, in words and as types of TOML."""
    if option.is_flag:
        return "true or false", (bool,)
    if isinstance(option.type, click.types.IntParamType):
        return "an integer", (int,)
    if isinstance(option.type, click.types.FloatParamType):
        return "a number", (int, float)
    return "a string", (str,)
