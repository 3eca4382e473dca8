"""Answering: every request has an answer, and it is sent to its end, whatever it says."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.registry import Outcome, decided, decides, held
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

NOT_BY_CHANCE = 2
"""Requests of one kind without an answer after which the network is not to blame."""


@decides("RUN-HTTP-004", of_all=True, revocable=True)
def every_request_is_answered(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the requests that the server got and left without an answer, operation by operation.

    Only those count after which it answered something else: a server that was stopped broke
    nothing. Once may be the network's doing, so it takes two: an idempotent request is sent again
    at once where the server hung up, others count together. Where the time was over they do,
    too, if the operation was never answered at all, though the second was waited for less long.
    """
    for exchange in evidence.exchanges:
        if exchange.operation is not None:
            yield held("RUN-HTTP-004", exchange)
    by_operation: dict[str, list[Exchange]] = {}
    for exchange in _left_alone(evidence):
        by_operation.setdefault(exchange.operation_id or "", []).append(exchange)
    for operation, exchanges in by_operation.items():
        times = sum(one.response.silences for one in exchanges)
        is_never = operation not in evidence.server.answered
        if times >= NOT_BY_CHANCE or (times and is_never and len(exchanges) >= NOT_BY_CHANCE):
            for exchange in exchanges:
                yield _unanswered(evidence, exchange)


def _left_alone(evidence: Evidence) -> Iterator[Exchange]:
    """Yield requests of the contract without an answer after which the server answered another."""
    for exchange in evidence.unanswered:
        if not evidence.server.goes_on_after(exchange):
            continue
        is_its_doing = exchange.response.silences > 0 or exchange.response.is_late
        if exchange.operation is not None and is_its_doing:
            yield exchange


@decides("RUN-HTTP-005")
def every_answer_is_sent_to_its_end(evidence: Evidence) -> Iterator[Outcome]:
    """Judge how answers ended that were read to their end.

    One that a connection was reset in says nothing, for that may be the network's doing, and nor
    does one after which nothing was answered whole: a server that was stopped broke nothing.
    """
    for exchange in evidence.exchanges:
        response = exchange.response
        is_judged = exchange.operation is not None and exchange.is_answered and response.is_whole
        if not is_judged or (response.broken_off and not evidence.server.goes_on_after(exchange)):
            continue
        yield decided(
            evidence,
            "RUN-HTTP-005",
            exchange,
            holds=not response.broken_off,
            actual=response.broken_off,
            code="broken-off",
        )


def _unanswered(evidence: Evidence, exchange: Exchange) -> Outcome:
    return decided(
        evidence,
        "RUN-HTTP-004",
        exchange,
        holds=False,
        actual=exchange.response.failure,
        code="no-answer",
    )
