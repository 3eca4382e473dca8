"""The verdict on one recorded answer: what it amounts to, and what is broken."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from run_contracts.checks import CHECKS, outcomes
from run_contracts.checks.values import JUDGED, every_body, every_value, kind_by_itself
from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import Level
from run_contracts.errors import UnreadableBody
from run_contracts.events import ExitCode
from run_contracts.filesystem.single_line import line, shortened
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.validation.fast import holds
from run_contracts.validation.json_text import decode_json
from run_contracts.validation.violation import Violation

LONGEST_FINDING = 1000
"""Characters of a finding that are printed."""
OF_BODIES = "RUN-BODY-"
"""How the requirements on the form of a body begin; what shows no other is not judged."""
SHOWN_ALONE = frozenset(id_ for id_, check in CHECKS.items() if check in (every_body, every_value))
"""The requirements that one object in an answer can show, where nobody kept the request."""
SINGLE_OBJECTS = frozenset(JUDGED) - {"list"}


class AnswerFinding(NamedTuple):
    """What is to be said of an answer: a broken requirement, or none and why it is not judged."""

    requirement: str
    source: str
    what: Violation | str

    def __str__(self) -> str:
        return shortened(line(f"{self.source}: {self.what}"), LONGEST_FINDING)


def is_plainly_right(body: bytes, contract: Contract) -> bool:
    """Say whether a body is one object of the contract that breaks nothing; quick.

    False may also mean that this cannot tell.
    """
    try:
        read = decode_json(body)
    except UnreadableBody:
        return False
    kind = kind_by_itself(read.value) if not read.violations else None
    return kind in SINGLE_OBJECTS and holds(read.value, str(kind), contract)


def verdict(exchange: Exchange, contract: Contract) -> tuple[ExitCode, list[AnswerFinding]]:
    """Judge one answer; a broken MUST is red, a broken SHOULD is only told.

    An error of ours costs this answer alone.
    """
    try:
        return _judged(exchange, contract)
    except Exception as error:
        if os.environ.get("RUN_CONTRACTS_DEBUG"):
            raise
        return ExitCode.OUR_ERROR, [not_judged(exchange.source, own_error(error))]


def own_error(error: Exception) -> str:
    """Return what is said of an error of ours."""
    return (
        f"{type(error).__name__}: {error}; this is an error of run-contracts, please report it "
        "(RUN_CONTRACTS_DEBUG=1 shows the traceback)"
    )


def not_judged(source: str, reason: str) -> AnswerFinding:
    """Return what is to be said of an answer that is not judged."""
    return AnswerFinding("", source, f"not judged: {reason}")


def _judged(exchange: Exchange, contract: Contract) -> tuple[ExitCode, list[AnswerFinding]]:
    if exchange.unreadable:
        return ExitCode.NOTHING_VERIFIED, [not_judged(exchange.source, exchange.unreadable)]
    is_alone = not exchange.is_stream and kind_by_itself(exchange.answered) in {
        *SINGLE_OBJECTS,
        None,
    }
    evidence = Evidence(contract=contract, exchanges=(exchange,))
    decided = list(outcomes(evidence, only=SHOWN_ALONE if is_alone else None))
    broken = [outcome.violation for outcome in decided if outcome.violation is not None]
    findings = [AnswerFinding(one.requirement, exchange.source, one) for one in broken]
    if any(violation.level is Level.MUST for violation in broken):
        return ExitCode.BROKEN, findings
    if all(outcome.requirement.startswith(OF_BODIES) for outcome in decided):
        return ExitCode.NOTHING_VERIFIED, [
            *findings,
            not_judged(exchange.source, _unknown(exchange)),
        ]
    return ExitCode.HOLDS, findings


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
