"""WSGI applications as ASGI applications, by a2wsgi: each request in a thread of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from contextvars import ContextVar
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from run_contracts.client.lifespan import Application
from run_contracts.errors import UsageError

WSGIApplication = Callable[[Any, Any], Iterable[bytes]]
SIGNALS = ("flask", "django.core.signals")
"""Where frameworks that answer 500 for an exception say so, by a signal of one name."""
_Arguments = ParamSpec("_Arguments")
_Returned = TypeVar("_Returned")


class ThreadPerCall(Executor):
    """Runs each call in a new thread that keeps no process from ending: an application may hang."""

    def submit(
        self,
        fn: Callable[_Arguments, _Returned],
        /,
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> Future[_Returned]:
        """Return what the call will return or raise."""
        future = Future[_Returned]()
        future.set_running_or_notify_cancel()

        def run() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

        Thread(target=run, daemon=True, name="wsgi").start()
        return future


class FromWSGI:
    """A WSGI application as an ASGI application.

    What it raises is raised; so is what its framework answered with 500, once that was sent. What
    it writes to `wsgi.errors` goes to standard error.
    """

    def __init__(self, application: WSGIApplication) -> None:
        """Raise `UsageError` if a2wsgi is not installed."""
        try:
            from a2wsgi import WSGIMiddleware  # noqa: PLC0415 - an extra
        except ImportError:
            raise UsageError(
                "a WSGI application needs a2wsgi; add it with: pip install 'run-contracts[wsgi]'"
            ) from None
        self._application = application
        self._caught: ContextVar[list[BaseException]] = ContextVar("caught")
        self._bridge = WSGIMiddleware(self._answer)
        # It is typed as a pool of threads; any executor does.
        vars(self._bridge)["executor"] = ThreadPerCall()
        for module in SIGNALS:
            signal = getattr(sys.modules.get(module), "got_request_exception", None)
            if signal is not None:
                signal.connect(self._catch)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, then raise what the application raised meanwhile."""
        caught = list[BaseException]()
        self._caught.set(caught)
        await self._bridge(scope, receive, send)
        for error in caught:
            raise error

    def _answer(self, environ: Any, start: Any) -> Iterable[bytes]:
        return self._application({**environ, "wsgi.errors": sys.stderr}, start)

    def _catch(self, *_sender: object, **_rest: object) -> None:
        """Keep the exception that is being handled, for the request in whose thread it is."""
        error = sys.exc_info()[1]
        caught = self._caught.get(None)
        if error is not None and caught is not None:
            caught.append(error)


def from_wsgi(application: Any) -> Application:
    """Return a WSGI application as an ASGI application; raise `UsageError` without a2wsgi."""
    return FromWSGI(application)
