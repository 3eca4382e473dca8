"""The plugin's options: on the command line, in the environment, in pytest's configuration file.

Each has one name everywhere: ``--run-profile``, ``RUN_CONTRACTS_PROFILE`` and ``run_profile``. The
command line wins over the environment, that over the file. Light: pytest imports it each time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest

PLUGIN_NAME = "run_contracts"
"""How the ids of the items that need no test file begin: ``run_contracts::RUN-LIFE-002``."""
CLIENT_NAME = f"{PLUGIN_NAME}_client"
"""How those of a client's lives begin: ``run_contracts_client::completes``."""
IDS, LIVES = "run_contracts_ids", "run_contracts_lives"
ALONE, JOINS = "run_contracts_alone", "run_contracts_joins"
"""What was read out of pytest's arguments, kept among its options, for xdist sends those on."""


INI_NAMES = {"cassettes": "run_contracts_cassettes"}
"""The names of options that say whose they are, for they work without a target."""


class Option(NamedTuple):
    """One option: its name without prefix, what it takes, what it is for, its default."""

    name: str
    metavar: str
    help: str
    default: Any = None
    kind: Literal["string", "int", "float", "linelist", "bool"] = "string"

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"RUN_CONTRACTS_{self.name.upper()}"

    @property
    def ini(self) -> str:
        """Its name in a configuration file, which is also that of pytest's own record."""
        return INI_NAMES.get(self.name, f"run_{self.name}")


NUMBER_TYPES: dict[str, Callable[[str], float]] = {"int": int, "float": float}
SWITCHES = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
"""What an environment variable may say of a switch."""
OPTIONS = {
    option.name: option
    for option in (
        Option("target", "URL", "base URL of the server to check, or module:app; adds the suite"),
        Option("edition", "EDITION", "v1 or v2", "v2"),
        Option("dialect", "NAME", "foreign or older form of the edition, e.g. azure-agents"),
        Option(
            "api_key_env", "NAME", "environment variable that holds the API key", "OPENAI_API_KEY"
        ),
        Option("header", "'Name: value'", "sent each time; repeatable", [], "linelist"),
        Option(
            "secret_header",
            "'Name: value'",
            "sent each time, its value shown nowhere; not in a file; repeatable",
            [],
            "linelist",
        ),
        Option("assistant_id", "ID", "use this assistant; create none"),
        Option("thread_id", "ID", "use this thread; create none"),
        Option("run_id", "ID", "read this run of that thread, where nothing is created"),
        Option("write", "", "create runs on a target on another machine, too", None, "bool"),
        Option("insecure", "", "send the key over plain http, too", False, "bool"),
        Option("model", "NAME", "model to ask for (default: gpt-4o)"),
        Option("only", "ID", "check this requirement; repeatable", [], "linelist"),
        Option("profile", "PROFILE", "smoke or full", "full"),
        Option("seed", "N", "seed of generated requests", 0, "int"),
        Option("cases", "N", "generated requests for each endpoint in each way", 10, "int"),
        Option("strict", "", "a broken SHOULD fails, too", False, "bool"),
        Option(
            "require", "OPERATION", "fail if it is not offered, or all; repeatable", [], "linelist"
        ),
        Option("fail_under", "PERCENT", "fail if less of the contract was seen", 0.0, "float"),
        Option("max_requests", "N", "send so many requests at most", None, "int"),
        Option("max_runs", "N", "create so many runs at most", None, "int"),
        Option("max_seconds", "N", "stop after so many seconds (default: 600)", None, "float"),
        Option("rate", "N", "send so many requests a second at most", None, "float"),
        Option("baseline", "FILE.toml", "list of known failures (run-contracts baseline)"),
        Option(
            "cassettes", "PATH", "judge these recordings and stubs, too; repeatable", [], "linelist"
        ),
        Option("client", "COMMAND", "command of a client to try; {url} and {key} are its server's"),
        Option("report", "FILE.jsonl", "write the check's events as JSON lines"),
        Option("html", "FILE.html", "write the check as one page for people"),
        Option("junit", "FILE.xml", "write the check's verdicts as JUnit XML"),
        Option("badge", "FILE.svg", "write a small picture of the outcome"),
        Option("har", "FILE.har", "write all requests and answers as an HTTP Archive"),
        Option("sarif", "FILE.sarif", "write what is broken as SARIF, for code scanning"),
    )
}

NOT_IN_FILES = frozenset({"secret_header"})
"""Options whose values are secret: files are committed."""


def add_to(parser: pytest.Parser) -> None:
    """Add every option to pytest's command line and configuration file."""
    about = "check a server against the contract of the run; also in the environment, e.g. as "
    group = parser.getgroup("run-contracts", about + OPTIONS["target"].variable)
    for option in OPTIONS.values():
        flag = "--" + option.ini.replace("_", "-")
        is_plain = option.default is False or option.default in (None, [])
        text = option.help if is_plain else f"{option.help} (default: {option.default})"
        if option.kind == "linelist":
            group.addoption(flag, metavar=option.metavar, action="append", help=text)
        elif option.kind == "bool":
            group.addoption(flag, action="store_true", default=None, help=text)
        else:
            kind = NUMBER_TYPES.get(option.kind, str)
            group.addoption(flag, metavar=option.metavar, type=kind, help=text)
        parser.addini(option.ini, f"{text}; like {flag}", type=option.kind, default=None)


def given(config: pytest.Config, name: str) -> Any:
    """Return an option's value from where it is given first, else its default."""
    option = OPTIONS[name]
    typed = config.getoption(option.ini, None)
    if typed is not None:
        return typed
    text = os.environ.get(option.variable)
    if text:
        return _read(option, text)
    try:
        written = config.getini(option.ini)
    except (TypeError, ValueError, pytest.UsageError) as error:
        raise pytest.UsageError(f"{config.inipath}: {option.ini}: {error}") from None
    if name in NOT_IN_FILES and written:
        raise pytest.UsageError(
            f"{config.inipath}: {option.ini}: a secret does not belong in a file; give it by "
            f"--{option.ini.replace('_', '-')} or ${option.variable}"
        )
    return written if written not in (None, "", []) else option.default


def _read(option: Option, text: str) -> Any:
    """Return the value that an environment variable holds."""
    if option.kind == "linelist":
        return text.split("\n")
    if option.kind == "bool":
        if text.lower() not in SWITCHES:
            raise pytest.UsageError(f"{option.variable}: {text!r} is not true or false")
        return SWITCHES[text.lower()]
    if option.kind not in NUMBER_TYPES:
        return text
    try:
        return NUMBER_TYPES[option.kind](text)
    except ValueError:
        whole = "whole " if option.kind == "int" else ""
        raise pytest.UsageError(f"{option.variable}: {text!r} is not a {whole}number") from None


def take_own_arguments(config: pytest.Config) -> bool:
    """Say whether the suite without a test file is asked for; take its ids out of the arguments.

    They are no files. Who names files and has the target in the environment or a file wants those.
    """
    if hasattr(config.option, JOINS):
        return bool(getattr(config.option, JOINS))
    own, lives = (
        [arg for arg in config.args if _is_own(begin, arg, config.invocation_params.dir)]
        for begin in (f"{PLUGIN_NAME}::RUN-", f"{CLIENT_NAME}::")
    )
    others = [arg for arg in config.args if arg not in (*own, *lives)]
    config.args[:] = others or [str(config.rootpath)]
    is_typed = config.getoption("run_target", None) is not None
    names_files = config.args_source is pytest.Config.ArgsSource.ARGS
    joins = bool(own) or is_typed or (bool(given(config, "target")) and not names_files)
    setattr(config.option, IDS, [arg.partition("::")[2] for arg in own])
    setattr(config.option, LIVES, [arg.partition("::")[2] for arg in lives])
    setattr(config.option, ALONE, bool(own or lives) and not others)
    setattr(config.option, JOINS, joins)
    return joins


def _is_own(begin: str, argument: str, folder: Path) -> bool:
    """Say whether an argument names items of ours: all, or one whose id begins so.

    pytest prints it with a path before.
    """
    path, _, name = argument.partition("::")
    ours, _, beginning = begin.partition("::")
    if Path(path).name != ours:
        return False
    return name.startswith(beginning) if name else not (folder / path).exists()
