"""Lists: pages and walks over them, order, limit, and whose items they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

from propcache.api import cached_property

from run_contracts.checks.registry import Outcome, decided, decides, refused
from run_contracts.contract.numbers import whole
from run_contracts.contract.operations import list_limit
from run_contracts.traffic.deletions import may_be_gone
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange, Intent
from run_contracts.types import JSONObject

ORDERS = ("asc", "desc")
LIST_OPERATIONS = ("listRuns", "listRunSteps", "listMessages")


@dataclass(frozen=True, kw_only=True, eq=False)
class ListedPage:
    """One page of a list: the exchange it came in, what was asked of it, what it holds."""

    exchange: Exchange

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's parameters; the last value of each counts."""
        return {name: values[-1] for name, values in self._parsed.items()}

    @property
    def is_plain(self) -> bool:
        """Whether no parameter is there twice: which of two values counts is nowhere said."""
        return all(len(values) == 1 for values in self._parsed.values())

    @cached_property
    def is_well_asked(self) -> bool:
        """Whether its query is one that a list knows: for any other a refusal is due at most."""
        bounds = list_limit(self.exchange.edition)
        limit = self.query.get("limit", str(bounds.default))
        is_limit = limit.isdecimal() and bounds.least <= float(limit) <= bounds.most
        return self.is_plain and is_limit and self.order in ORDERS

    @cached_property
    def _parsed(self) -> dict[str, list[str]]:
        query = urlsplit(self.exchange.request.url).query
        return parse_qs(query, keep_blank_values=True) if query else {}

    @property
    def is_surely_whole(self) -> bool:
        """Whether it holds all of its list: it says so, and it had room for more."""
        is_first = not self.query.keys() & {"after", "before"}
        return is_first and self.has_more is False and len(self.items) < self.limit

    @property
    def limit(self) -> int:
        """How many items it may hold; of a page that was well asked for."""
        return int(self.query.get("limit", list_limit(self.exchange.edition).default))

    @property
    def path(self) -> str:
        """The path of the list, without its query."""
        return self.exchange.request.url.partition("?")[0]

    @property
    def order(self) -> str:
        """The order asked for; newest first unless said otherwise."""
        return self.query.get("order", "desc")

    @property
    def items(self) -> Sequence[JSONObject]:
        """The items, objects all of them."""
        return self.exchange.listed or ()

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the items, in order."""
        return [str(item.get("id")) for item in self.items]

    @property
    def has_more(self) -> Any:
        """Whether the page says that items follow."""
        return self.exchange.answered.get("has_more")


def asked_pages(evidence: Evidence, *operations: str) -> tuple[ListedPage, ...]:
    """Return every page that was asked for, in order, however, and whatever was answered."""
    return evidence.derived(_asked_pages, *operations)


def _asked_pages(evidence: Evidence, *operations: str) -> Iterator[ListedPage]:
    if len(operations) > 1:
        each = (asked_pages(evidence, one) for one in operations)
        yield from sorted(chain(*each), key=lambda page: page.exchange.number)
        return
    for exchange in evidence.of(*operations):
        yield ListedPage(exchange=exchange)


def pages(evidence: Evidence, *operations: str) -> tuple[ListedPage, ...]:
    """Return every page of a list that was well asked for, and answered as a list of objects.

    What else it holds is said once.
    """
    return evidence.derived(_pages, *operations)


def _pages(evidence: Evidence, *operations: str) -> Iterator[ListedPage]:
    for page in asked_pages(evidence, *operations):
        if page.exchange.listed is not None and page.is_well_asked:
            yield page


@decides("RUN-LIST-006", "RUN-LIST-011")
def ordered(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the order of each page by created_at; equal seconds may stand in any order."""
    for page in pages(evidence, *LIST_OPERATIONS):
        stamps = (whole(item.get("created_at")) for item in page.items)
        times = [stamp for stamp in stamps if stamp is not None]
        if len(times) < 2 or len(times) < len(page.items):  # noqa: PLR2004 - two have an order
            continue
        is_ascending = page.order == "asc"
        inverted = [(a, b) for a, b in pairwise(times) if (a > b if is_ascending else a < b)]
        yield decided(
            evidence,
            "RUN-LIST-011" if is_ascending else "RUN-LIST-006",
            page.exchange,
            holds=not inverted,
            actual=times,
            code="order-of-list",
            order="oldest" if is_ascending else "newest",
            pointer="/data",
        )


@decides("RUN-LIST-007")
def limited(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the length of pages whose limit was given."""
    for page in pages(evidence, *LIST_OPERATIONS):
        limit = page.query.get("limit", "")
        if limit:
            yield decided(
                evidence,
                "RUN-LIST-007",
                page.exchange,
                holds=len(page.exchange.answered["data"]) <= int(limit),
                actual=f"{len(page.exchange.answered['data'])} items",
                code="too-many-items",
                limit=int(limit),
                pointer="/data",
            )


def walks(evidence: Evidence, operation: str) -> Iterator[tuple[ListedPage, ...]]:
    """Yield walks over a list: a first page and those that follow, to where a page says it ends."""
    for walk in cursor_walks(evidence, operation):
        ends = (at for at, page in enumerate(walk, start=1) if page.has_more is False)
        yield walk[: next(ends, None)]


def cursor_walks(evidence: Evidence, operation: str) -> tuple[tuple[ListedPage, ...], ...]:
    """Return first pages and those that follow their cursor, whether more was promised or not.

    Where a server goes on from an item that may have been deleted is nowhere said.
    """
    return evidence.derived(_cursor_walks, operation)


def _cursor_walks(evidence: Evidence, operation: str) -> Iterator[tuple[ListedPage, ...]]:
    begun: list[list[ListedPage]] = []
    ending_at: dict[tuple[str, str, str], list[int]] = {}
    for page in pages(evidence, operation):
        if "before" in page.query or page.exchange.together:
            continue
        cursor = page.query.get("after")
        if cursor is None:
            at = len(begun)
            begun.append([page])
        elif may_be_gone(evidence, page.exchange, cursor):
            continue
        elif waiting := ending_at.get((page.path, page.order, cursor)):
            at = max(waiting)  # the walk that was begun last goes on
            waiting.remove(at)
            begun[at].append(page)
        else:
            continue
        if page.ids:
            ending_at.setdefault((page.path, page.order, page.ids[-1]), []).append(at)
    yield from map(tuple, begun)


@decides("RUN-LIST-015")
def limited_by_default(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the length of pages whose limit was not given, where a longer list is known to be."""
    bounds = list_limit(evidence.contract.edition)
    for page in pages(evidence, *LIST_OPERATIONS):
        length = len(page.exchange.answered["data"])
        if "limit" not in page.query and (page.has_more is True or length > bounds.default):
            yield decided(
                evidence,
                "RUN-LIST-015",
                page.exchange,
                holds=length <= bounds.default,
                actual=f"{length} items",
                code="too-many-items",
                limit=bounds.default,
                pointer="/data",
            )


@decides("RUN-LIST-017")
def limit_in_range(evidence: Evidence) -> Iterator[Outcome]:
    """Judge lists that are there, asked for with a limit that is out of range, or a word."""
    bounds = list_limit(evidence.contract.edition)
    for page in asked_pages(evidence, *LIST_OPERATIONS):
        exchange, limit = page.exchange, page.query.get("limit", "")
        is_out = limit.isdecimal() and not bounds.least <= float(limit) <= bounds.most
        is_word = limit.isascii() and limit.isalpha()
        is_there = evidence.is_offered(exchange) and exchange.intent is not Intent.ABSENT
        if (is_out or is_word) and is_there and not exchange.is_turned_away:
            actual = f"{exchange.response.status} for a limit of {limit}"
            why = f"limits are {bounds.least} to {bounds.most}"
            yield from refused(evidence, "RUN-LIST-017", exchange, why, actual=actual)


@decides("RUN-LIST-019")
def order_is_known(evidence: Evidence) -> Iterator[Outcome]:
    """Judge lists that are there, asked for in an order that is none."""
    for asked in asked_pages(evidence, *LIST_OPERATIONS):
        exchange = asked.exchange
        if exchange.is_turned_away or exchange.intent is Intent.ABSENT:
            continue
        if asked.is_plain and asked.order not in ORDERS and evidence.is_offered(exchange):
            actual = f"{exchange.response.status} for the order {asked.order!r}"
            why = f"orders are {' and '.join(ORDERS)}"
            yield from refused(evidence, "RUN-LIST-019", exchange, why, actual=actual)
