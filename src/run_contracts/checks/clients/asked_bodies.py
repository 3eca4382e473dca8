"""Bodies of requests: JSON, as their operation wants it, and called JSON.

What a server accepted may be what it documents beyond the contract, so most departures count only
if it refused them. That what it requires is missing, or a plain value of another type, counts
wherever no dialect is spoken.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from run_contracts.checks.clients.client_table import shows_of_clients
from run_contracts.checks.clients.senders import header, is_refused, takes_body
from run_contracts.checks.registry import Outcome, decided, held
from run_contracts.contract.operations import JSON_TYPE
from run_contracts.contract.requirements import client_register
from run_contracts.errors import UnreadableBody
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.validation.departures import Departure, at, departures
from run_contracts.validation.found import MISSING
from run_contracts.validation.shape import code_of
from run_contracts.validation.violation import broken, token

METADATA = "metadata"
EXTENDED = frozenset(
    {"tools", "tool_choice", "tool_resources", "response_format", "truncation_strategy"}
    | {"model", "attachments", "content", "messages", "additional_messages", "thread", METADATA}
)
"""Members whose forms servers add to."""
METADATA_BOUNDS = frozenset({"maxProperties", "maxLength"})
"""Keywords that bound metadata."""
_OF_FORM = re.compile("json|pars|decod|syntax|malformed", re.IGNORECASE)
"""What refusals say of a body that cannot be read."""


@shows_of_clients("CLIENT-BODY-001")
def body_is_json(evidence: Evidence) -> Iterator[Outcome]:
    """Judge bodies that are JSON, and those that are not and were refused for that.

    What was refused for something else, or accepted, a recorder may have changed.
    """
    for exchange in evidence.exchanges:
        payload = exchange.request.payload
        if takes_body(exchange) is None or payload.unreadable:
            continue
        is_its_form = _OF_FORM.search(exchange.answer.text) is not None
        if payload.body.is_json or (is_refused(exchange) and is_its_form):
            yield decided(
                evidence,
                "CLIENT-BODY-001",
                exchange,
                holds=payload.body.is_json,
                actual=payload.text,
                code="json-sent",
            )


@shows_of_clients("CLIENT-BODY-002", "CLIENT-BODY-003", "CLIENT-BODY-004")
def body_fits(evidence: Evidence) -> Iterator[Outcome]:
    """Judge bodies by the request schema of their operation.

    002 is what is required and of its type, 003 unknown members, 004 the limits of metadata.
    """
    for exchange in evidence.exchanges:
        every = _departures(exchange, evidence)
        sure = [one for one in every or () if _counts(one, exchange, evidence)]
        if every is None or len(sure) < len(every):
            continue
        shown = {"CLIENT-BODY-002", "CLIENT-BODY-003"}
        if exchange.asked.get(METADATA) if isinstance(exchange.asked, dict) else False:
            shown.add("CLIENT-BODY-004")
        yield from _fitting(evidence, exchange, sure, shown)


def _fitting(
    evidence: Evidence, exchange: Exchange, every: list[Departure], shown: Collection[str]
) -> Iterator[Outcome]:
    """Yield an outcome for each departure of a body, and for each rule that it keeps."""
    rules = client_register(evidence.contract.edition)
    wrong = {_rule_of(departure) for departure in every}
    for departure in every:
        path, actual = departure.path, at(exchange.asked, departure.path)
        if departure.missing is not None:
            path, actual = (*path, departure.missing), MISSING
        code, parameters = code_of(departure)
        pointer = "".join(map(token, path))
        violation = broken(rules[_rule_of(departure)], pointer, actual, code, **parameters)
        yield Outcome(_rule_of(departure), exchange, violation)
    for requirement in sorted(set(shown) - wrong):
        yield held(requirement, exchange)


def _rule_of(departure: Departure) -> str:
    """Return the requirement that a departure breaks."""
    if METADATA in departure.path and METADATA_BOUNDS.intersection(departure.walked):
        return "CLIENT-BODY-004"
    return "CLIENT-BODY-003" if departure.keyword == "additionalProperties" else "CLIENT-BODY-002"


def _counts(departure: Departure, exchange: Exchange, evidence: Evidence) -> bool:
    """Say whether a departure is surely wrong: refused, or of what everybody takes alike."""
    is_plain = departure.keyword in ("type", "required")
    is_everywhere = is_plain and not EXTENDED.intersection(departure.path[:1])
    is_ours = evidence.contract.dialect is None and exchange.is_success
    return is_refused(exchange) or (is_ours and is_everywhere)


def _departures(exchange: Exchange, evidence: Evidence) -> list[Departure] | None:
    """Return where a body is not what its operation wants; None if that cannot be said."""
    operation, payload = takes_body(exchange), exchange.request.payload
    if operation is None or operation.request is None or not payload.body.is_json:
        return None
    try:
        return departures(exchange.asked, operation.request, evidence.contract)
    except (UnreadableBody, ValueError):
        return None  # too deep, or half a letter: whether that breaks the schema cannot be said


@shows_of_clients("CLIENT-HEAD-001")
def content_type_is_said(evidence: Evidence) -> Iterator[Outcome]:
    """Judge requests with a JSON body and a content type; without one a recorder left it out."""
    for exchange in evidence.exchanges:
        said = header(exchange, "content-type")
        if takes_body(exchange) is None or said is None:
            continue
        if exchange.request.payload.body.is_json:
            yield decided(
                evidence,
                "CLIENT-HEAD-001",
                exchange,
                holds="json" in said.lower(),
                actual=said,
                code="media-type",
                wanted=JSON_TYPE,
            )
