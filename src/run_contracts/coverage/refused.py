"""What was seen refused: for each operation, the reasons for which a right server refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from run_contracts.contract.loading import Contract
from run_contracts.contract.operations import Operation, run_operations
from run_contracts.contract.requests import is_legal_parameter, query_parameters
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange, Intent
from run_contracts.traffic.history import Observation


class RefusalReason(StrEnum):
    """Why a right server refuses a request."""

    NO_SUCH_ID = "no such id"
    OTHER_THREAD = "another thread"
    WRONG_BODY = "wrong body"
    WRONG_QUERY = "wrong query"
    WRONG_STATUS = "wrong status"
    LOCKED = "locked thread"
    NO_ASSISTANT = "no such assistant"
    WRONG_KEY = "wrong key"


BY_STATUS = ("cancelRun", "submitToolOutputs")
"""Operations that some statuses of a run do not allow."""
BY_INTENT = {
    Intent.ABSENT: RefusalReason.NO_SUCH_ID,
    Intent.NO_ASSISTANT: RefusalReason.NO_ASSISTANT,
    Intent.WRONG_KEY: RefusalReason.WRONG_KEY,
}
"""Reasons that the sender of a request knows."""


def refusals(contract: Contract) -> Iterator[str]:
    """Yield each operation about runs with each reason to refuse it; any may want a right key."""
    for operation in run_operations(contract.edition):
        yield from (f"{operation.id}: {reason}" for reason in _reasons(contract, operation))
    yield f"any operation: {RefusalReason.WRONG_KEY}"


def _reasons(contract: Contract, operation: Operation) -> Iterator[str]:
    if "{" in operation.path:
        yield RefusalReason.NO_SUCH_ID
    if "{run_id}" in operation.path:
        yield RefusalReason.OTHER_THREAD
    if operation.request is not None:
        yield RefusalReason.WRONG_BODY
    if "limit" in query_parameters(contract.edition)[operation.id]:
        yield RefusalReason.WRONG_QUERY
    if operation.id in BY_STATUS:
        yield RefusalReason.WRONG_STATUS
    if operation.request is not None and "{run_id}" not in operation.path:
        yield RefusalReason.NO_ASSISTANT
    if operation.id == "createRun":
        yield RefusalReason.LOCKED


def refusals_shown(evidence: Evidence) -> Iterator[tuple[str, Exchange]]:
    """Yield what was refused, with every reason that the request gives for it."""
    last: dict[str, Observation] = {}
    for exchange in evidence.exchanges:
        if exchange.is_refusal and exchange.operation_id is not None:
            yield from _refused(evidence, exchange, last)
        for observation in evidence.observations(exchange):
            last[str(observation.run.get("id"))] = observation


def _refused(
    evidence: Evidence, exchange: Exchange, last: dict[str, Observation]
) -> Iterator[tuple[str, Exchange]]:
    """Yield why a refused request may have been refused."""
    if exchange.intent is Intent.WRONG_KEY:
        yield f"any operation: {RefusalReason.WRONG_KEY}", exchange
    elif not exchange.is_turned_away:
        for reason in _reasons_of(evidence, exchange, last):
            yield f"{exchange.operation_id}: {reason}", exchange


def _reasons_of(
    evidence: Evidence, exchange: Exchange, last: dict[str, Observation]
) -> Iterator[str]:
    if exchange.intent in BY_INTENT:
        yield BY_INTENT[exchange.intent]
    if exchange in evidence.wrong_requests:
        yield RefusalReason.WRONG_BODY
    if _is_query_wrong(evidence.contract, exchange):
        yield RefusalReason.WRONG_QUERY
    run = last.get(exchange.ids.get("run_id", ""))
    thread_id = exchange.ids.get("thread_id")
    if run is not None:
        yield (
            RefusalReason.WRONG_STATUS
            if run.run.get("thread_id") == thread_id
            else RefusalReason.OTHER_THREAD
        )
    if exchange.operation_id == "createRun" and _is_locked(evidence.contract, thread_id, last):
        yield RefusalReason.LOCKED


def _is_query_wrong(contract: Contract, exchange: Exchange) -> bool:
    operation = exchange.operation_id or ""
    asked = parse_qsl(urlsplit(exchange.request.url).query, keep_blank_values=True)
    return any(not is_legal_parameter(contract, operation, *one) for one in asked)


def _is_locked(contract: Contract, thread_id: str | None, last: dict[str, Observation]) -> bool:
    """Say whether a run of a thread was alive when it was last seen."""
    of_thread = (one for one in last.values() if one.run.get("thread_id") == thread_id)
    return any(one.status in contract.lifecycle.live for one in of_thread)
