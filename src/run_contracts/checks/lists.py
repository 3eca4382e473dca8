"""Lists: order, limit, cursors, and walks over all pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

from run_contracts.checks._registry import Outcome, decided, decides
from run_contracts.evidence import Evidence, is_kind
from run_contracts.exchange import Exchange

LISTS = ("listRuns", "listRunSteps", "listMessages")


@dataclass(frozen=True, kw_only=True, eq=False)
class Page:
    """One page of a list: the exchange it came in, what was asked of it, what it holds."""

    exchange: Exchange

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's parameters; the last value of each counts."""
        parsed = parse_qs(urlsplit(self.exchange.request.url).query)
        return {name: values[-1] for name, values in parsed.items()}

    @property
    def path(self) -> str:
        """The path of the list, without its query."""
        return self.exchange.request.url.partition("?")[0]

    @property
    def order(self) -> str:
        """The order asked for; newest first unless said otherwise."""
        return self.query.get("order", "desc")

    @property
    def items(self) -> list[dict[str, Any]]:
        """The items that are objects."""
        return [item for item in self.exchange.answered["data"] if isinstance(item, dict)]

    @property
    def ids(self) -> list[str]:
        """The ids of the items, in order."""
        return [str(item.get("id")) for item in self.items]

    @property
    def has_more(self) -> Any:
        """Whether the page says that items follow."""
        return self.exchange.answered.get("has_more")


def pages(evidence: Evidence, *operations: str) -> Iterator[Page]:
    """Yield every page that was answered as a list."""
    for exchange in evidence.of(*operations):
        value = exchange.answered
        if exchange.is_success and is_kind(value, "list") and isinstance(value.get("data"), list):
            yield Page(exchange=exchange)


@decides("RUN-LIST-006", "RUN-LIST-011")
def ordered(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the order of each page by created_at; equal seconds may stand in any order."""
    for page in pages(evidence, *LISTS):
        stamps = (item.get("created_at") for item in page.items)
        times = [one for one in stamps if isinstance(one, int)]
        if len(times) < 2 or len(times) < len(page.items):  # noqa: PLR2004 - two have an order
            continue
        is_ascending = page.order == "asc"
        inverted = [(a, b) for a, b in pairwise(times) if (a > b if is_ascending else a < b)]
        yield decided(
            evidence,
            "RUN-LIST-011" if is_ascending else "RUN-LIST-006",
            page.exchange,
            holds=not inverted,
            found=times,
            expected="oldest first" if is_ascending else "newest first",
            pointer="/data",
        )


@decides("RUN-LIST-007")
def limited(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the length of pages whose limit was given."""
    for page in pages(evidence, *LISTS):
        limit = page.query.get("limit", "")
        if limit.isdecimal() and 1 <= int(limit) <= 100:  # noqa: PLR2004 - the stated range
            yield decided(
                evidence,
                "RUN-LIST-007",
                page.exchange,
                holds=len(page.exchange.answered["data"]) <= int(limit),
                found=f"{len(page.exchange.answered['data'])} items",
                expected=f"at most {limit}",
                pointer="/data",
            )


@decides("RUN-LIST-012")
def only_of_this_thread(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that runs listed under a thread belong to it."""
    for page in pages(evidence, "listRuns"):
        thread_id = page.exchange.ids["thread_id"]
        foreign = [item for item in page.items if item.get("thread_id", thread_id) != thread_id]
        if page.items:
            yield decided(
                evidence,
                "RUN-LIST-012",
                page.exchange,
                holds=not foreign,
                found=[f"{item.get('id')} of {item.get('thread_id')}" for item in foreign],
                expected=f"only runs of {thread_id}",
                pointer="/data",
            )


def walks(evidence: Evidence) -> Iterator[list[Page]]:
    """Yield walks over the runs of a thread: a first page and those that follow its cursor."""
    found: list[list[Page]] = []
    for page in pages(evidence, "listRuns"):
        if "before" in page.query:
            continue
        cursor = page.query.get("after")
        if cursor is None:
            found.append([page])
            continue
        for walk in reversed(found):
            last = walk[-1]
            same_list = (last.path, last.order) == (page.path, page.order)
            if same_list and last.ids and last.ids[-1] == cursor:
                walk.append(page)
                break
    yield from found


@decides("RUN-LIST-008")
def cursor_moves_on(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that no page repeats what the pages before it showed."""
    for walk in walks(evidence):
        seen = set(walk[0].ids)
        for page in walk[1:]:
            repeated = [one for one in page.ids if one in seen]
            seen.update(page.ids)
            yield decided(
                evidence,
                "RUN-LIST-008",
                page.exchange,
                holds=not repeated,
                found=f"again {', '.join(repeated)}",
                expected=f"items after {page.query['after']}",
                pointer="/data",
            )


@decides("RUN-LIST-005", "RUN-LIST-009")
def walk_is_whole(evidence: Evidence) -> Iterator[Outcome]:
    """Judge where a walk stops (005) and that it showed every run known to be there once (009).

    A run is known to be there if it was seen in the thread before the walk began. A walk whose
    cursor does not move is RUN-LIST-008 and says nothing here.
    """
    for walk in walks(evidence):
        ids = [one for page in walk for one in page.ids]
        known = _known(evidence, walk[0])
        if len(set(ids)) < len(ids) or not known:
            continue
        last = walk[-1]
        missing = sorted(known - set(ids))
        if missing and last.has_more is False and len(last.ids) == _limit(last):
            yield _has_more(evidence, last, holds=False, expected=f"true, {missing[0]} follows")
        elif last.has_more is False:
            yield decided(
                evidence,
                "RUN-LIST-009",
                last.exchange,
                holds=not missing,
                found=f"{len(ids)} runs, without {', '.join(missing)}",
                expected="every run of the thread",
                pointer="/data",
            )
        for page, following in pairwise(walk):
            if page.has_more is True:
                holds = bool(following.ids)
                yield _has_more(evidence, page, holds=holds, expected="false, nothing follows")


def _has_more(evidence: Evidence, page: Page, *, holds: bool, expected: str) -> Outcome:
    return decided(
        evidence,
        "RUN-LIST-005",
        page.exchange,
        holds=holds,
        found=page.has_more,
        expected=expected,
        pointer="/has_more",
    )


def _limit(page: Page) -> int:
    limit = page.query.get("limit", "20")
    return int(limit) if limit.isdecimal() else 20


def _known(evidence: Evidence, first: Page) -> set[str]:
    """Return the ids of runs created in the list's thread before a walk began."""
    thread_id = first.exchange.ids["thread_id"]
    return {
        str(observation.run.get("id"))
        for exchange in evidence.of("createRun", "createThreadAndRun")
        if exchange.number < first.exchange.number
        for observation in evidence.observations(exchange)
        if observation.run.get("thread_id") == thread_id
    }


@decides("RUN-LIST-014")
def before_comes_before(evidence: Evidence) -> Iterator[Outcome]:
    """Judge pages before a cursor against the order a walk of the same list showed."""
    orders = {(walk[0].path, walk[0].order): _whole(walk) for walk in walks(evidence)}
    for page in pages(evidence, "listRuns"):
        cursor = page.query.get("before")
        known = orders.get((page.path, page.order), [])
        if cursor is None or cursor not in known:
            continue
        late = [one for one in page.ids if one in known[known.index(cursor) :]]
        yield decided(
            evidence,
            "RUN-LIST-014",
            page.exchange,
            holds=not late,
            found=late,
            expected=f"only items that come before {cursor}",
            pointer="/data",
        )


def _whole(walk: list[Page]) -> list[str]:
    return [one for page in walk for one in page.ids]
