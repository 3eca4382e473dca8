"""A watch inside mitmproxy: what it calls for each part of a flow."""

from __future__ import annotations

from typing import Any, get_args

from run_contracts.contract.operations import STREAM_TYPE
from run_contracts.errors import UsageError
from run_contracts.recordings.judging.asked_for import AskedFor, Side
from run_contracts.watching.live_watch import LiveWatch
from run_contracts.watching.passing import Passing, decoded
from run_contracts.watching.written_reports import report_paths, summary_lines, write_reports

REPORT, JUDGES, ALONE = "run_contracts_report", "run_contracts_judge", "run_contracts_alone"
FLOW_KEY = "run_contracts_passing"


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

    def request(self, flow: Any) -> None:
        """Keep the body of a request."""
        passing = _passing(flow)
        if passing is not None:
            passing.asks(flow.request.raw_content or b"")

    def responseheaders(self, flow: Any) -> None:
        """Keep the head of an answer; let a stream of events go on unbuffered."""
        passing = _passing(flow)
        if passing is None:
            return
        response = flow.response
        passing.answers(response.status_code, response.headers.fields)
        if response.headers.get("content-type", "").startswith(STREAM_TYPE):
            before = response.stream
            response.stream = _kept_by(passing, before if callable(before) else None)

    def response(self, flow: Any) -> None:
        """Keep the body of an answer that was not streamed."""
        passing = _passing(flow)
        if passing is None:
            return
        if not flow.response.stream:
            passing.comes(flow.response.raw_content or b"")
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


def _kept_by(passing: Passing, before: Any) -> Any:
    """Return what mitmproxy calls for each part of a stream; the empty one is its end."""

    def part_came(part: bytes) -> Any:
        if part:
            passing.comes(part)
        return part if before is None else before(part)

    return part_came
