"""Page walks: which page of a list a client asks for after a page.

Only the request right after a page is looked at: who comes back later may begin anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from run_contracts.checks.clients.client_table import shows_of_clients
from run_contracts.checks.clients.senders import by_sender, comes_after
from run_contracts.checks.lists import LIST_OPERATIONS, ListedPage, pages
from run_contracts.checks.registry import Outcome, decided
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

CURSOR = "after"


def _steps(evidence: Evidence) -> Iterator[tuple[ListedPage, ListedPage]]:
    """Yield each page with the request for another of the same list that came right after it."""
    known = {page.exchange.number: page for page in pages(evidence, *LIST_OPERATIONS)}
    for sent in by_sender(evidence):
        for earlier, later in pairwise(sent):
            page = known.get(earlier.number)
            if page is None or later.together or not comes_after(earlier, later):
                continue
            asked = ListedPage(exchange=later)
            if _is_same_list(page, asked) and CURSOR in asked.query:
                yield page, asked


def _is_same_list(page: ListedPage, asked: ListedPage) -> bool:
    """Say whether two requests differ in where they begin, at most."""
    first, second = (
        {name: value for name, value in one.query.items() if name != CURSOR}
        for one in (page, asked)
    )
    same = page.exchange.operation_id == asked.exchange.operation_id and page.path == asked.path
    return same and first == second and asked.is_plain


@shows_of_clients("CLIENT-LIST-002")
def names_the_last_item(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the cursor of a further page: the last item of the page before, or its first.

    Any other may be one that the client knows from elsewhere.
    """
    for page, asked in _steps(evidence):
        cursor, said = asked.query[CURSOR], page.exchange.answered.get("last_id")
        if page.has_more is not True or not page.ids or page.exchange.together:
            continue
        is_last = cursor in (page.ids[-1], said)
        if is_last or cursor == page.ids[0]:
            yield decided(
                evidence,
                "CLIENT-LIST-002",
                asked.exchange,
                holds=is_last,
                actual=cursor,
                code="last-item",
                id=page.ids[-1],
            )


@shows_of_clients("CLIENT-LIST-003")
def stops_at_the_last_page(evidence: Evidence) -> Iterator[Outcome]:
    """Judge what follows the last page of a list that begins with the newest.

    After the oldest item none will ever come; after the newest of a list that ends with it there
    may be more by now.
    """
    further = {page.exchange.number: asked for page, asked in _steps(evidence)}
    for page in pages(evidence, *LIST_OPERATIONS):
        is_last = page.has_more is False and bool(page.ids) and page.order == "desc"
        if not is_last or "before" in page.query:
            continue
        asked = further.get(page.exchange.number)
        if asked is None or asked.query[CURSOR] == page.ids[-1]:
            yield _stopped_at(evidence, page, asked.exchange if asked else None)


def _stopped_at(evidence: Evidence, page: ListedPage, asked: Exchange | None) -> Outcome:
    return decided(
        evidence,
        "CLIENT-LIST-003",
        asked or page.exchange,
        holds=asked is None,
        actual=f"the page after {page.ids[-1]}",
        code="no-more-asked",
    )
