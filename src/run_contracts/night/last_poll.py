"""The last poll of a server, before what a night found is believed to be all: it must answer."""

from __future__ import annotations

from run_contracts.client.checked_target import Target
from run_contracts.client.session import Session
from run_contracts.engine.executing import reach
from run_contracts.errors import TargetError
from run_contracts.traffic.exchange import SERVER_ERROR, Exchange

POLL_REQUESTS = 2
"""Requests that it takes: for the runs of no thread, and where no API has anything."""


def says_something(exchange: Exchange) -> bool:
    """Say whether an answer speaks of what was asked, not of the caller, the rate or a failure."""
    is_failure = exchange.response.status >= SERVER_ERROR
    return exchange.is_answered and not (exchange.is_turned_away or is_failure)


def is_answering(target: Target) -> bool:
    """Say whether a server answers now.

    One that fails for a thread that is not there may answer where no API has anything.
    """
    with Session(target) as session:
        try:
            reach(session)
        except TargetError:
            return False
        first, *others = session.exchanges
        return not first.is_turned_away and any(map(says_something, (first, *others)))
