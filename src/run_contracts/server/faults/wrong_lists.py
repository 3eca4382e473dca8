"""Lists whose pages lie about what follows, repeat, leave out, or hold what is not theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from run_contracts.server.event_frames import Streaming
from run_contracts.server.queries import DEFAULT_PAGE, PageQuery, page_query
from run_contracts.server.records import Run, Wire


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
    """RUN-LIST-002-b: lists hold ids instead of objects."""

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


class LongPages(Streaming):
    """RUN-LIST-015: a page holds 100 items when no limit is asked for."""

    def page(self, oldest_first: list[Wire], query: PageQuery) -> Wire:
        is_default = query.limit == DEFAULT_PAGE
        return super().page(oldest_first, replace(query, limit=100) if is_default else query)


class OnePageOfSteps(Streaming):
    """RUN-LIST-016: the second page of a run's steps, or of messages, is empty."""

    def after_cursor(self, items: list[Wire], query: PageQuery) -> list[Wire]:
        rest = super().after_cursor(items, query)
        is_meant = query.after is not None and items[0]["object"] != "thread.run"
        return [] if is_meant else rest


class AnyLimit(Streaming):
    """RUN-LIST-017: a limit out of range is taken for the nearest that is not."""

    def list_runs(self, thread_id: str, query: Mapping[str, str]) -> Wire:
        limit = query.get("limit", "20")
        if limit.isdecimal():
            query = {**query, "limit": str(min(max(int(limit), 1), 100))}
        return super().list_runs(thread_id, query)


class EveryThreadsMessages(Streaming):
    """RUN-LIST-018: the list of a thread's messages holds those of every thread."""

    def list_messages(self, thread_id: str, query: Mapping[str, str]) -> Wire:
        self.find_thread(thread_id)
        found = [one for thread in self.threads.values() for one in thread.messages]
        return self.page(found, page_query(query))
