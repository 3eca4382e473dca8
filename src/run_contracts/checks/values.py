"""Every value in every answer, judged by its kind: form, field-by-status, sums, prefixes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from run_contracts.checks.registry import AllHeld, CheckResult, Outcome, decided, decides
from run_contracts.contract.loading import Contract
from run_contracts.contract.object_names import named_kind
from run_contracts.contract.operations import JSON_TYPE
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import OK, Exchange
from run_contracts.traffic.server_traits import NOT_OFFERED, has_envelope
from run_contracts.validation.judging import Judgement, judge
from run_contracts.validation.violation import Violation

JUDGED = ("run", "run_step", "list", "message", "thread", "assistant", "error")
NO_CONTENT = 204
DELTAS = ("message_delta", "run_step_delta")


def _value_requirements() -> tuple[str, ...]:
    from run_contracts.contract.requirements import EDITIONS, register  # noqa: PLC0415 - reads the data files

    kinds = (*JUDGED, *DELTAS)
    rules = [rule for edition in EDITIONS for kind in kinds for rule in register(edition).on(kind)]
    return tuple(sorted({rule.id for rule in rules}))


@decides(*_value_requirements())
def every_value(evidence: Evidence) -> Iterator[CheckResult]:
    """Judge every JSON answer and every event's data as the kind the contract says it is."""
    for exchange in evidence.exchanges:
        for kind, value, place in _values(evidence, exchange):
            judgement = _judged(evidence.contract, exchange, kind, value, place)
            broken = {violation.requirement for violation in judgement.violations}
            held = judgement.exercised - broken if broken else judgement.exercised
            yield AllHeld(held, exchange)
            for violation in judgement.violations:
                yield _outcome(exchange, violation, place)


def _judged(contract: Contract, exchange: Exchange, kind: str, value: Any, place: str) -> Judgement:
    """Return the judgement on a value that stands in an answer, made once for the same bytes."""
    made = exchange.answer.derived
    return made((contract, kind, place), lambda: judge(value, kind, contract))


def _values(evidence: Evidence, exchange: Exchange) -> Iterator[tuple[str, Any, str]]:
    """Yield each value of an exchange with its kind and where it stands."""
    if exchange.is_stream:
        for event in evidence.events(exchange):
            if event.known is not None and event.body.is_json and event.known.kind != "error":
                yield event.known.kind, event.data, f"line {event.frame.line}: "
        return
    kind = kind_of(exchange)
    if kind == "error":
        if not _may_be_the_routers(evidence, exchange):
            yield kind, exchange.answered if exchange.body.is_json else exchange.answer.text, ""
    elif kind is not None and exchange.body.is_json:
        yield kind, exchange.answered, ""


def _may_be_the_routers(evidence: Evidence, exchange: Exchange) -> bool:
    """Say whether a refusal may come from a router that does not know the operation.

    It may until the operation has succeeded once. That something before the router refuses with
    an envelope, a missing key for example, does not say that the operation is there.
    """
    operation = exchange.operation
    if operation is None or exchange.response.status not in NOT_OFFERED:
        return False
    return not (evidence.has_succeeded(operation.id) or has_envelope(exchange))


def kind_of(exchange: Exchange) -> str | None:
    """Return the kind an answer must be of: the operation's, or an error envelope; None if unknown.

    Without a request (a recorded body alone) the object says itself what it is.
    """
    if exchange.unreadable or not exchange.is_of_contract:
        return None
    if exchange.is_refusal:
        return "error"
    if exchange.operation is not None:
        return exchange.operation.response if exchange.is_success else None
    return kind_by_itself(exchange.answered)


def kind_by_itself(value: Any) -> str | None:
    """Return the kind of a value by what it calls itself; None if it says nothing known."""
    if not isinstance(value, dict):
        return None
    if value.get("object") == "list":
        items = value.get("data")
        kind = kind_by_itself(items[0]) if isinstance(items, list) and items else "run"
        return f"{kind}_list" if kind in ("run", "run_step", "message") else None
    if "error" in value and "object" not in value:
        return "error"
    kind = named_kind(value)
    return kind if kind in JUDGED else None


def _outcome(exchange: Exchange, violation: Violation, place: str) -> Outcome:
    return Outcome(
        requirement=violation.requirement, exchange=exchange, violation=violation.below(place)
    )


FORM_OF_BODIES = frozenset({"RUN-BODY-001", "RUN-BODY-002", "RUN-BODY-003"})


@decides(*sorted(FORM_OF_BODIES))
def every_body(evidence: Evidence) -> Iterator[CheckResult]:
    """Judge the form of every body that says it is JSON."""
    for exchange in evidence.exchanges:
        if not exchange.is_json or exchange.unreadable or not exchange.is_of_contract:
            continue
        broken = {violation.requirement for violation in exchange.body.violations}
        for violation in exchange.body.violations:
            yield _outcome(exchange, violation, "")
        if exchange.body.is_json:
            yield AllHeld(FORM_OF_BODIES - broken if broken else FORM_OF_BODIES, exchange)


@decides("RUN-HTTP-001")
def success_is_200(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that every success of a known operation is a plain 200."""
    for exchange in evidence.exchanges:
        if exchange.operation is None or not exchange.is_success:
            continue
        status = exchange.response.status
        yield decided(
            evidence,
            "RUN-HTTP-001",
            exchange,
            holds=status == OK,
            actual=status,
            code="http-status",
            statuses=[OK],
        )


@decides("RUN-HTTP-002")
def json_says_so(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that every successful answer that is not a stream says it is JSON."""
    for exchange in evidence.exchanges:
        if exchange.operation is None or not exchange.is_success or exchange.is_stream:
            continue
        if exchange.response.status == NO_CONTENT:
            continue
        if isinstance(exchange.asked, dict) and exchange.asked.get("stream") is True:
            continue
        yield decided(
            evidence,
            "RUN-HTTP-002",
            exchange,
            holds=exchange.response.media_type == JSON_TYPE,
            actual=exchange.response.header("content-type") or "no Content-Type",
            code="media-type",
            wanted=JSON_TYPE,
        )
