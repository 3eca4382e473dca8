"""Lists: what a client may list, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping

from run_contracts.server.parts.records import RunRecord, Wire
from run_contracts.server.parts.renderer import Renderer
from run_contracts.server.parts.service import Service
from run_contracts.server.parts.store import Store
from run_contracts.server.requests.query_string import PageQuery, page_query
from run_contracts.server.requests.refusal import Refusal


class ListPages:
    """Answers lists, and cuts them into pages."""

    def __init__(self, *, store: Store, service: Service, renderer: Renderer) -> None:
        """List what the store keeps, as the service finds it now."""
        self.store = store
        self.service = service
        self.renderer = renderer

    def assistants(self, query: Mapping[str, str]) -> Wire:
        """Return a page of the assistants."""
        return self.page(
            list(self.store.assistants.values()), page_query(query, self.renderer.edition)
        )

    def messages(self, thread_id: str, query: Mapping[str, str]) -> Wire:
        """Return a page of a thread's messages."""
        page = page_query(query, self.renderer.edition)
        return self.page(self.messages_of(thread_id), page)

    def messages_of(self, thread_id: str) -> list[Wire]:
        """Return the messages of a thread, oldest first."""
        return self.service.find_thread(thread_id).messages

    def runs(self, thread_id: str, query: Mapping[str, str]) -> Wire:
        """Return a page of a thread's runs."""
        page = page_query(query, self.renderer.edition)
        return self.page(list(map(self.renderer.run, self.runs_of(thread_id))), page)

    def runs_of(self, thread_id: str) -> list[RunRecord]:
        """Return the runs of a thread, oldest first."""
        return self.service.find_thread(thread_id).runs

    def steps(self, thread_id: str, run_id: str, query: Mapping[str, str]) -> Wire:
        """Return a page of a run's steps."""
        page = page_query(query, self.renderer.edition)
        run = self.service.find_run(thread_id, run_id)
        return self.page([self.renderer.step(step, run) for step in run.steps], page)

    def page(self, items: list[Wire], query: PageQuery) -> Wire:
        """Return one page of items, which come oldest first, in the envelope of a list."""
        ordered = items if query.order == "asc" else items[::-1]
        shown, rest = self.before_cursor(self.after_cursor(ordered, query), query)
        return {
            "object": "list",
            "data": shown,
            "first_id": shown[0]["id"] if shown else None,
            "last_id": shown[-1]["id"] if shown else None,
            "has_more": self.has_more(rest),
        }

    def after_cursor(self, items: list[Wire], query: PageQuery) -> list[Wire]:
        """Return the items that follow the cursor."""
        return items if query.after is None else items[_place(items, "after", query.after) + 1 :]

    def before_cursor(self, items: list[Wire], query: PageQuery) -> tuple[list[Wire], int]:
        """Return the page itself, and how many items are left beyond it."""
        if query.before is not None:
            items = items[: _place(items, "before", query.before)]
            start = max(0, len(items) - query.limit)
            return items[start:], start
        return items[: query.limit], max(0, len(items) - query.limit)

    def has_more(self, rest: int) -> bool:
        """Say whether items are left beyond a page."""
        return rest > 0


def _place(items: list[Wire], param: str, cursor: str) -> int:
    """Return where a cursor stands, or refuse it."""
    for at, item in enumerate(items):
        if item["id"] == cursor:
            return at
    raise Refusal(
        f"Invalid '{param}': no item of this list has the id '{cursor}'.",
        param=param,
        code="invalid_value",
    )
