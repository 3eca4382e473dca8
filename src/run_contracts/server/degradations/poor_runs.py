"""Runs that do less than they should: they call nothing, come to no rest, tell nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from run_contracts.contract.lifecycle import IN_PROGRESS, QUEUED
from run_contracts.server.degradations.degradation import Degradation
from run_contracts.server.faults.fault import Wrap, changed, wrap
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.gate import Gate
from run_contracts.server.parts.records import RunRecord
from run_contracts.server.parts.run_engine import RunEngine
from run_contracts.server.parts.store import Store
from run_contracts.server.requests.refusal import Refusal


def _without_calls(run: RunRecord) -> RunRecord:
    run.calls = []
    return run


def _no_tool(server: EditionServer, inner: object, run: RunRecord, moment: float) -> None:
    """Use no built-in tool."""


def _staying(*statuses: str) -> Wrap:
    """Return the wrap by which nothing is due while a run is in these statuses."""

    def due(server: EditionServer, inner: Callable[[RunRecord], float], run: RunRecord) -> float:
        return math.inf if run.status in statuses else inner(run)

    return wrap(RunEngine.due, due)


def _without_stream(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "stream"}


def _refusing_streams(
    _: EditionServer, inner: Callable[[bytes, str], dict[str, Any]], data: bytes, kind: str
) -> dict[str, Any]:
    body = inner(data, kind)
    if body.get("stream") is True:
        raise Refusal("This server does not stream.", param="stream")
    return body


POOR_RUNS = (
    Degradation(
        id="no-forced-calls",
        sentence="tool_choice is ignored: no tool is ever called, and the run completes.",
        wraps=(changed(Store.new_run, _without_calls), wrap(RunEngine.use_tools, _no_tool)),
    ),
    Degradation(
        id="stays-queued",
        sentence="Runs stay queued until somebody cancels them.",
        wraps=(_staying(QUEUED),),
    ),
    Degradation(
        id="stays-in-progress",
        sentence="Runs stay in progress until somebody cancels them.",
        wraps=(_staying(IN_PROGRESS),),
    ),
    Degradation(
        id="no-streams",
        sentence="stream is ignored: the answer is the run, in JSON.",
        wraps=(changed(Gate.read_body, _without_stream),),
    ),
    Degradation(
        id="refuses-streams",
        sentence="A request with stream: true is refused with 400.",
        wraps=(wrap(Gate.read_body, _refusing_streams),),
    ),
)
"""The degradations of what a run does."""
