"""Where requests go: ids in paths, queries of lists, and what belongs into headers."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl

from run_contracts.checks.clients.client_table import shows_of_clients
from run_contracts.checks.clients.senders import header, is_refused, query_of
from run_contracts.checks.lists import LIST_OPERATIONS
from run_contracts.checks.registry import Outcome, decided
from run_contracts.contract.operations import BETA
from run_contracts.contract.requests import is_legal_parameter, query_parameters
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

NO_IDS = frozenset(
    {"undefined", "none", "null", "nil", "nan", "[object object]", "[object promise]"}
)
"""What programs write in lower case for a value that is not there."""
CURSORS = ("after", "before")
KEY_NAMES = frozenset({"api_key", "api-key", "apikey", "openai_api_key", "access_token"})
"""Parameters that carry a key and nothing else."""
KEY_BEGINS = "sk-"
"""How the keys of the hosted service and of most others begin."""
NO_BETA, TOO_OLD = "invalid_beta", "deprecated"
"""The code of a refusal for want of an edition, and a word of one for an edition that is gone."""


@shows_of_clients("CLIENT-HEAD-002")
def edition_is_named(evidence: Evidence) -> Iterator[Outcome]:
    """Judge requests whose headers are known: with an edition, or refused for want of it."""
    for exchange in evidence.exchanges:
        if exchange.operation is None or not exchange.request.headers:
            continue
        named = header(exchange, BETA)
        if named is not None or _lacks_edition(exchange):
            yield decided(
                evidence,
                "CLIENT-HEAD-002",
                exchange,
                holds=named is not None,
                actual="no header OpenAI-Beta",
                code="edition-named",
                edition=evidence.contract.edition,
            )


def _lacks_edition(exchange: Exchange) -> bool:
    """Say whether a request was refused since it names no edition, by the server's own words."""
    text = exchange.answer.text.lower() if exchange.is_refusal else ""
    return (NO_BETA in text or BETA in text) and TOO_OLD not in text


@shows_of_clients("CLIENT-HEAD-003")
def key_is_not_in_the_url(evidence: Evidence) -> Iterator[Outcome]:
    """Judge where the key of a request is: in a header, or in its URL."""
    for exchange in evidence.exchanges:
        if exchange.operation is None:
            continue
        names = _keys_in_url(exchange)
        if names or header(exchange, "authorization") or header(exchange, "api-key"):
            yield decided(
                evidence,
                "CLIENT-HEAD-003",
                exchange,
                holds=not names,
                actual=", ".join(names),
                code="key-in-header",
            )


def _keys_in_url(exchange: Exchange) -> list[str]:
    """Return the places of a URL that hold a key; never the key."""
    address = exchange.request.url.partition("://")[2].partition("/")[0]
    sent = (header(exchange, "authorization") or "").rpartition(" ")[2]
    in_query = [
        f"the parameter {name}"
        for name, value in parse_qsl(query_of(exchange))
        if name.lower() in KEY_NAMES or value.startswith(KEY_BEGINS) or value == sent
    ]
    return in_query + (["user and password"] if "@" in address else [])


@shows_of_clients("CLIENT-PATH-001")
def ids_are_ids(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the ids in paths and cursors; what a server knows under such a word is its id."""
    for exchange in evidence.exchanges:
        if exchange.operation is None:
            continue
        query = parse_qsl(query_of(exchange))
        cursors = [value for name, value in query if name in CURSORS]
        ids = [*exchange.ids.values(), *cursors]
        wrong = [id_ for id_ in ids if id_.strip().lower() in NO_IDS]
        if ids and (is_refused(exchange) or not wrong):
            yield decided(
                evidence,
                "CLIENT-PATH-001",
                exchange,
                holds=not wrong,
                actual=", ".join(wrong),
                code="real-id",
            )


@shows_of_clients("CLIENT-LIST-001")
def query_is_legal(evidence: Evidence) -> Iterator[Outcome]:
    """Judge limit, order and what is to be included; servers may document more, and accept it."""
    for exchange in evidence.of(*LIST_OPERATIONS):
        wrong = list(_illegal(exchange, evidence))
        if query_of(exchange) and (is_refused(exchange) or not wrong):
            yield decided(
                evidence,
                "CLIENT-LIST-001",
                exchange,
                holds=not wrong,
                actual=", ".join(wrong),
                code="legal-query",
            )


def _illegal(exchange: Exchange, evidence: Evidence) -> Iterator[str]:
    """Yield the parameters of a list that have a value which they cannot have."""
    operation = exchange.operation_id or ""
    known = query_parameters(evidence.contract.edition)[operation].keys() - set(CURSORS)
    for name, value in parse_qsl(query_of(exchange), keep_blank_values=True):
        declared = name if name in known else f"{name}[]"
        is_known = declared in known
        if is_known and not is_legal_parameter(evidence.contract, operation, declared, value):
            yield f"{name}={value}"
