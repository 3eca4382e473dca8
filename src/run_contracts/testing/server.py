"""A reference server for tests: quick, on loopback or in process, and it goes as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import fields, replace
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Never, Self
from urllib.parse import urlsplit

from run_contracts.conduct.received import ReceivedRequest, ReceivedRequests, assert_called
from run_contracts.conduct.scripted import ScriptedServer, operation_ids
from run_contracts.conduct.written_lives import Steps, written_life
from run_contracts.filesystem.single_line import line
from run_contracts.server import ServerOptions
from run_contracts.server.app.hosting import hosted
from run_contracts.server.app.routes import operation_of
from run_contracts.server.lives.planned_lives import AskedRun, meant_for
from run_contracts.server.lookup import check_known
from run_contracts.server.troubles.failing import Failing, answers, breaks, failing_kinds, slow
from run_contracts.server.troubles.stream_forms import Newline, stream_form
from run_contracts.server.troubles.trouble import trouble

if TYPE_CHECKING:
    from run_contracts.making.call_parts import Calls
    from run_contracts.testing.in_process import AsyncClient, HTTPLibrary, SyncClient
    from run_contracts.types import RunStatus

QUICK = ServerOptions(queue_seconds=0.01, work_seconds=0.05, cancel_seconds=0.01)
"""Options under which a whole life passes in less than a tenth of a second."""


class RunServer:
    """A server that tests talk to with any client; it starts when its `url` is first asked for.

    Call it for another one beside it, e.g. with faults. Use it as a context manager; at its end,
    and at that of a test with the fixture, a life or a trouble that nobody met is an
    `AssertionError`.

    >>> with RunServer() as server:
    ...     server.url.endswith("/v1")
    True
    """

    def __init__(self, options: ServerOptions = QUICK, *, port: int = 0) -> None:
        """Do not start yet; port 0 takes a free one."""
        self.options = options
        self.port = port
        self._server = ScriptedServer(options)
        self._stack = ExitStack()
        self._escaped: list[str] = []

    # Ways in

    @cached_property
    def url(self) -> str:
        """The base URL, for clients: ``OpenAI(base_url=server.url, api_key=server.api_key)``."""
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
        return self._server, library, self.api_key, self._escaped.append

    # What becomes of runs

    def next_run(  # noqa: PLR0913 - what a life may be
        self,
        *statuses: RunStatus,
        calls: Mapping[str, Any] | Calls | None = None,
        reply: str | None = None,
        usage: tuple[int, int] | Mapping[str, int] | None = None,
        last_error: str | tuple[str, str] | Mapping[str, str] | None = None,
        incomplete_reason: str | None = None,
        cites: Sequence[str] = (),
        steps: Steps = (),
        queue_seconds: float | None = None,
        work_seconds: float | None = None,
        thread: Any = None,
        assistant: Any = None,
        model: str | None = None,
        when: Callable[[AskedRun], bool] | None = None,
        **unknown: Never,
    ) -> None:
        """Write the life of the next run that a client creates; several wait in a row.

        `statuses` are where it rests, in order; what lies between need not be told. It goes on
        from ``requires_action`` when its outputs are submitted, else by itself. ``in_progress`` or
        ``queued`` at the end stay so, ``expired`` takes a second.

        `calls` are those of its functions, as names and arguments: a dict, a list of pairs, or a
        list of such lists, one for each time that it requires action; else it calls the first of
        its tools. `steps` are built-in tools that it uses first. `reply` is what the assistant
        writes, `cites` the ids of files that it cites. `usage` are tokens of prompt and completion,
        `last_error` a code, or a code and a message.

        With `thread`, `assistant`, `model` or `when`, a function of an `AskedRun`, the life is that
        of the first run which has it. Raises `UsageError` for what no run can do.
        """
        for name in unknown:
            check_known("argument of next_run", name, _arguments_of(RunServer.next_run))
        planned = written_life(
            statuses,
            calls=calls,
            reply=reply,
            usage=usage,
            last_error=last_error,
            incomplete_reason=incomplete_reason,
            cites=cites,
            steps=steps,
            queue_seconds=queue_seconds,
            work_seconds=work_seconds,
        )
        meant = meant_for(thread=thread, assistant=assistant, model=model, when=when)
        self._server.lives.add(planned, meant)

    def advance(self, seconds: float) -> None:
        """Let so many seconds of the server pass at once, e.g. 600 until a run expires."""
        self._server.clock.advance(seconds)

    def reset(self) -> None:
        """Be as at the start: nothing planned, asked or stored, the same ids again."""
        self._server.reset()

    # Trouble

    def fail(  # noqa: PLR0913 - how, and when
        self,
        how: int | Failing,
        *,
        on: str | None = None,
        times: int | None = 1,
        after: int = 0,
        retry_after: float | str | None = None,
        message: str | None = None,
        code: str | None = None,
    ) -> None:
        """Fail the next requests, those of the operation `on` if it is given.

        `how` is the status to answer, or ``timeout``: nothing is answered; ``reset-before``: the
        connection is reset and nothing done; ``reset-during``: half of the answer comes;
        ``reset-after``: what is asked is done, and the connection reset. It comes `times` times,
        None for always, once `after` requests have passed. `retry_after` is in seconds, or a date.
        """
        if isinstance(how, str):
            check_known("way to fail", how, failing_kinds())
            layer = breaks(how)
        else:
            layer = answers(how, retry_after=retry_after, message=message, code=code)
        self._plan(f"fail({how!r})", "answer", layer, on=on, times=times, after=after)

    def delay(
        self,
        seconds: float,
        *,
        up_to: float | None = None,
        on: str | None = None,
        times: int | None = None,
        after: int = 0,
    ) -> None:
        """Answer late: after so many real seconds, or from so many `up_to` so many, by the seed."""
        layer = slow(seconds, up_to, self.options.seed)
        self._plan(f"delay({seconds})", "pace", layer, on=on, times=times, after=after)

    def write_streams(  # noqa: PLR0913 - how, and when
        self,
        *,
        newline: Newline = "\n",
        comments: bool = False,
        pause: float = 0.0,
        split: int | None = None,
        cut_after: int | None = None,
        on: str | None = None,
        times: int | None = None,
        after: int = 0,
    ) -> None:
        r"""Write streams in another legal form, or cut them.

        With lines that end with ``\r\n``, comments between the events, a pause of real seconds
        before each, so many bytes at once; `cut_after` so many events the connection is closed.
        """
        form = stream_form(
            newline=newline, comments=comments, pause=pause, split=split, cut_after=cut_after
        )
        self._plan("write_streams", "form", form, on=on, times=times, after=after)

    def _plan(self, name: str, group: Any, what: Any, **when: Any) -> None:
        self._server.troubles.add(trouble(name, group, what, operations=operation_ids(), **when))

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

    def assert_called(self, operation: str, *, times: int | None = None, body: Any = None) -> None:
        """Assert that an operation was asked for, `times` times, with a body that holds `body`."""
        __tracebackhide__ = True
        check_known("operation", operation, operation_ids())
        assert_called(self.requests, operation, times=times, body=body)

    def assert_requests_hold(self, *, strict: bool = False) -> None:
        """Assert that what clients sent keeps the requirements on clients; strict: SHOULD, too."""
        __tracebackhide__ = True
        from run_contracts.conduct.life_findings import broken_requests  # noqa: PLC0415 - judges

        lines = broken_requests(self._server.log.exchanges, strict=strict)
        if lines:
            raise AssertionError("\n".join(["the client breaks the contract:", *lines]))

    def assert_all_met(self) -> None:
        """Assert that each life was a run's, and each trouble came to a request."""
        __tracebackhide__ = True
        left = self._server.left()
        left += [
            f"a request to {line(url)} would have left for the network" for url in self._escaped
        ]
        if left:
            raise AssertionError("\n  ".join(["not all that was planned came:", *left]))

    # Others, and the end

    def __call__(self, *, port: int = 0, **options: Any) -> RunServer:
        """Return another server with other `ServerOptions`, which stops when this one does.

        Raises `UsageError` for what cannot be, e.g. an unknown fault.
        """
        known = [field.name for field in fields(ServerOptions)]
        for name in options:
            check_known("option", name, known)
        return self._stack.enter_context(RunServer(replace(self.options, **options), port=port))

    def close(self) -> None:
        """Stop; what is left over is not asked about."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()
        if error is None:
            self.assert_all_met()

    def __repr__(self) -> str:
        return f"<RunServer {self.__dict__.get('url', 'not started')}>"


def _arguments_of(method: Callable[..., None]) -> tuple[str, ...]:
    """Return the names by which arguments are given."""
    return tuple(method.__kwdefaults__ or ())
