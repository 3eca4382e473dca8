"""The verdict on one answer that was recorded alone: what it amounts to, and what is broken."""

from __future__ import annotations

import os
from typing import Any

from run_contracts.checks import CHECKS, outcomes
from run_contracts.checks.values import DELTAS, JUDGED, every_body, every_value, kind_by_itself
from run_contracts.contract.loading import Contract
from run_contracts.contract.object_names import named_kind
from run_contracts.contract.requirements import Level
from run_contracts.errors import UnreadableBody
from run_contracts.recordings.judging.findings import (
    AnswerFinding,
    ShownBy,
    not_judged,
    not_read,
    own_error,
)
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.kind_of_fields import is_error_of_log, kind_of_fields
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.validation.fast import holds
from run_contracts.validation.json_text import CUT_OFF, decode_json
from run_contracts.validation.judging import judge
from run_contracts.validation.violation import Violation

STARTING = 4096
"""Bytes of an answer that show what it is."""
NAMES_OF_OURS = (b'"thread', b'"assistant"', b'"list"', b'"error"')
"""What an answer of the contract has in it: what it calls itself, or an error."""
OF_BODIES = "RUN-BODY-"
"""How the requirements on the form of a body begin; what shows no other is not judged."""
SHOWN_ALONE = frozenset(id_ for id_, check in CHECKS.items() if check in (every_body, every_value))
"""The requirements that one object in an answer can show, where nobody kept the request."""
ERROR_OF_LOG = "it has an error beside other fields, as a line of a log has"
SINGLE_OBJECTS = frozenset(JUDGED) - {"list"}
Verdict = tuple[Standing, list[AnswerFinding]]


def value_of(body: bytes) -> Any:
    """Return the value of a body that is JSON in every respect; None of others."""
    try:
        read = decode_json(body)
    except UnreadableBody:
        return None
    return None if read.violations else read.value


def is_plainly_right(value: Any, contract: Contract) -> bool:
    """Say whether a value is one object of the contract that breaks nothing; quick.

    False may also mean that this cannot tell.
    """
    kind = kind_by_itself(value)
    return kind in SINGLE_OBJECTS and holds(value, str(kind), contract)


def verdict(exchange: Exchange, contract: Contract, kind: str | None = None) -> Verdict:
    """Judge one answer; a broken MUST is red, a broken SHOULD is only told.

    `kind` is what it is, where somebody said so. An error of ours costs this answer alone.
    """
    try:
        return _judged(exchange, contract, kind)
    except Exception as error:
        if os.environ.get("RUN_CONTRACTS_DEBUG"):
            raise
        return Standing.OUR_ERROR, [not_judged(exchange.source, own_error(error))]


def _judged(exchange: Exchange, contract: Contract, kind: str | None) -> Verdict:
    if exchange.unreadable:
        return Standing.NOT_JUDGED, [not_judged(exchange.source, exchange.unreadable)]
    if not exchange.is_stream and not exchange.body.is_json:
        return _no_json(exchange, ShownBy(contract))
    named = kind_by_itself(exchange.answered)
    meant = kind or (None if named or exchange.is_stream else _kind_of(exchange.answered))
    if meant is not None and not exchange.is_stream:
        broken = [*exchange.body.violations, *judge(exchange.answered, meant, contract).violations]
        return _verdict(exchange, broken, ShownBy(contract, exchange.answered, meant))
    is_alone = not exchange.is_stream and named in {*SINGLE_OBJECTS, None}
    if not exchange.is_stream and is_error_of_log(exchange.answered):
        return Standing.NOT_JUDGED, [not_judged(exchange.source, ERROR_OF_LOG)]
    evidence = Evidence(contract=contract, exchanges=(exchange,))
    decided = list(outcomes(evidence, only=SHOWN_ALONE if is_alone else None))
    broken = [outcome.violation for outcome in decided if outcome.violation is not None]
    shown_by = ShownBy(contract, exchange.answered, None if exchange.is_stream else named)
    standing, findings = _verdict(exchange, broken, shown_by)
    says_nothing = all(outcome.requirement.startswith(OF_BODIES) for outcome in decided)
    if standing is Standing.HOLDS and says_nothing:
        unknown = not_judged(exchange.source, _unknown(exchange))
        return Standing.NOT_JUDGED, [*findings, unknown]
    return standing, findings


def _kind_of(value: Any) -> str | None:
    """Return the kind of a piece of a stream, or of an object whose name is wrong."""
    piece = named_kind(value)
    return piece if piece in DELTAS else kind_of_fields(value)


def _verdict(exchange: Exchange, broken: list[Violation], shown_by: ShownBy) -> Verdict:
    findings = [AnswerFinding(one.requirement, exchange.source, one, shown_by) for one in broken]
    is_red = any(violation.level is Level.MUST for violation in broken)
    return Standing.BROKEN if is_red else Standing.HOLDS, findings


def _no_json(exchange: Exchange, shown_by: ShownBy) -> Verdict:
    """Return the verdict on what is no JSON: plainly an answer that is wrong, or nothing known.

    One that was cut off says nothing of who sent it.
    """
    violations = exchange.body.violations
    reason = violations[0].parameters["reason"] if violations else "it is empty"
    if is_broken_answer(exchange.response.body) and not reason.endswith(CUT_OFF):
        return _verdict(exchange, list(violations), shown_by)
    return Standing.NOT_READ, [not_read(exchange.source, f"no JSON: {reason}")]


def is_broken_answer(body: bytes) -> bool:
    """Say whether what is no JSON is an answer of the contract all the same, by how it begins.

    >>> is_broken_answer(b'{"id": "run_1", "object": "thread.run",}'), is_broken_answer(b"oops")
    (True, False)
    """
    start = body[:STARTING]
    return start.lstrip().startswith(b"{") and any(name in start for name in NAMES_OF_OURS)


def _unknown(exchange: Exchange) -> str:
    """Return why a JSON value could not be judged."""
    value = exchange.answered
    if exchange.is_stream:
        return "it holds no event"
    if not isinstance(value, dict):
        return f"it is a JSON {_json_type(value)}, not an object"
    name = value.get("object")
    return (
        f"its object is {name!r}, which the contract does not know"
        if name
        else ("it does not say what it is: it has neither object nor error")
    )


def _json_type(value: Any) -> str:
    names = {list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")
