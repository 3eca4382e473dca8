"""Paging: walks over all pages of a list show everything once and know when to stop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise, takewhile
from typing import Any

from run_contracts.checks.created_runs import RUN_CREATES
from run_contracts.checks.lists import LIST_OPERATIONS, ListedPage, cursor_walks, pages, walks
from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.checks.unseen_changes import may_be_deleted
from run_contracts.traffic.deletions import may_be_gone, may_lose_messages
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.types import JSONObject

ITEM_CREATES = {"listRuns": RUN_CREATES, "listMessages": ("createMessage",)}
"""What puts an item into a list, where its answer shows the item."""


@decides("RUN-LIST-008")
def cursor_moves_on(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that no page repeats what the pages before it showed.

    Not even when items were added meanwhile: the cursor is an id, not a count. Only where somebody
    unseen may have deleted the message that is the cursor, a server may begin again.
    """
    for operation in LIST_OPERATIONS:
        for walk in cursor_walks(evidence, operation):
            seen = set(walk[0].ids)
            for page in walk[1:]:
                repeated = [id_ for id_ in page.ids if id_ in seen]
                if repeated and _may_lack_cursor(evidence, operation, page):
                    break
                seen.update(page.ids)
                yield decided(
                    evidence,
                    "RUN-LIST-008",
                    page.exchange,
                    holds=not repeated,
                    actual=f"again {', '.join(repeated)}",
                    code="repeated",
                    cursor=page.query["after"],
                    pointer="/data",
                )


def _may_lack_cursor(evidence: Evidence, operation: str, page: ListedPage) -> bool:
    """Say whether the cursor of a page may have been deleted by somebody unseen before it."""
    is_message = operation == "listMessages" and not evidence.is_alone
    return is_message and page.query["after"] not in page.ids


def _may_lack_items(evidence: Evidence, operation: str, page: ListedPage) -> bool:
    """Say whether somebody unseen may have deleted what a page lacks: a message, or the thread.

    A thread is there of which a page shows anything.
    """
    if operation == "listMessages":
        return not evidence.is_alone
    thread_id = page.exchange.ids["thread_id"]
    return not page.ids and may_be_deleted(evidence, page.exchange, thread_id)


@decides("RUN-LIST-005", "RUN-LIST-009", "RUN-LIST-016")
def walk_is_whole(evidence: Evidence) -> Iterator[Outcome]:
    """Judge where a walk stops (005), and that it showed every item known to be there (009, 016).

    An item is known to be there if it was made, or listed, before the walk began, and nobody asked
    to delete it; nor is it there where somebody unseen may have. A walk whose cursor does not move
    is RUN-LIST-008 and says nothing here.
    """
    for operation in LIST_OPERATIONS:
        for walk in walks(evidence, operation):
            ids = [id_ for page in walk for id_ in page.ids]
            known = _known(evidence, operation, walk)
            if len(set(ids)) != len(ids):
                continue
            missing = known - set(ids)
            if known and not (missing and _may_lack_items(evidence, operation, walk[-1])):
                yield from _stopped(evidence, operation, walk, missing)
            yield from _went_on(evidence, operation, walk)


def _stopped(
    evidence: Evidence, operation: str, walk: tuple[ListedPage, ...], missing: set[str]
) -> Iterator[Outcome]:
    """Judge the last page of a walk against what it should have shown."""
    last = walk[-1]
    if missing and last.has_more is False and len(last.ids) == last.limit:
        yield _has_more(evidence, last, holds=False, code="cut-short", id=min(missing))
    elif last.has_more is False or not (missing or last.has_more):
        of_runs = operation == "listRuns"
        yield decided(
            evidence,
            "RUN-LIST-009" if of_runs else "RUN-LIST-016",
            last.exchange,
            holds=not missing,
            actual=f"all pages, without {', '.join(sorted(missing))}",
            code="not-each-once",
            all="every run of the thread" if of_runs else "every item of the list",
            pointer="/data",
        )


def _went_on(evidence: Evidence, operation: str, walk: tuple[ListedPage, ...]) -> Iterator[Outcome]:
    """Judge the pages that said that more follows, by the page that followed."""
    for page, following in pairwise(walk):
        is_kept = not may_lose_messages(evidence, page.exchange, following.exchange)
        is_kept = is_kept and not _may_lack_items(evidence, operation, following)
        if page.has_more is True and (following.ids or is_kept):
            holds = bool(following.ids)
            yield _has_more(evidence, page, holds=holds, code="nothing-follows")


def _has_more(
    evidence: Evidence, page: ListedPage, *, holds: bool, code: str, **parameters: Any
) -> Outcome:
    return decided(
        evidence,
        "RUN-LIST-005",
        page.exchange,
        holds=holds,
        actual=page.has_more,
        code=code,
        **parameters,
        pointer="/has_more",
    )


def _known(evidence: Evidence, operation: str, walk: tuple[ListedPage, ...]) -> set[str]:
    """Return the ids of items made in a list, or listed in it, before a walk began.

    Those that may have been deleted before it ended are left out.
    """
    first, last = walk[0], walk[-1].exchange
    number = first.exchange.number
    known: set[str] = set()
    for where in (first.path, first.exchange.ids["thread_id"]):
        for ids in takewhile(lambda one: one[0] < number, _by_place(evidence, operation)[where]):
            known.update(ids[1])
    return {id_ for id_ in known if not may_be_gone(evidence, last, id_)}


Numbered = tuple[int, list[str]]
"""The number of an exchange, and ids of items that it shows or makes."""


def _by_place(evidence: Evidence, operation: str) -> Mapping[str, list[Numbered]]:
    """Return the ids of items by the path of their list, and those made by their thread."""
    return evidence.derived(_places, operation)[0]


def _places(evidence: Evidence, operation: str) -> Iterator[Mapping[str, list[Numbered]]]:
    places: defaultdict[str, list[Numbered]] = defaultdict(list)
    for page in pages(evidence, operation):
        places[page.path].append((page.exchange.number, page.ids))
    for exchange in evidence.of(*ITEM_CREATES.get(operation, ())):
        for item in _created(evidence, exchange):
            places[str(item.get("thread_id"))].append((exchange.number, [str(item.get("id"))]))
    yield places


def _created(evidence: Evidence, exchange: Exchange) -> list[JSONObject]:
    """Return the items that a create shows."""
    items = [observation.run for observation in evidence.observations(exchange)]
    message = exchange.answered_as("message")
    return items if message is None else [*items, message]


@decides("RUN-LIST-014")
def before_comes_before(evidence: Evidence) -> Iterator[Outcome]:
    """Judge pages before a cursor against the order a walk of the same list showed."""
    orders = {
        (walk[0].path, walk[0].order): [id_ for page in walk for id_ in page.ids]
        for walk in cursor_walks(evidence, "listRuns")
    }
    for page in pages(evidence, "listRuns"):
        cursor = page.query.get("before")
        known = orders.get((page.path, page.order), [])
        if cursor is None or cursor not in known:
            continue
        if may_be_gone(evidence, page.exchange, cursor):
            continue
        late = [id_ for id_ in page.ids if id_ in known[known.index(cursor) :]]
        yield decided(
            evidence,
            "RUN-LIST-014",
            page.exchange,
            holds=not late,
            actual=late,
            code="not-before",
            cursor=cursor,
            pointer="/data",
        )
