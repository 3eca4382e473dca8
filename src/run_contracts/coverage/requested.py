"""What was asked for: members and parameters in each legal form, and where they were seen again."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from run_contracts.contract.loading import Contract
from run_contracts.contract.operations import run_operations
from run_contracts.contract.requests import (
    FALSY,
    default,
    form,
    legal,
    members,
    query_parameters,
)
from run_contracts.coverage.lived import CREATES
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.history import Observation

IN_ANSWER, IN_STREAM = "the answer", "the stream"
ECHO_PLACES = (IN_ANSWER, IN_STREAM, "getRun", "listRuns")
"""Where a run shows again what it was asked for."""


@lru_cache(maxsize=64)
def forms(contract: Contract) -> tuple[str, ...]:
    """Return the members of request bodies in each legal form, and the query parameters."""
    names: list[str] = []
    for operation in run_operations(contract.edition):
        for member in members(contract, operation.id):
            names += _forms_of(contract, operation.id, member)
        parameters = query_parameters(contract.edition)[operation.id]
        names += [f"{operation.id}?{name}" for name in parameters]
    return tuple(names)


def _forms_of(contract: Contract, operation: str, member: str) -> Iterator[str]:
    """Yield the forms that a member may have: a value of its own, each falsy one, and null."""
    usual = default(contract, operation, member)
    if usual is not True:
        yield form(operation, member, True)
    for value in legal(contract, operation, member, (*FALSY, None)):
        if value is None or value != usual:
            yield form(operation, member, value)


def forms_shown(evidence: Evidence) -> Iterator[tuple[str, Exchange]]:
    """Yield what was sent with requests that were accepted."""
    contract = evidence.contract
    for exchange in evidence.exchanges:
        operation = exchange.operation_id
        if not exchange.is_success or operation is None:
            continue
        for name, _ in parse_qsl(urlsplit(exchange.request.url).query):
            yield f"{operation}?{name}", exchange
        asked = exchange.asked if isinstance(exchange.asked, dict) else {}
        for name in members(contract, operation) if asked else ():
            if name in asked:
                yield form(operation, name, asked[name]), exchange


def echoes(contract: Contract) -> Iterator[str]:
    """Yield each member that a run shows again, with each place where runs are shown."""
    return (f"{name} in {place}" for name in _echoed(contract) for place in ECHO_PLACES)


def _echoed(contract: Contract) -> tuple[str, ...]:
    """Return the members of a create that are fields of a run, too."""
    shown = contract.schema("run")["properties"]
    return tuple(one for one in members(contract, "createRun") if one in shown)


def echoes_shown(evidence: Evidence) -> Iterator[tuple[str, Exchange]]:
    """Yield where the runs were shown whose creates gave a member a value."""
    names = _echoed(evidence.contract)
    for history in evidence.histories.values():
        created = history.observations[0].exchange
        asked = created.asked if created.operation_id in CREATES else None
        if not isinstance(asked, dict) or not created.is_success:
            continue
        given = [name for name in names if asked.get(name) is not None]
        for observation in history.observations:
            place = _place(observation)
            yield from ((f"{name} in {place}", observation.exchange) for name in given)


def _place(observation: Observation) -> str:
    """Return where an observation was made."""
    exchange = observation.exchange
    if exchange.is_stream:
        return IN_STREAM
    return IN_ANSWER if exchange.operation_id in CREATES else str(exchange.operation_id)
