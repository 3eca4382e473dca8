"""A reference server for tests: quick, on loopback, and it lets runs go as a test wants."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from run_contracts.errors import UsageError
from run_contracts.server import Lives, ServerOptions, life, running

if TYPE_CHECKING:
    from run_contracts.types import RunStatus

QUICK = ServerOptions(queue_seconds=0.01, work_seconds=0.05, cancel_seconds=0.01)
"""Options under which a whole life passes in less than a tenth of a second."""


class RunServer:
    """A server that tests talk to with any client; it starts when its `url` is first asked for.

    Call it for another one beside it, e.g. with faults. Use it as a context manager.

    >>> with RunServer() as server:
    ...     server.next_run("failed")
    ...     server.url.endswith("/v1")
    True
    """

    def __init__(self, options: ServerOptions = QUICK) -> None:
        """Do not start yet."""
        self.options = options
        self._lives = Lives()
        self._stack = ExitStack()

    @cached_property
    def url(self) -> str:
        """The base URL, for clients: ``OpenAI(base_url=server.url, api_key=server.api_key)``."""
        return self._stack.enter_context(running(self.options, lives=self._lives))

    @property
    def api_key(self) -> str:
        """The key that it accepts."""
        return self.options.api_key

    def next_run(
        self, *statuses: RunStatus, calls: Mapping[str, Any] | None = None, reply: str | None = None
    ) -> None:
        """Write the life of the next run that a client creates; several calls wait in a row.

        `statuses` are where it rests, in order; what lies between need not be told. It goes on
        from ``requires_action`` when its outputs are submitted, else by itself. ``in_progress`` or
        ``queued`` at the end stay so, ``expired`` takes a second. `calls` are the functions it
        calls, each with its arguments, else the first of its tools; `reply` is what the assistant
        writes. Raises `UsageError` for what no run can do.
        """
        self._lives.add(life(statuses, calls=calls, reply=reply))

    def __call__(self, **options: Any) -> RunServer:
        """Return another server with other `ServerOptions`, which stops when this one does.

        Raises `UsageError` for what cannot be, e.g. an unknown fault.
        """
        try:
            changed = replace(self.options, **options)
        except TypeError:
            known = ", ".join(ServerOptions.__dataclass_fields__)
            raise UsageError(
                f"no such option among {', '.join(options)}; there are {known}"
            ) from None
        other = self._stack.enter_context(RunServer(changed))
        _ = other.url if other.options.faults else ""
        return other

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __repr__(self) -> str:
        return f"<RunServer {self.__dict__.get('url', 'not started')}>"
