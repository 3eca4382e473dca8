"""Clients of a server in this process, without a socket, for httpx2 and for httpx."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

import httpx2

from run_contracts.client.application_call import ApplicationCall
from run_contracts.client.asgi_transport import BrokenOff
from run_contracts.client.lifespan import Application
from run_contracts.errors import UsageError
from run_contracts.server.given_values import as_given
from run_contracts.testing.turning_loop import TurningLoop

HTTPLibrary = Literal["httpx2", "httpx"]
SyncClient = Any
AsyncClient = Any
FIRST_ON_HTTPX2 = 3
"""The first version of the SDK that takes clients of httpx2; those before it take httpx's."""
ANSWERED_HOSTS = re.compile(
    r"(localhost|127\.0\.0\.1|::1|testserver|api\.openai\.com|.*\.azure\.com"
    r"|.*\.(invalid|test|example|localhost))"
)
"""The hosts for which a server in this process answers: this machine, and the hosted ones."""
Escaped = Callable[[str], object]
"""Hears of a URL that a client asks for and that is none of the server's."""


class EscapedRequest(AssertionError):
    """A request that would have left for the network."""


def library_of_sdk() -> HTTPLibrary:
    """Return the library whose clients the installed SDK takes; httpx2 if there is no SDK."""
    try:
        major = int(version("openai").partition(".")[0])
    except (PackageNotFoundError, ValueError):
        return "httpx2"
    return "httpx2" if major >= FIRST_ON_HTTPX2 else "httpx"


@contextmanager
def sync_client(
    server: Application, library: HTTPLibrary | None, key: str, escaped: Escaped
) -> Iterator[SyncClient]:
    """Yield a client of a library whose requests a server answers; any key is the right one.

    What waits for an answer when it is closed gets the library's ``ReadError``.
    """
    http = _imported(library)
    turning = TurningLoop()

    class Answered(http.SyncByteStream):  # type: ignore[name-defined,misc]
        """The body of an answer, as it comes."""

        def __init__(self, call: ApplicationCall, seconds: float | None) -> None:
            self._call, self._seconds = call, seconds

        def __iter__(self) -> Iterator[bytes]:
            more = True
            while more:
                with _errors_of(http):
                    message = turning.result(lambda: _next(self._call, self._seconds))
                yield message.get("body", b"")
                more = message.get("more_body", False)

        def close(self) -> None:
            turning.soon(lambda: _stop(self._call))

    class Door(http.BaseTransport):  # type: ignore[name-defined,misc]
        """Hands requests to the server."""

        def handle_request(self, request: Any) -> Any:
            handed = _handed(request, request.read(), key, escaped)
            seconds = _patience(request)
            call = ApplicationCall(handed, handed.content, {})
            with _errors_of(http):
                start = turning.result(lambda: _start(call, server, seconds))
            return http.Response(
                start["status"], headers=start.get("headers", []), stream=Answered(call, seconds)
            )

    with http.Client(transport=Door(), trust_env=False) as client:
        try:
            yield client
        finally:
            turning.close()


def async_client(
    server: Application, library: HTTPLibrary | None, key: str, escaped: Escaped
) -> AsyncClient:
    """Return an async client of a library whose requests a server answers; any key is right."""
    http = _imported(library)

    class Answered(http.AsyncByteStream):  # type: ignore[name-defined,misc]
        """The body of an answer, as it comes."""

        def __init__(self, call: ApplicationCall, seconds: float | None) -> None:
            self._call, self._seconds = call, seconds

        async def __aiter__(self) -> AsyncIterator[bytes]:
            more = True
            while more:
                with _errors_of(http):
                    message = await _next(self._call, self._seconds)
                yield message.get("body", b"")
                more = message.get("more_body", False)

        async def aclose(self) -> None:
            _stop(self._call)

    class Door(http.AsyncBaseTransport):  # type: ignore[name-defined,misc]
        """Hands requests to the server."""

        async def handle_async_request(self, request: Any) -> Any:
            handed = _handed(request, await request.aread(), key, escaped)
            seconds = _patience(request)
            call = ApplicationCall(handed, handed.content, {})
            with _errors_of(http):
                start = await _start(call, server, seconds)
            return http.Response(
                start["status"], headers=start.get("headers", []), stream=Answered(call, seconds)
            )

    return http.AsyncClient(transport=Door(), trust_env=False)


def _patience(request: Any) -> float | None:
    """Return the seconds that a client waits for the next part of an answer; None for ever."""
    seconds: float | None = (request.extensions.get("timeout") or {}).get("read")
    return seconds


async def _start(call: ApplicationCall, server: Application, seconds: float | None) -> Any:
    """Hand a request to an application, and return the start of its answer."""
    call.begin(asyncio.get_running_loop(), server)
    try:
        return await _next(call, seconds)
    except BaseException:
        _stop(call)
        raise


async def _next(call: ApplicationCall, seconds: float | None) -> Any:
    """Return what an application sends next; raise an error of httpx2 if nothing comes."""
    try:
        message = await asyncio.wait_for(call.sent.get(), seconds)
    except TimeoutError:
        raise httpx2.ReadTimeout("no answer in time") from None
    if message["type"] == "broken":
        if isinstance(call.error, ConnectionResetError):
            raise httpx2.ReadError(str(call.error))
        raise BrokenOff(message["reason"], call.raised())
    return message


def _stop(call: ApplicationCall) -> None:
    if call.task is not None:
        call.task.cancel()


def _handed(request: Any, body: bytes, key: str, escaped: Escaped) -> httpx2.Request:
    """Return a request as the server gets it; raise `EscapedRequest` for another's."""
    if not ANSWERED_HOSTS.fullmatch(request.url.host):
        escaped(str(request.url))
        raise EscapedRequest(
            f"{request.method} {request.url} would leave for the network: this client answers for "
            "run_server alone"
        )
    headers = httpx2.Headers(request.headers.raw)
    if headers.get("authorization"):
        headers["authorization"] = f"Bearer {key}"
    if headers.get("api-key"):
        headers["api-key"] = key
    handed = httpx2.Request(
        request.method,
        str(request.url),
        headers=headers,
        content=body,
        extensions={"timeout": request.extensions.get("timeout") or {}},
    )
    handed.read()
    return handed


class _errors_of:  # noqa: N801 - a context manager, used as a function
    """Raises what httpx2 raises as the errors of another library, which have the same names."""

    def __init__(self, http: Any) -> None:
        self._http = http

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: Any, error: BaseException | None, _traceback: Any) -> None:
        if isinstance(error, httpx2.TransportError):
            names = (kind.__name__ for kind in type(error).__mro__)
            known = next(getattr(self._http, name) for name in names if hasattr(self._http, name))
            raise known(str(error)) from None


def _imported(library: HTTPLibrary | None) -> Any:
    """Return the module of a library; raise `UsageError` if it is not installed."""
    name = library_of_sdk() if library is None else library
    if name not in ("httpx2", "httpx"):
        raise UsageError(f"no HTTP library {as_given(name)}; there are httpx2 and httpx")
    try:
        return import_module(name)
    except ImportError:
        raise UsageError(f"{name} is not installed; pip install {name}") from None
