"""Counting what a check with all its reports decodes, and what there is to be decoded."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest

from run_contracts.client.checked_target import Target
from run_contracts.engine.creations import leftovers
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


def checked(fault: str, edition: str) -> list[Event]:
    """Return the events of a smoke check of a server with a fault."""
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


def reported(events: list[Event]) -> None:
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


def texts(exchange: Exchange) -> list[str]:
    """Return the texts of an exchange that can be read: its bodies, and the data of its frames."""
    frames = exchange.answer.frames if exchange.is_stream else ()
    bodies = [one.decode() for one in (exchange.request.body, exchange.response.body) if one]
    return bodies + [one.data for one in frames if one.data not in (None, DONE_DATA)]


def there_are(events: list[Event]) -> Counter[str]:
    """Return the texts that a check exchanged, each as often as it occurs."""
    return Counter(text for exchange in exchanges(events) for text in texts(exchange))


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count the texts that are decoded as JSON, but for what the server and the contract decode."""
    real, decoded = json.JSONDecoder.decode, Counter[str]()

    def counting(decoder: json.JSONDecoder, text: str, *args: Any) -> Any:
        caller = sys._getframe(1)
        while caller is not None and not str(caller.f_globals["__name__"]).startswith(ELSEWHERE):
            caller = caller.f_back
        decoded[text] += caller is None
        return real(decoder, text, *args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json.JSONDecoder, "decode", counting)
        yield decoded
