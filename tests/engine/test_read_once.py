"""A check reads what was sent and answered once, with all its reports."""

from __future__ import annotations

import json
import sys
from collections import Counter
from io import StringIO
from typing import Any

import pytest

from run_contracts.client.target import Target
from run_contracts.engine.cleanup import leftovers
from run_contracts.engine.runner import check
from run_contracts.engine.selftest.trial import reference
from run_contracts.events import Event, exchanges
from run_contracts.report import html, jsonlines, junit
from run_contracts.report.script import script
from run_contracts.report.summary import Summary
from run_contracts.report.text import TextReport
from run_contracts.server import ServerOptions
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.streamed_events import DONE_DATA

ELSEWHERE = ("run_contracts.server", "run_contracts.contract")
"""Who decodes, too: the server what it is sent, the contract its schemas."""


def _checked(fault: str, edition: str) -> list[Event]:
    options = ServerOptions.for_checking(faults=(fault,))
    target = Target(
        url="http://reference.invalid/v1",
        key=options.api_key,
        edition=edition,
        profile="smoke",
        patience=10.0,
        timeout=2.0,
    )
    with reference(options) as connection:
        return list(check(target, connection=connection))


def _reported(events: list[Event]) -> None:
    """Render a check in every form that looks into its exchanges."""
    summary, report = Summary.of(events), TextReport(with_scripts=True)
    html.page(events)
    junit.document(events)
    for event in events:
        jsonlines.write(event, StringIO())
        list(report.lines(event))
    for verdict in summary.by_outcome["broken"]:
        script(summary.started.target, verdict, summary.sequence_of(verdict))
    leftovers(exchanges(events))


def _texts(exchange: Exchange) -> list[str]:
    """Return the texts of an exchange that can be read: its bodies, and the data of its frames."""
    frames = exchange.answer.frames if exchange.is_stream else ()
    bodies = [one.decode() for one in (exchange.request.body, exchange.response.body) if one]
    return bodies + [one.data for one in frames if one.data not in (None, DONE_DATA)]


@pytest.mark.parametrize("edition", ["v1", "v2"])
@pytest.mark.parametrize("fault", ["RUN-LIST-005", "RUN-STREAM-003"])
def test_no_body_and_no_frame_is_decoded_twice(
    edition: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the wire to the page, the scripts and the list of what is left behind."""
    real, decoded = json.JSONDecoder.decode, Counter[str]()

    def counting(decoder: json.JSONDecoder, text: str, *args: Any) -> Any:
        caller = sys._getframe(1)
        while caller is not None and not str(caller.f_globals["__name__"]).startswith(ELSEWHERE):
            caller = caller.f_back
        decoded[text] += caller is None
        return real(decoder, text, *args)

    monkeypatch.setattr(json.JSONDecoder, "decode", counting)
    events = _checked(fault, edition)
    assert decoded.total() > 50
    _reported(events)
    there = Counter(text for exchange in exchanges(events) for text in _texts(exchange))
    assert decoded - there == Counter()
