"""Lists that are there: they are answered, in every way that they can be asked for."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.lists import LIST_OPERATIONS, ListedPage, asked_pages, pages
from run_contracts.checks.refusals import NOT_FOUND
from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.checks.unseen_changes import is_used_after, is_used_before
from run_contracts.traffic.deletions import may_be_gone
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import OK, Exchange, Intent

KNOWN_PARAMETERS = frozenset({"limit", "order", "after", "before"})
CURSORS = ("after", "before")


@decides("RUN-LIST-020")
def lists_are_answered(evidence: Evidence) -> Iterator[Outcome]:
    """Judge lists of a thread or run that is there, asked for in plain and legal ways.

    It surely is there still where nobody else touches the thread, until somebody asks to delete it.
    In a part of somebody's traffic the thread has to be used before, and afterwards where somebody
    unseen may have deleted it, and a refusal has to say that it is not there. Only where such lists
    are answered at all they are offered. A cursor counts that a page of the list showed before, and
    that nobody asked to delete; a message may have been deleted by somebody unseen.
    """
    shown = _shown(evidence)
    for page in asked_pages(evidence, *LIST_OPERATIONS):
        exchange = page.exchange
        if not (_is_plainly_asked(evidence, page, shown) and _is_there(evidence, exchange)):
            continue
        if evidence.is_whole or _is_surely_there(evidence, exchange):
            yield decided(
                evidence,
                "RUN-LIST-020",
                exchange,
                holds=exchange.is_success,
                actual=exchange.response.status,
                code="http-status",
                statuses=[OK],
            )


def _shown(evidence: Evidence) -> dict[str, dict[str, int]]:
    """Return the ids that pages showed, by their path, each with the first that did."""
    shown: dict[str, dict[str, int]] = {}
    for page in pages(evidence, *LIST_OPERATIONS):
        for id_ in page.ids:
            shown.setdefault(page.path, {}).setdefault(id_, page.exchange.number)
    return shown


def _is_there(evidence: Evidence, exchange: Exchange) -> bool:
    """Say whether what is listed was seen, and nothing else speaks against the request."""
    if not (exchange.is_success or exchange.is_refusal) or exchange.is_turned_away:
        return False
    if exchange.response.is_put_off or exchange.is_generated or may_be_gone(evidence, exchange):
        return False
    if exchange.intent is not Intent.NONE or not evidence.has_succeeded(str(exchange.operation_id)):
        return False
    history = evidence.history(exchange)
    if exchange.operation_id == "listRunSteps":
        before = history.before(exchange) if history else None
        return before is not None and before.run.get("thread_id") == exchange.ids["thread_id"]
    return exchange.ids["thread_id"] in evidence.threads


def _is_surely_there(evidence: Evidence, exchange: Exchange) -> bool:
    """Say whether a thread was there when a list of it was asked for, whoever else is there.

    Other refusals than 404 may be for what a client left out that day.
    """
    if exchange.is_refusal and exchange.response.status != NOT_FOUND:
        return False
    thread_id = exchange.ids["thread_id"]
    is_still = evidence.is_alone or is_used_after(evidence, exchange, thread_id)
    return is_still and is_used_before(evidence, exchange, thread_id)


def _is_plainly_asked(
    evidence: Evidence, page: ListedPage, shown: dict[str, dict[str, int]]
) -> bool:
    """Say whether a list was asked for with what every list knows, and a cursor of its own."""
    exchange = page.exchange
    if not page.is_well_asked or page.query.keys() - KNOWN_PARAMETERS:
        return False
    cursors = [page.query[name] for name in CURSORS if name in page.query]
    is_of_messages = exchange.operation_id == "listMessages"
    if cursors and is_of_messages and exchange.is_refusal and not evidence.is_alone:
        return False
    known = shown.get(page.path, {})
    return len(cursors) <= 1 and all(
        known.get(one, exchange.number) < exchange.number
        and not may_be_gone(evidence, exchange, one)
        for one in cursors
    )
