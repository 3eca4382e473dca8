"""Busy threads: what a client begins, or gives up, against what it has just seen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from run_contracts.checks.clients.client_table import shows_of_clients
from run_contracts.checks.clients.senders import (
    SECOND,
    announces_retry,
    by_sender,
    came_whole,
    comes_after,
    gap,
    grain,
    has_times,
    is_refused,
)
from run_contracts.checks.locking import LOCKED
from run_contracts.checks.registry import Outcome, decided
from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.history import Observation

JUST = 1.0
"""Seconds for which a client knows that a run is at work that it saw at work."""
CANCEL = "cancelRun"
_BUSY = re.compile(r"\bactive\b")
_RUN_IDS = re.compile(r"\brun_\w+")


@shows_of_clients("CLIENT-THREAD-001")
def leaves_busy_threads_alone(evidence: Evidence) -> Iterator[Outcome]:
    """Judge runs and messages on a thread by what their sender saw last of its runs.

    Broken only if the server refused it for that, and the sender knew: it saw the run at work just
    now, or waiting, which ends by nothing but a command.
    """
    for sent in by_sender(evidence):
        last: dict[str, Observation] = {}
        for exchange in sent:
            thread = exchange.ids.get("thread_id", "")
            if exchange.operation_id in LOCKED and thread in last and not exchange.together:
                yield from _begun(evidence, exchange, last[thread])
            if "run_id" in exchange.ids and not exchange.is_success:
                last.pop(thread, None)  # a command may have been done
            for seen in evidence.observations(exchange):
                if not seen.is_listed and came_whole(exchange):
                    last[str(seen.run.get("thread_id"))] = seen


def _begun(evidence: Evidence, exchange: Exchange, seen: Observation) -> Iterator[Outcome]:
    """Judge what was begun on a thread after a run of it was seen."""
    is_busy = _is_refused_for(seen, exchange)
    if not comes_after(seen.exchange, exchange) or announces_retry(exchange):
        return
    is_live = seen.status in evidence.contract.lifecycle.live
    if (is_busy and is_live and _knows(seen, exchange)) or (exchange.is_success and not is_live):
        yield decided(
            evidence,
            "CLIENT-THREAD-001",
            exchange,
            holds=not is_live,
            actual=f"{seen.status} in {seen.exchange}",
            code="run-ended-first",
            run=str(seen.run.get("id")),
        )


def _is_refused_for(seen: Observation, exchange: Exchange) -> bool:
    """Say whether a request was refused since a run is active, and no other than the one seen."""
    text, run_id = exchange.answer.text, str(seen.run.get("id"))
    others = set(_RUN_IDS.findall(text)) - {run_id}
    is_busy = is_refused(exchange) and _BUSY.search(text) is not None
    return is_busy and (run_id in text or not others)


def _knows(seen: Observation, exchange: Exchange) -> bool:
    """Say whether who saw a run so knows that it is active still."""
    pair = (seen.exchange, exchange)
    is_exact = has_times(pair) and grain(pair) < SECOND
    return seen.status == REQUIRES_ACTION or (is_exact and gap(*pair) < JUST)


@shows_of_clients("CLIENT-CANCEL-001")
def cancels_what_lives(evidence: Evidence) -> Iterator[Outcome]:
    """Judge cancels by what their sender saw of the run, as an answer by itself.

    Who leaves a stream, or shows a list, need not have seen what stands in it. Several programs
    that one SDK speaks for look the same: one of them sees a run end, and another, which has not,
    cancels it. So it is broken only where there is one.
    """
    for sent in by_sender(evidence):
        last: dict[str, Observation] = {}
        for exchange in sent:
            seen = last.get(exchange.ids.get("run_id", ""))
            if seen is not None and exchange.operation_id == CANCEL:
                yield from _cancelled(evidence, exchange, seen)
            if not exchange.is_stream and came_whole(exchange):
                shown = (one for one in evidence.observations(exchange) if not one.is_listed)
                last |= {str(one.run.get("id")): one for one in shown}


def _cancelled(evidence: Evidence, exchange: Exchange, seen: Observation) -> Iterator[Outcome]:
    is_clear = comes_after(seen.exchange, exchange) and not exchange.together
    is_clear = is_clear and seen.run.get("thread_id") == exchange.ids["thread_id"]
    is_alive = not evidence.contract.lifecycle.is_terminal(seen.status)
    is_clear = is_clear and (is_alive or evidence.is_of_one_client)
    if is_clear and not (announces_retry(exchange) or exchange.is_turned_away):
        yield decided(
            evidence,
            "CLIENT-CANCEL-001",
            exchange,
            holds=is_alive,
            actual=f"{seen.status} in {seen.exchange}",
            code="alive-still",
        )
