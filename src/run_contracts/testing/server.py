"""A reference server for tests: quick, on loopback or in process, and it goes as a test wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import fields, replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Never, Self
from urllib.parse import urlsplit

from propcache.api import cached_property

from run_contracts.conduct.received import ReceivedRequest, ReceivedRequests, Wanted, assert_called
from run_contracts.conduct.scripted import ScriptedServer
from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import line
from run_contracts.server import ServerOptions
from run_contracts.server.app.hosting import hosted
from run_contracts.server.app.routes import operation_of
from run_contracts.server.given_values import as_given
from run_contracts.server.lookup import check_known, refuse_unknown
from run_contracts.server.troubles.amounts import count
from run_contracts.testing.scripting import Scripting

if TYPE_CHECKING:
    from run_contracts.testing.in_process import AsyncClient, HTTPLibrary, SyncClient

QUICK = ServerOptions(queue_seconds=0.01, work_seconds=0.05, cancel_seconds=0.01)
"""Options under which a whole life passes in less than a tenth of a second."""

OPTION_NAMES = tuple(field.name for field in fields(ServerOptions))
LAST_PORT = 65_535


class RunServer(Scripting):
    """A server that tests talk to with any client; it starts when its `url` is first asked for.

    Call it for another one beside it, e.g. with faults. Use it as a context manager; at its end,
    and at that of a test with the fixture, a life or a trouble that nobody met is an
    `AssertionError`.

    >>> with RunServer() as server:
    ...     server.url.endswith("/v1")
    True
    """

    def __init__(self, options: ServerOptions = QUICK, *, port: int = 0, **unknown: Never) -> None:
        """Do not start yet; port 0 takes a free one."""
        _refuse_options(unknown)
        given: object = options
        if not isinstance(given, ServerOptions):
            raise UsageError(f"options is {as_given(given)}; give ServerOptions")
        if count("port", port) > LAST_PORT:
            raise UsageError(f"port {as_given(port)} is none; give one up to {LAST_PORT}, or 0")
        self.options = options
        self.port = port
        super().__init__(ScriptedServer(options))
        self._stack = ExitStack()
        self._escaped: list[str] = []
        self._others: dict[str, RunServer] = {}
        self._is_closed = False

    # Ways in

    @cached_property
    def url(self) -> str:
        """The base URL, for clients: ``OpenAI(base_url=server.url, api_key=server.api_key)``."""
        self._refuse_if_closed()
        return self._stack.enter_context(hosted(self._server, port=self.port))

    @property
    def azure_endpoint(self) -> str:
        """The endpoint for ``AzureOpenAI(azure_endpoint=..., api_version=...)``."""
        return self.url.removesuffix("/v1")

    @property
    def api_key(self) -> str:
        """The key that it accepts."""
        return self.options.api_key

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which clients of the SDKs, in any language, find it."""
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": self.api_key}

    def http_client(self, library: HTTPLibrary | None = None) -> SyncClient:
        """Return a client without a socket, for ``OpenAI(http_client=...)``: any key is right.

        It is one of httpx2 or httpx, that which the installed SDK takes unless it is named. A
        request to another host than this server or the hosted API does not leave: it raises.
        """
        from run_contracts.testing.in_process import sync_client  # noqa: PLC0415 - when it is used

        return self._stack.enter_context(sync_client(*self._door(library)))

    def async_http_client(self, library: HTTPLibrary | None = None) -> AsyncClient:
        """Return an async client without a socket for ``AsyncOpenAI(http_client=...)``."""
        from run_contracts.testing.in_process import async_client  # noqa: PLC0415 - when it is used

        return async_client(*self._door(library))

    def _door(self, library: HTTPLibrary | None) -> tuple[Any, ...]:
        """Return what a client in process takes: the server, its key, who hears what escapes."""
        self._refuse_if_closed()
        return self._server, library, self.api_key, self._escaped.append

    # What came

    @property
    def requests(self) -> ReceivedRequests:
        """The requests that came, in order; ``requests.of("createRun")`` are those of one kind."""
        return ReceivedRequests(
            [
                ReceivedRequest(
                    operation=operation_of(each.request.method, urlsplit(each.request.url).path),
                    exchange=each,
                )
                for each in self._server.log.exchanges
            ]
        )

    def story(self) -> str:
        """Return what came, a line a request, and what of it breaks a requirement on clients."""
        from run_contracts.conduct.life_findings import broken_requests  # noqa: PLC0415 - judges

        broken = broken_requests(self._server.log.exchanges, strict=True)
        return "\n".join([str(self.requests), *broken])

    def assert_called(
        self,
        operation: str,
        *,
        times: int | None = None,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Assert that an operation was asked for, `times` times.

        Those count whose body, query and headers hold what is given of them.
        """
        __tracebackhide__ = True
        wanted = Wanted(body=body, query=query, headers=headers)
        assert_called(self.requests, operation, times=times, wanted=wanted)

    def assert_requests_hold(self, *, strict: bool = False) -> None:
        """Assert that what clients sent keeps the requirements on clients; strict: SHOULD, too."""
        __tracebackhide__ = True
        from run_contracts.conduct.life_findings import broken_requests  # noqa: PLC0415 - judges

        lines = broken_requests(self._server.log.exchanges, strict=strict)
        if lines:
            raise AssertionError("\n".join(["the client breaks the contract:", *lines]))

    def assert_all_met(self) -> None:
        """Assert that each life was a run's, and each trouble came to a request.

        Of the servers that were made by calling this one, too.
        """
        __tracebackhide__ = True
        left = self.left()
        if left:
            raise AssertionError("\n  ".join(["not all that was planned came:", *left]))

    def left(self) -> list[str]:
        """Return a line for all that was planned and never came, here and on the others."""
        left = self._server.left()
        left += [
            f"a request to {line(url)} would have left for the network" for url in self._escaped
        ]
        for name, other in self._others.items():
            left += [f"{what}, of {name}" for what in other.left()]
        return left

    # Others, and the end

    def __call__(self, *, port: int = 0, **options: Any) -> RunServer:
        """Return another server with other `ServerOptions`, which stops when this one does.

        Raises `UsageError` for what cannot be, e.g. an unknown fault.
        """
        for name in options:
            check_known("option", name, OPTION_NAMES)
        other = RunServer(replace(self.options, **options), port=port)
        self._stack.callback(other.close)
        self._others[f"server {len(self._others) + 2}{_as_called(options)}"] = other
        return other

    def close(self) -> None:
        """Stop, and those made by calling this one; what is left over is not asked about."""
        self._is_closed = True
        self.__dict__.pop("url", None)
        self._stack.close()

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise UsageError("this server is closed; make another one, or close it later")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
        if error is None:
            self.assert_all_met()

    def __repr__(self) -> str:
        state = "closed" if self._is_closed else self.__dict__.get("url", "not started")
        return f"<RunServer {state}>"


def _as_called(options: Mapping[str, object]) -> str:
    """Return the options that a server was called with, without its key; empty if there are none.

    >>> _as_called({"seed": 7, "api_key": "sk-mine"})
    ' (seed=7, api_key=...)'
    """
    parts = [
        f"{name}={'...' if name == 'api_key' else as_given(given)}"
        for name, given in options.items()
    ]
    return f" ({', '.join(parts)})" if parts else ""


def _refuse_options(unknown: Iterable[str]) -> None:
    """Raise `UsageError` for arguments that a server is not made with."""
    for name in unknown:
        if name in OPTION_NAMES:
            raise UsageError(
                f"RunServer has {name} among its options; say RunServer()({name}=...), or "
                f"RunServer(ServerOptions({name}=...))"
            )
    refuse_unknown("RunServer", unknown, ("options", "port"))
