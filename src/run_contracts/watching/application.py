"""An ASGI application around another one: what passes is judged, and nothing of it changed."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
from collections.abc import Iterable
from typing import Any

from run_contracts.engine.policy import Policy
from run_contracts.events import Event, ExitCode
from run_contracts.recordings.judging.asked_for import AskedFor, Side
from run_contracts.types import DialectName, Edition
from run_contracts.watching.live_watch import LiveWatch, exit_code_of
from run_contracts.watching.passing import Passing, decoded
from run_contracts.watching.serving_processes import is_one_of_several, of_this_process
from run_contracts.watching.written_reports import (
    Named,
    report_paths,
    summary_lines,
    write_reports,
)

Scope = dict[str, Any]
LOGGER = logging.getLogger("run_contracts.watch")
AT_APPLICATION = "http://application"
"""Stands for the URL of an application in a report."""


class Watch:
    """Middleware that judges the traffic of an application, in a process of its own.

    `report` names files that are written when the application stops, by lifespan or `close`: what
    they are is said by how they end. What comes out is logged to ``run_contracts.watch``, too.
    `url` is what the application is called in reports; `alone` says that nobody changes its runs,
    threads and assistants but by what passes here. Other scopes than http pass through. Each of
    several workers judges what passes it, as if others were at work, and writes its pid into names.
    """

    def __init__(  # noqa: PLR0913 - what may be asked for
        self,
        app: Any,
        *,
        report: Named | Iterable[Named] | None = None,
        url: str = AT_APPLICATION,
        edition: Edition | None = None,
        dialect: DialectName | None = None,
        judges: Side = "server",
        strict: bool = False,
        alone: bool = False,
    ) -> None:
        """Begin nothing before a request comes; raise `UsageError` for what cannot be."""
        self._app = app
        self._paths = report_paths(report)
        self._url = url.rstrip("/")
        is_part = is_one_of_several()
        if alone and is_part:
            LOGGER.warning("other processes may serve the application: it is not judged as alone")
        self.watch = LiveWatch(
            self._url,
            AskedFor.named(edition, dialect, judges=judges, is_alone=alone and not is_part),
            policy=Policy(strict=strict),
        )
        self._result: tuple[Event, ...] | None = None
        self._has_begun = False

    @property
    def exit_code(self) -> ExitCode:
        """What the watch comes to, once it is closed, or until now."""
        return ExitCode(exit_code_of(self._result or self.watch.events()))

    def close(self) -> tuple[Event, ...]:
        """Judge what is left, write the reports, and return the events; the same again."""
        result = self.watch.close()
        if self._result is not result:
            self._result = result
            level = logging.INFO if self.exit_code == ExitCode.HOLDS else logging.WARNING
            LOGGER.log(level, "\n".join(summary_lines(self._result)))
            write_reports(self._result, map(of_this_process, self._paths))
        return self._result

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Let the application answer."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Any, send: Any) -> None:
        passing = self._passing(scope)
        if passing is None:
            await self._app(scope, receive, send)
            return

        async def heard() -> Any:
            message = await receive()
            if message["type"] == "http.disconnect":
                passing.is_left()
            else:
                passing.asks(message.get("body", b""))
            return message

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                passing.answers(message["status"], message.get("headers", ()))
            elif message["type"] == "http.response.body":
                passing.comes(message.get("body", b""))
                if not message.get("more_body", False):
                    passing.ends()
            try:
                await send(message)
            except OSError:
                passing.is_left()  # so servers say since ASGI 2.4 that the client is gone
                raise

        try:
            await self._app(scope, heard, sent)
        except BaseException as error:
            passing.breaks(type(error).__name__, is_by_server=isinstance(error, Exception))
            raise
        finally:
            passing.breaks("the application returned without an answer")

    def _passing(self, scope: Scope) -> Passing | None:
        if not self._has_begun:
            self._has_begun = True
            # Servers that know nothing of lifespan end without a word.
            atexit.register(self._close_at_exit)
        path = scope.get("raw_path") or scope["path"].encode()
        query = scope.get("query_string", b"")
        target = (path + b"?" + query if query else path).decode("latin-1")
        return self.watch.tap.begin(scope["method"], self._url + target, decoded(scope["headers"]))

    async def _live(self, scope: Scope, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            if message["type"].startswith("lifespan.shutdown."):
                with self._harmless():
                    await asyncio.to_thread(self.close)
            await send(message)

        await self._app(scope, receive, sent)

    @contextlib.contextmanager
    def _harmless(self) -> Any:
        """Let what fails of the report cost the report alone."""
        try:
            yield
        except Exception:
            LOGGER.exception("the report of run-contracts was not written")

    def _close_at_exit(self) -> None:
        with self._harmless():
            self.close()
