"""Read streams: whether a stream was read until its run rested, and what was done if it was not."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.clients.client_table import shows_of_clients
from run_contracts.checks.clients.senders import comes_after, sender
from run_contracts.checks.locking import LOCKED
from run_contracts.checks.registry import Outcome, decided
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.history import Observation
from run_contracts.traffic.streamed_events import DONE

FAILURE = "error"


def _streams(evidence: Evidence) -> Iterator[tuple[Exchange, Observation]]:
    """Yield the streams that showed their run, with what they showed of it last."""
    for exchange in evidence.exchanges:
        seen = evidence.observations(exchange) if exchange.is_stream else ()
        if seen and isinstance(seen[-1].run.get("id"), str):
            yield exchange, seen[-1]


def _rests(evidence: Evidence, exchange: Exchange, last: Observation) -> bool:
    """Say whether a stream was sent as far as anybody needs to read it."""
    is_closed = any(event.name in (DONE, FAILURE) for event in exchange.events)
    return is_closed or evidence.contract.lifecycle.rests(last.status)


@shows_of_clients("CLIENT-STREAM-001")
def reads_to_the_end(evidence: Evidence) -> Iterator[Outcome]:
    """Judge streams that came to their rest, and those that their reader left before.

    Whoever then cancels the run, or reads it or its thread, has not lost it. Only who serves a
    stream knows that its reader left.
    """
    for exchange, last in _streams(evidence):
        is_rested = _rests(evidence, exchange, last)
        if is_rested or exchange.response.is_left:
            yield decided(
                evidence,
                "CLIENT-STREAM-001",
                exchange,
                holds=is_rested or _is_followed(evidence, exchange, last),
                actual=f"left while the run was {last.status}",
                code="read-to-rest",
            )


def _is_followed(evidence: Evidence, exchange: Exchange, last: Observation) -> bool:
    """Say whether anybody asked for a run, or its thread's content, beside or after its stream."""
    run_id, thread_id = last.run.get("id"), last.run.get("thread_id")
    for other in evidence.sent:
        is_own = other.ids.get("run_id") == run_id
        is_read = other.request.method == "GET" and other.ids.get("thread_id") == thread_id
        if other is not exchange and (is_own or (is_read and other.number > exchange.number)):
            return True
    return False


@shows_of_clients("CLIENT-STREAM-002")
def reads_after_a_break(evidence: Evidence) -> Iterator[Outcome]:
    """Judge what a client does first on the thread of a stream that the server broke off."""
    for exchange, last in _streams(evidence):
        is_broken = exchange.response.broken_off and not exchange.response.is_left
        if not is_broken or _rests(evidence, exchange, last):
            continue
        following = _next_on_thread(evidence, exchange, last)
        if following is None or following.together or sender(following) != sender(exchange):
            continue
        if following.request.method == "GET" or following.operation_id in LOCKED:
            yield decided(
                evidence,
                "CLIENT-STREAM-002",
                following,
                holds=following.request.method == "GET",
                actual=f"{following.request.method} {following.request.url}",
                code="read-again",
                run=str(last.run.get("id")),
            )


def _next_on_thread(evidence: Evidence, exchange: Exchange, last: Observation) -> Exchange | None:
    """Return the first request after a stream that is about its thread, whoever sent it."""
    thread_id = last.run.get("thread_id")
    own = (one for one in evidence.sent if one.ids.get("thread_id") == thread_id)
    return next((one for one in own if comes_after(exchange, one)), None)
