"""The target that a person names again: no file decides where credentials go.

A report names the server it is about, and so may a report that somebody else wrote. Keys are sent
to the base URL that is typed, or to the recorded one once the person at the terminal says so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from shlex import quote
from typing import Any

import click

from run_contracts.errors import UsageError
from run_contracts.report import sanitizing

_TYPED = "run_contracts.named_url"
"""Where a context keeps what ``--url`` said."""


def url_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--url`` to a command that has an argument `url`; see `typed`.

    It is not exposed, so that no configuration file and no variable can set it.
    """

    def keep(context: click.Context, _: click.Parameter, value: str | None) -> None:
        context.meta[_TYPED] = value

    return click.option(
        "--url",
        "named_url",
        metavar="URL",
        expose_value=False,
        callback=keep,
        help="The same as the argument URL.",
    )(command)


def typed(url: str | None) -> str | None:
    """Return the base URL that was typed: as the argument, which is given, or after ``--url``.

    Raises `UsageError` if these are two different ones.
    """
    option: str | None = click.get_current_context().meta.get(_TYPED)
    if url is not None and option is not None and url != option:
        raise UsageError("two base URLs are given, as the argument and by --url; give one")
    return url if option is None else option


def named_again(recorded: str, url: str | None, *, what: str) -> str:
    """Return the base URL that credentials may be sent to.

    It is the typed one, or the one that a file recorded if the person at the terminal agrees to
    `what` will be done there, e.g. ``"send 4 requests, which create 1 thread,"``.

    Raises `UsageError` that says what to type if nobody named one.
    """
    if url is not None:
        return url
    shown = sanitizing.line(recorded.encode("ascii", "backslashreplace").decode())
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            f"{shown}: only the file names this server, and credentials go to none that you do "
            f"not name; type: {_command(recorded)}"
        )
    question = f"{sanitizing.line(what)} to {shown}, which the file names?"
    if not click.confirm(question[0].upper() + question[1:], default=False, err=True):
        raise UsageError(f"nothing was sent; to name another server, type: {_command('URL')}")
    return recorded


def _command(url: str) -> str:
    """Return the command that was typed, with a base URL; values of headers are left out."""
    return sanitizing.line(" ".join(["run-contracts", *_words(), "--url", quote(url)]))


def _words() -> Iterator[str]:
    context = click.get_current_context()
    yield str(context.info_name)
    for parameter in context.command.params:
        value = context.params.get(str(parameter.name))
        if isinstance(parameter, click.Argument):
            yield from (quote(str(value)),) if value is not None else ()
        elif parameter.expose_value and value not in (parameter.get_default(context), (), None):
            yield from _option(max(parameter.opts, key=len), value)


def _option(name: str, value: Any) -> Iterator[str]:
    """Yield the words of an option; what a header holds may be secret, so only its name is."""
    if isinstance(value, bool):
        yield name
    elif isinstance(value, tuple):
        for header in value:
            yield from (name, quote(f"{str(header).partition(':')[0]}: ..."))
    else:
        yield from (name, quote(str(value)))
