"""Refusals: what must be refused, and how."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.registry import Outcome, decided, decides, held, refused
from run_contracts.contract.operations import BETA, is_run_path
from run_contracts.contract.requirements import register
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import SERVER_ERROR, Exchange, Intent

UNAUTHORIZED = 401
NOT_FOUND = 404
NOT_ALLOWED = 405
NOT_A_FAILURE = frozenset({501, 502, 503, 504})
"""Not offered, or a gateway's word: neither says that the server failed at the request."""


@decides("RUN-ERR-006", "RUN-ERR-007")
def absent_is_refused(evidence: Evidence) -> Iterator[Outcome]:
    """Judge requests whose path names something that does not exist."""
    for exchange in evidence.exchanges:
        if exchange.intent is not Intent.ABSENT or not evidence.is_offered(exchange):
            continue
        status = exchange.response.status
        yield from refused(evidence, "RUN-ERR-006", exchange, "there is nothing under this id")
        if exchange.is_refusal and not exchange.is_turned_away and _is_well_formed(exchange):
            yield decided(
                evidence,
                "RUN-ERR-007",
                exchange,
                holds=status == NOT_FOUND,
                actual=status,
                code="http-status",
                statuses=[NOT_FOUND],
            )


def _is_well_formed(exchange: Exchange) -> bool:
    """Say whether the ids of a path have their prefixes; newer servers answer 400 to others."""
    prefixes = register(exchange.edition).prefixes
    return all(id_.startswith(prefixes.get(name, "")) for name, id_ in exchange.ids.items())


@decides("RUN-ERR-012", "RUN-ERR-013")
def refused_by_intent(evidence: Evidence) -> Iterator[Outcome]:
    """Judge requests with an unknown assistant (012) or without an edition (013).

    That a request names no edition it shows itself, beside others of the same client.
    """
    requirements = {Intent.NO_ASSISTANT: "RUN-ERR-012", Intent.NO_EDITION: "RUN-ERR-013"}
    sent = evidence.server.header_names
    for exchange in evidence.exchanges:
        intent, names = exchange.intent, exchange.request.header_names
        if exchange.operation and names and BETA not in names and names | {BETA} in sent:
            intent = Intent.NO_EDITION
        # An answer of 401 counts: so some servers refuse a request that names no edition.
        is_answer = not exchange.is_put_off and evidence.is_offered(exchange)
        if intent in requirements and is_answer:
            yield from refused(evidence, requirements[intent], exchange, f"for {intent}")


@decides("RUN-HTTP-003")
def unknown_methods(evidence: Evidence) -> Iterator[Outcome]:
    """Judge requests with a method that the contract does not have for a run endpoint.

    HEAD and OPTIONS are every server's own business.
    """
    for exchange in evidence.exchanges:
        request, status = exchange.request, exchange.response.status
        if exchange.operation is not None or request.method in ("HEAD", "OPTIONS"):
            continue
        if exchange.is_turned_away or not is_run_path(exchange.edition, request.url):
            continue
        yield decided(
            evidence,
            "RUN-HTTP-003",
            exchange,
            holds=exchange.is_refusal or status in NOT_A_FAILURE,
            actual=f"{status} to {request.method}",
            code="http-status",
            statuses=[NOT_FOUND, NOT_ALLOWED],
        )


@decides("RUN-ERR-008")
def never_fails(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that no request made the server fail; only refusals show that it could cope."""
    for exchange in evidence.exchanges:
        status = exchange.response.status
        if exchange.operation is None or status in NOT_A_FAILURE:
            continue
        if status >= SERVER_ERROR:
            yield decided(
                evidence,
                "RUN-ERR-008",
                exchange,
                holds=False,
                actual=status,
                code="server-error",
            )
        elif exchange.is_refusal:
            yield held("RUN-ERR-008", exchange)


@decides("RUN-ERR-009")
def wrong_key(evidence: Evidence) -> Iterator[Outcome]:
    """Judge requests with a wrong key; a server that takes any key does not offer the rule."""
    for exchange in evidence.exchanges:
        if exchange.intent is not Intent.WRONG_KEY:
            continue
        if exchange.is_success:
            reason = f"the server checks no key: it answered {exchange.response.status}"
            yield Outcome(requirement="RUN-ERR-009", exchange=exchange, not_offered=reason)
        elif exchange.is_refusal and evidence.is_offered(exchange):
            status = exchange.response.status
            yield decided(
                evidence,
                "RUN-ERR-009",
                exchange,
                holds=status == UNAUTHORIZED,
                actual=status,
                code="http-status",
                statuses=[UNAUTHORIZED],
            )


@decides("RUN-ERR-010", "RUN-ERR-011")
def broken_request_is_refused(evidence: Evidence) -> Iterator[Outcome]:
    """Judge requests whose body breaks the operation's request schema.

    A create without assistant_id is RUN-ERR-010, every other departure is advice (011).
    """
    for exchange in evidence.exchanges:
        if not exchange.is_turned_away and exchange in evidence.wrong_requests:
            requirement = "RUN-ERR-010" if _lacks_assistant(exchange) else "RUN-ERR-011"
            yield from refused(evidence, requirement, exchange, "the body breaks its schema")


def _lacks_assistant(exchange: Exchange) -> bool:
    creates = exchange.operation is not None and exchange.operation.id == "createRun"
    return creates and isinstance(exchange.asked, dict) and "assistant_id" not in exchange.asked
