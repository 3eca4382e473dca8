"""Read streams: whether a stream was read until its run rested, and what was done if it was not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

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
    about = _by_thread(evidence)
    for exchange, last in _streams(evidence):
        is_rested = _rests(evidence, exchange, last)
        if is_rested or exchange.response.is_left:
            yield decided(
                evidence,
                "CLIENT-STREAM-001",
                exchange,
                holds=is_rested or _is_followed(exchange, last, about),
                actual=f"left while the run was {last.status}",
                code="read-to-rest",
            )


def _by_thread(evidence: Evidence) -> Mapping[str, list[Exchange]]:
    """Return all requests about each thread, answered or not, in order."""
    about: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in evidence.sent:
        about[exchange.ids.get("thread_id", "")].append(exchange)
    return about


def _about(last: Observation, about: Mapping[str, list[Exchange]]) -> list[Exchange]:
    """Return the requests about the thread of a run."""
    return about.get(str(last.run.get("thread_id")), [])


def _is_followed(
    exchange: Exchange, last: Observation, about: Mapping[str, list[Exchange]]
) -> bool:
    """Say whether anybody asked for a run, or its thread's content, beside or after its stream."""
    for other in reversed(_about(last, about)):
        is_own = other.ids.get("run_id") == last.run.get("id")
        is_read = other.request.method == "GET" and other.number > exchange.number
        if other is not exchange and (is_own or is_read):
            return True
    return False


@shows_of_clients("CLIENT-STREAM-002")
def reads_after_a_break(evidence: Evidence) -> Iterator[Outcome]:
    """Judge what a client does first on the thread of a stream that the server broke off."""
    about = _by_thread(evidence)
    for exchange, last in _streams(evidence):
        is_broken = exchange.response.broken_off and not exchange.response.is_left
        if not is_broken or _rests(evidence, exchange, last):
            continue
        later = (one for one in _about(last, about) if comes_after(exchange, one))
        following = next(later, None)
        if following is None or following.together or sender(following) != sender(exchange):
            continue
        is_read = following.request.method == "GET"
        if is_read or following.operation_id in LOCKED:
            yield decided(
                evidence,
                "CLIENT-STREAM-002",
                following,
                holds=is_read,
                actual=f"{following.request.method} {following.request.url}",
                code="read-again",
                run=str(last.run.get("id")),
            )
