"""What a test's clients exchange, judged at its end: the fixture `watched_runs`."""

from __future__ import annotations

from contextlib import ExitStack
from importlib import import_module
from typing import TYPE_CHECKING, Any

from run_contracts.engine.policy import Policy
from run_contracts.errors import UsageError
from run_contracts.events import Decided, ExitCode, Finished, ProbeEnded, exchanges
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.report.finding_lines import decided
from run_contracts.report.summary import Summary
from run_contracts.testing.in_process import HTTPLibrary, library_of_sdk
from run_contracts.watching.live_watch import LiveWatch
from run_contracts.watching.so_far import NO_RUN, NOT_JUDGED
from run_contracts.watching.transports import Watched

if TYPE_CHECKING:
    from run_contracts.events import Event

SAW_NO_RUN = (
    "watched_runs saw no run: let the client use its transport, as in "
    "OpenAI(http_client=watched_runs.client()), or say watched_runs.allow_nothing()"
)


class WatchedRuns:
    """Makes clients and transports whose traffic is judged, in this process, at the end.

    >>> WatchedRuns(AskedFor()).judge()
    Traceback (most recent call last):
    run_contracts.errors.UsageError: watched_runs saw no run: let the client use its transport, ...
    """

    def __init__(self, asked: AskedFor, *, strict: bool = False) -> None:
        """Begin with nothing seen."""
        self.watch = LiveWatch("", asked, policy=Policy(strict=strict), is_within=True)
        self._may_be_nothing = False
        self._stack = ExitStack()

    def transport(self, inner: Any = None, *, library: HTTPLibrary | None = None) -> Watched:
        """Return a transport for a client of httpx2 or httpx, around another one if it is given."""
        return Watched(inner or _library(library).HTTPTransport(), self.watch)

    def async_transport(self, inner: Any = None, *, library: HTTPLibrary | None = None) -> Watched:
        """Return a transport for an async client."""
        return Watched(inner or _library(library).AsyncHTTPTransport(), self.watch)

    def client(self, *, library: HTTPLibrary | None = None, **options: Any) -> Any:
        """Return a client, for ``OpenAI(http_client=...)``; it is closed at the end of the test.

        It is one of the library that the installed SDK takes unless that is named.
        """
        made = _library(library).Client(transport=self.transport(library=library), **options)
        return self._stack.enter_context(made)

    def async_client(self, *, library: HTTPLibrary | None = None, **options: Any) -> Any:
        """Return an async client, for ``AsyncOpenAI(http_client=...)``."""
        transport = self.async_transport(library=library)
        return _library(library).AsyncClient(transport=transport, **options)

    def allow_nothing(self) -> None:
        """Let the test pass if no run was seen."""
        self._may_be_nothing = True

    def close(self) -> None:
        """Close the clients that it made."""
        self._stack.close()

    def judge(self) -> None:
        """Raise `AssertionError` for what is broken, `UsageError` if there was nothing to judge."""
        __tracebackhide__ = True
        self.close()
        events = self.watch.close()
        finished = events[-1]
        assert isinstance(finished, Finished)  # noqa: S101 - the last event of a watch
        if finished.exit_code == ExitCode.BROKEN:
            raise AssertionError("\n".join(_lines(events)))
        if finished.own_errors and finished.exit_code == ExitCode.OUR_ERROR:
            raise UsageError("\n".join(finished.own_errors))
        if finished.exit_code == ExitCode.NOTHING_VERIFIED:
            self._say_why(events, finished.unverified)

    def _say_why(self, events: tuple[Event, ...], unverified: tuple[str, ...]) -> None:
        """Raise `UsageError` for what was seen and not judged, or where no run was seen."""
        ended = (one for one in events if isinstance(one, ProbeEnded))
        reasons = [one.reason for one in ended if one.probe == NOT_JUDGED]
        if reasons and unverified != (NO_RUN,):
            words = "; ".join((*(one for one in unverified if one != NO_RUN), *reasons))
            raise UsageError(f"watched_runs could not judge what it saw: {words}")
        if not self._may_be_nothing:
            raise UsageError(SAW_NO_RUN)

    def __repr__(self) -> str:
        return f"<watched_runs: {self.watch.tap.requests} requests>"


def _lines(events: tuple[Event, ...]) -> list[str]:
    """Return what is broken in lines, the first to mend first."""
    summary = Summary.of(events)
    by_number = {one.number: one for one in exchanges(events)}
    red = [verdict for cause in summary.causes if cause.is_red for verdict in cause.verdicts]
    red += [one for one in summary.by_outcome["broken"] if one not in red]
    lines = [_head(red)]
    for verdict in red:
        shown_in = by_number.get(verdict.broken[0].exchange)
        again = f"run-contracts explain {verdict.requirement}"
        lines += decided(verdict, command=again, shown_in=shown_in)
    return lines


def _head(red: list[Decided]) -> str:
    rules = "1 requirement" if len(red) == 1 else f"{len(red)} requirements"
    return f"what was exchanged breaks {rules}:"


def _library(library: HTTPLibrary | None) -> Any:
    return import_module(library or library_of_sdk())
