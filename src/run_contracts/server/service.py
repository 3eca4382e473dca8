"""What the server does when it is asked.

Each thing is one small method, so that a fault (`run_contracts.server.faults`) can break it.
The parts, from the ground up: `rendering`, `log`, `engine`, `setup`, `commands`, and the lists
here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from run_contracts.contract.loading import Contract, load
from run_contracts.server.clock import Clock, Ids
from run_contracts.server.commands import Commands
from run_contracts.server.options import ServerOptions
from run_contracts.server.queries import PageQuery, check_include, page_query
from run_contracts.server.records import Run, Wire
from run_contracts.server.refusal import Refusal
from run_contracts.server.request_bodies import parsed


class Service(Commands):
    """The server's memory and everything it can be asked, in one edition."""

    def __init__(
        self, options: ServerOptions, clock: Clock, edition: str, ids: Ids | None = None
    ) -> None:
        """Start with nothing; editions that share `ids` never give the same one twice."""
        self.options = options
        self.clock = clock
        self.ids = ids or Ids(options.seed)
        self.edition = edition
        self.contract: Contract = load(edition)
        self.assistants = {}
        self.threads = {}

    def read_body(self, data: bytes, kind: str) -> Wire:
        """Return the body of a request, or refuse it."""
        return parsed(data, kind, self.contract, required=kind != "create_thread_request")

    def refuse_key(self, message: str) -> Refusal:
        """Return the refusal of a key."""
        return Refusal(message, status=401, code="invalid_api_key")

    def edition_unnamed(self) -> str:
        """Refuse a request that names no edition; a fault may return one instead."""
        raise Refusal(
            "You must provide the 'OpenAI-Beta' header to access the Assistants API. "
            "Please try again by setting the header 'OpenAI-Beta: assistants=v2'.",
            code="invalid_beta",
        )

    def check_include(self, query: QueryParams) -> None:
        """Refuse something to include that does not exist."""
        check_include(query.multi_items(), self.edition)

    def refusal_body(self, refusal: Refusal) -> Wire:
        """Return the body of a refusal."""
        return refusal.body()

    def written(self, value: Any) -> str:
        """Return a value as the text of a body."""
        return json.dumps(value)

    def leaving(self, request: Request, response: Response) -> Response:  # noqa: ARG002
        """Return an answer as it leaves."""
        return response

    def list_assistants(self, query: Mapping[str, str]) -> Wire:
        """Return a page of the assistants."""
        return self.page(list(self.assistants.values()), page_query(query))

    def list_messages(self, thread_id: str, query: Mapping[str, str]) -> Wire:
        """Return a page of a thread's messages."""
        page = page_query(query)
        return self.page(self.find_thread(thread_id).messages, page)

    def list_runs(self, thread_id: str, query: Mapping[str, str]) -> Wire:
        """Return a page of a thread's runs."""
        page = page_query(query)
        return self.page([self.render_run(run) for run in self.runs_of(thread_id)], page)

    def runs_of(self, thread_id: str) -> list[Run]:
        """Return the runs of a thread, oldest first."""
        return self.find_thread(thread_id).runs

    def list_steps(self, thread_id: str, run_id: str, query: Mapping[str, str]) -> Wire:
        """Return a page of a run's steps."""
        page = page_query(query)
        run = self.find_run(thread_id, run_id)
        return self.page([self.render_step(step, run) for step in run.steps], page)

    def find_step(self, thread_id: str, run_id: str, step_id: str) -> Wire:
        """Return one step of a run, or refuse."""
        run = self.find_run(thread_id, run_id)
        for step in run.steps:
            if step.id == step_id:
                return self.render_step(step, run)
        raise self.absence("run step", step_id)

    def page(self, oldest_first: list[Wire], query: PageQuery) -> Wire:
        """Return one page as the envelope of a list."""
        items = oldest_first if query.order == "asc" else oldest_first[::-1]
        items = self.after_cursor(items, query)
        items, rest = self.before_cursor(items, query)
        return {
            "object": "list",
            "data": items,
            "first_id": items[0]["id"] if items else None,
            "last_id": items[-1]["id"] if items else None,
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
