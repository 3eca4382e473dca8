"""A watch inside mitmproxy: what it calls for each part of a flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from run_contracts.contract.operations import STREAM_TYPE
from run_contracts.errors import UsageError
from run_contracts.recordings.judging.asked_for import AskedFor, Side
from run_contracts.watching.live_watch import LiveWatch
from run_contracts.watching.passing import Passing, decoded
from run_contracts.watching.written_reports import report_paths, summary_lines, write_reports

REPORT, JUDGES, ALONE = "run_contracts_report", "run_contracts_judge", "run_contracts_alone"
FLOW_KEY = "run_contracts_passing"
STREAMED_PAST = "mitmproxy streamed its body without asking an addon"


class WatchAddon:
    """Judges the flows of mitmproxy, in a process of its own; streams stay streams.

    Its options are ``--set run_contracts_report=traffic.html``, ``run_contracts_judge=both`` and
    ``run_contracts_alone=true``. At the end what comes out is printed.
    """

    def __init__(self) -> None:
        """Begin nothing before a request comes."""
        self._watch: LiveWatch | None = None
        self._report = ""
        self._judges: Any = "server"
        self._is_alone = False

    def load(self, loader: Any) -> None:
        """Add the options."""
        loader.add_option(REPORT, str, "", "Write the report of run-contracts to this file.")
        loader.add_option(JUDGES, str, "server", "Whose side is judged: server, client or both.")
        loader.add_option(ALONE, bool, False, "Nobody else changes these runs meanwhile.")

    def configure(self, updated: set[str]) -> None:
        """Take the options; refuse what cannot be."""
        from mitmproxy import ctx, exceptions  # noqa: PLC0415 - there where mitmproxy runs

        if REPORT in updated:
            self._report = str(getattr(ctx.options, REPORT))
            try:
                report_paths(self._report or None)
            except UsageError as error:
                raise exceptions.OptionsError(str(error)) from None
        if JUDGES in updated:
            self._judges = str(getattr(ctx.options, JUDGES))
            if self._judges not in get_args(Side):
                raise exceptions.OptionsError(f"{JUDGES}: choose server, client or both")
        if ALONE in updated:
            self._is_alone = bool(getattr(ctx.options, ALONE))

    def requestheaders(self, flow: Any) -> None:
        """Begin with a request, as soon as its head has come."""
        request = flow.request
        watch = self._live(f"{request.scheme}://{request.pretty_host}:{request.port}")
        headers = decoded(request.headers.fields)
        passing = watch.tap.begin(request.method, request.pretty_url, headers)
        if passing is not None:
            flow.metadata[FLOW_KEY] = passing
            if request.stream:
                request.stream = _KeptStream(passing.asks, request.stream)

    def request(self, flow: Any) -> None:
        """Keep the body of a request that was not streamed."""
        passing = _passing(flow)
        if passing is not None:
            _keep_body(flow.request, passing, passing.asks)

    def responseheaders(self, flow: Any) -> None:
        """Keep the head of an answer; let a stream of events go on unbuffered."""
        passing = _passing(flow)
        if passing is None:
            return
        response = flow.response
        passing.answers(response.status_code, response.headers.fields)
        is_stream = response.headers.get("content-type", "").startswith(STREAM_TYPE)
        if is_stream or response.stream:
            response.stream = _KeptStream(passing.comes, response.stream)

    def response(self, flow: Any) -> None:
        """Keep the body of an answer that was not streamed."""
        passing = _passing(flow)
        if passing is not None:
            _keep_body(flow.response, passing, passing.comes)
            passing.ends()

    def error(self, flow: Any) -> None:
        """Say that there is no answer, or not all of it; nobody knows whose doing it is."""
        passing = _passing(flow)
        if passing is not None:
            passing.breaks(str(flow.error.msg))

    def done(self) -> None:
        """Judge what is left, and print and write what comes out."""
        if self._watch is None:
            return
        events = self._watch.close()
        print("\n".join(summary_lines(events)))  # noqa: T201 - as mitmdump prints
        write_reports(events, report_paths(self._report or None))
        self._watch = None

    def _live(self, target: str) -> LiveWatch:
        if self._watch is None:
            asked = AskedFor.named(None, None, judges=self._judges, is_alone=self._is_alone)
            self._watch = LiveWatch(target, asked)
        return self._watch


def _passing(flow: Any) -> Passing | None:
    passing = flow.metadata.get(FLOW_KEY)
    return passing if isinstance(passing, Passing) else None


def _keep_body(message: Any, passing: Passing, keep: Callable[[bytes], None]) -> None:
    """Keep a body that has come whole; one that was streamed past us is not known."""
    if isinstance(message.stream, _KeptStream):
        return
    if message.raw_content is None:
        passing.drop(STREAMED_PAST)
    else:
        keep(message.raw_content)


class _KeptStream:
    """What mitmproxy calls for each part of a stream; the empty one is its end."""

    def __init__(self, keep: Callable[[bytes], None], before: Any) -> None:
        self._keep = keep
        self._before = before if callable(before) else None

    def __call__(self, part: bytes) -> Any:
        if part:
            self._keep(part)
        return part if self._before is None else self._before(part)
