"""Lists whose pages lie about what follows, repeat, leave out, or hold what is not theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from run_contracts.contract.operations import list_limit
from run_contracts.server.faults.fault import after, around, instead_of
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.list_pages import ListPages
from run_contracts.server.parts.records import RunRecord, Wire
from run_contracts.server.requests.query_string import PageQuery

Paging = Callable[[list[Wire], PageQuery], Wire]
"""What returns a page of items."""


@instead_of(ListPages.has_more)
def never_more(server: EditionServer, rest: int) -> bool:
    """RUN-LIST-005: has_more is always false."""
    return False


@instead_of(ListPages.has_more)
def always_more(server: EditionServer, rest: int) -> bool:
    """RUN-LIST-005-b: has_more is always true."""
    return True


@around(ListPages.page)
def oldest_first(server: EditionServer, inner: Paging, items: list[Wire], query: PageQuery) -> Wire:
    """RUN-LIST-006: lists are oldest first unless asked otherwise, and newest first if asked."""
    return inner(items, replace(query, order="asc" if query.order == "desc" else "desc"))


@around(ListPages.before_cursor)
def limit_ignored(
    server: EditionServer,
    inner: Callable[[list[Wire], PageQuery], tuple[list[Wire], int]],
    items: list[Wire],
    query: PageQuery,
) -> tuple[list[Wire], int]:
    """RUN-LIST-007: a page holds everything, whatever its limit."""
    return inner(items, replace(query, limit=max(len(items), 1)))


@instead_of(ListPages.after_cursor)
def cursor_ignored(server: EditionServer, items: list[Wire], query: PageQuery) -> list[Wire]:
    """RUN-LIST-008: the cursor is ignored, so that paging never ends."""
    return items


@after(ListPages.after_cursor)
def cursor_included(
    server: EditionServer, rest: list[Wire], items: list[Wire], query: PageQuery
) -> list[Wire]:
    """RUN-LIST-008-b: a page begins with the item that its cursor names."""
    return items[len(items) - len(rest) - 1 :] if len(rest) < len(items) else items


@after(ListPages.after_cursor)
def next_left_out(
    server: EditionServer, rest: list[Wire], items: list[Wire], query: PageQuery
) -> list[Wire]:
    """RUN-LIST-009: the item that follows a cursor is left out."""
    return rest if query.after is None else rest[1:]


@around(ListPages.page)
def order_ignored(
    server: EditionServer, inner: Paging, items: list[Wire], query: PageQuery
) -> Wire:
    """RUN-LIST-011: lists are newest first, whatever order was asked for."""
    return inner(items, replace(query, order="desc"))


@instead_of(ListPages.runs_of)
def every_threads_runs(server: EditionServer, thread_id: str) -> list[RunRecord]:
    """RUN-LIST-012: the list of a thread's runs holds those of every thread."""
    server.service.find_thread(thread_id)
    runs = [run for thread in server.store.threads.values() for run in thread.runs]
    return sorted(runs, key=lambda run: run.created_at)


@after(ListPages.page)
def ids_alone(server: EditionServer, page: Wire, items: list[Wire], query: PageQuery) -> Wire:
    """RUN-LIST-002-b: lists hold ids instead of objects."""
    return {**page, "data": [item["id"] for item in page["data"]]}


@after(ListPages.page)
def bare_arrays(server: EditionServer, page: Wire, items: list[Wire], query: PageQuery) -> Any:
    """RUN-LIST-013: lists are bare arrays, without an envelope."""
    return page["data"]


@around(ListPages.page)
def before_is_after(
    server: EditionServer, inner: Paging, items: list[Wire], query: PageQuery
) -> Wire:
    """RUN-LIST-014: the page before a cursor is the page after it."""
    if query.before is None:
        return inner(items, query)
    return inner(items, replace(query, after=query.before, before=None))


@around(ListPages.page)
def before_ignored(
    server: EditionServer, inner: Paging, items: list[Wire], query: PageQuery
) -> Wire:
    """RUN-LIST-014-b: a cursor named before is ignored."""
    return inner(items, replace(query, before=None))


@around(ListPages.page)
def long_pages(server: EditionServer, inner: Paging, items: list[Wire], query: PageQuery) -> Wire:
    """RUN-LIST-015: a page holds as many items as it ever may when no limit is asked for."""
    limit = list_limit(server.renderer.edition)
    is_default = query.limit == limit.default
    return inner(items, replace(query, limit=limit.most) if is_default else query)


@after(ListPages.after_cursor)
def single_pages(
    server: EditionServer, rest: list[Wire], items: list[Wire], query: PageQuery
) -> list[Wire]:
    """RUN-LIST-016: the second page of a run's steps, or of messages, is empty."""
    is_meant = query.after is not None and items[0]["object"] != "thread.run"
    return [] if is_meant else rest


@around(ListPages.runs)
def any_limit(
    server: EditionServer,
    inner: Callable[[str, Mapping[str, str]], Wire],
    thread_id: str,
    query: Mapping[str, str],
) -> Wire:
    """RUN-LIST-017: a limit out of range is taken for the nearest that is not."""
    limit, bounds = query.get("limit", ""), list_limit(server.renderer.edition)
    if limit.isdecimal():
        query = {**query, "limit": str(min(max(int(limit), bounds.least), bounds.most))}
    return inner(thread_id, query)


@around(ListPages.runs)
def any_order(
    server: EditionServer,
    inner: Callable[[str, Mapping[str, str]], Wire],
    thread_id: str,
    query: Mapping[str, str],
) -> Wire:
    """RUN-LIST-019: an order that is none is taken for oldest first."""
    order = query.get("order", "desc")
    return inner(thread_id, {**query, "order": order if order == "desc" else "asc"})


@instead_of(ListPages.messages_of)
def every_threads_messages(server: EditionServer, thread_id: str) -> list[Wire]:
    """RUN-LIST-018: the list of a thread's messages holds those of every thread."""
    server.service.find_thread(thread_id)
    return [message for thread in server.store.threads.values() for message in thread.messages]
