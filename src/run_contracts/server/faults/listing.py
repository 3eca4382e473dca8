"""Lists whose pages lie about what follows, repeat, leave out, or hold what is not theirs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from run_contracts.server.queries import PageQuery
from run_contracts.server.records import Run, Wire
from run_contracts.server.streams import Streaming


class NeverMore(Streaming):
    """RUN-LIST-005: has_more is always false."""

    def has_more(self, rest: int) -> bool:
        return False


class AlwaysMore(Streaming):
    """RUN-LIST-005-b: has_more is always true."""

    def has_more(self, rest: int) -> bool:
        return True


class OldestFirst(Streaming):
    """RUN-LIST-006: lists are oldest first unless asked otherwise, and newest first if asked."""

    def page(self, oldest_first: list[Wire], query: PageQuery) -> Wire:
        flipped = "asc" if query.order == "desc" else "desc"
        return super().page(oldest_first, replace(query, order=flipped))


class LimitIgnored(Streaming):
    """RUN-LIST-007: a page holds everything, whatever its limit."""

    def before_cursor(self, items: list[Wire], query: PageQuery) -> tuple[list[Wire], int]:
        return super().before_cursor(items, replace(query, limit=max(len(items), 1)))


class CursorIgnored(Streaming):
    """RUN-LIST-008: the cursor is ignored, so that paging never ends."""

    def after_cursor(self, items: list[Wire], query: PageQuery) -> list[Wire]:
        return items


class CursorIncluded(Streaming):
    """RUN-LIST-008-b: a page begins with the item that its cursor names."""

    def after_cursor(self, items: list[Wire], query: PageQuery) -> list[Wire]:
        rest = super().after_cursor(items, query)
        return items[len(items) - len(rest) - 1 :] if len(rest) < len(items) else items


class OneLeftOut(Streaming):
    """RUN-LIST-009: the item that follows a cursor is left out."""

    def after_cursor(self, items: list[Wire], query: PageQuery) -> list[Wire]:
        rest = super().after_cursor(items, query)
        return rest if query.after is None else rest[1:]


class OrderIgnored(Streaming):
    """RUN-LIST-011: lists are newest first, whatever order was asked for."""

    def page(self, oldest_first: list[Wire], query: PageQuery) -> Wire:
        return super().page(oldest_first, replace(query, order="desc"))


class EveryThreadsRuns(Streaming):
    """RUN-LIST-012: the list of a thread's runs holds those of every thread."""

    def runs_of(self, thread_id: str) -> list[Run]:
        self.find_thread(thread_id)
        found = [run for thread in self.threads.values() for run in thread.runs]
        return sorted(found, key=lambda run: run.created_at)


class IdsAlone(Streaming):
    """RUN-SHAPE-032-b: lists hold ids instead of objects."""

    def page(self, oldest_first: list[Wire], query: PageQuery) -> Wire:
        page = super().page(oldest_first, query)
        return {**page, "data": [item["id"] for item in page["data"]]}


class BareArrays(Streaming):
    """RUN-LIST-013: lists are bare arrays, without an envelope."""

    def page(self, oldest_first: list[Wire], query: PageQuery) -> Any:
        return super().page(oldest_first, query)["data"]


class BeforeIsAfter(Streaming):
    """RUN-LIST-014: the page before a cursor is the page after it."""

    def page(self, oldest_first: list[Wire], query: PageQuery) -> Wire:
        if query.before is None:
            return super().page(oldest_first, query)
        return super().page(oldest_first, replace(query, after=query.before, before=None))


class BeforeIgnored(Streaming):
    """RUN-LIST-014-b: a cursor named before is ignored."""

    def page(self, oldest_first: list[Wire], query: PageQuery) -> Wire:
        return super().page(oldest_first, replace(query, before=None))
