"""Applications in this process: found by their names, made ASGI, started and stopped."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from importlib import import_module
from inspect import Parameter, iscoroutinefunction, signature
from pathlib import Path
from typing import Any, cast

from run_contracts.client.asgi_transport import InProcess
from run_contracts.client.connection import Connection
from run_contracts.client.lifespan import Application
from run_contracts.client.wsgi import from_wsgi
from run_contracts.errors import UsageError
from run_contracts.traffic.base_urls import IN_PROCESS

DEFAULT_PATH = "/v1"
"""Where an application in this process has its ``/threads``, unless it is said."""
_NAMED_APPLICATION = re.compile(r"([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)(/.*)?")
ASGI_PARAMETERS, WSGI_PARAMETERS = 3, 2
FORMS = "it takes neither (scope, receive, send), as in ASGI, nor (environ, start_response)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationName:
    """Where an application stands, in a module, and where in it the API begins.

    >>> ApplicationName.read("service.main:app/openai/v1").url
    'http://in-process.invalid/openai/v1'
    >>> ApplicationName.read("http://127.0.0.1:8000/v1") is None
    True
    """

    module: str
    attribute: str
    path: str = DEFAULT_PATH

    @classmethod
    def read(cls, text: str) -> ApplicationName | None:
        """Return the name of the form ``module:application/path``; None if it is something else."""
        parts = _NAMED_APPLICATION.fullmatch(text)
        if parts is None:
            return None
        return cls(module=parts[1], attribute=parts[2], path=parts[3] or DEFAULT_PATH)

    def __str__(self) -> str:
        """Return it without the path."""
        return f"{self.module}:{self.attribute}"

    @property
    def url(self) -> str:
        """The base URL by which requests are written down; nobody resolves it."""
        return IN_PROCESS + self.path

    def load(self, folder: Path) -> Application:
        """Return the application, its module looked for in a folder, too.

        Raises `UsageError` if there is none.
        """
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
        try:
            candidate: object = import_module(self.module)
        except (Exception, SystemExit) as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise UsageError(f"{self}: cannot import {self.module}: {reason}") from error
        for name in self.attribute.split("."):
            candidate = getattr(candidate, name, None)
        if not callable(candidate):
            raise UsageError(f"{self}: there is no such application in {self.module}")
        return as_asgi(candidate, str(self))


class Interface(Enum):
    """How an application is called."""

    ASGI = auto()
    ASGI2 = auto()
    WSGI = auto()


def interface_of(candidate: object) -> Interface | None:
    """Return how something is called as an application; None if it is none.

    Who is awaited speaks ASGI; else what a call needs tells: three arguments or two, or the scope
    alone. What takes any number of them is taken for ASGI.
    """
    is_awaited = iscoroutinefunction(candidate) or iscoroutinefunction(
        getattr(candidate, "__call__", None)  # noqa: B004 - its kind is asked for, not whether it is
    )
    needed = _needed(candidate)
    if needed == ["scope"]:
        return Interface.ASGI2 if is_awaited == isinstance(candidate, type) else None
    if isinstance(candidate, type):
        return None
    if needed is None or len(needed) == ASGI_PARAMETERS:
        return Interface.ASGI
    return Interface.WSGI if len(needed) == WSGI_PARAMETERS and not is_awaited else None


def _needed(candidate: object) -> list[str] | None:
    """Return the names of the arguments that a call needs, None if it takes any or does not say."""
    try:
        parameters = signature(cast("Any", candidate)).parameters.values()
    except (TypeError, ValueError):
        return None
    positional = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    needed = [
        one.name for one in parameters if one.kind in positional and one.default is Parameter.empty
    ]
    takes_any = any(one.kind is Parameter.VAR_POSITIONAL for one in parameters)
    return None if takes_any and not needed else needed


def as_asgi(candidate: object, name: str) -> Application:
    """Return something callable as an ASGI application; raise `UsageError` if it is none."""
    match interface_of(candidate):
        case Interface.ASGI:
            return cast("Application", candidate)
        case Interface.ASGI2:
            return _single(candidate)
        case Interface.WSGI:
            return from_wsgi(candidate)
        case None:
            hint = "is a class, give an instance" if isinstance(candidate, type) else FORMS
            raise UsageError(
                f"{name} is no application: {hint}; if it makes one, name what it returns"
            )


def _single(candidate: Any) -> Application:
    """Return an application that is called with its scope first as one that is called once."""

    async def called_once(scope: Any, receive: Any, send: Any) -> None:
        await candidate(scope)(receive, send)

    return called_once


@contextmanager
def connected(
    started: Application,
    name: str = "",
    *,
    aside: Callable[[], AbstractContextManager[None]] | None = None,
) -> Iterator[Connection]:
    """Open a connection to an application, which is started before and stopped after.

    `name` is what a command calls it; `aside` is that of `InProcess`.
    """
    transport = InProcess(started, aside=aside)
    try:
        transport.start()
        yield Connection(transport=transport, sleep=transport.sleep, name=name)
    finally:
        transport.close()
