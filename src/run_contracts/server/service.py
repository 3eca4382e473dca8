"""What the server does when it is asked.

Each thing is one small method, so that a fault (`run_contracts.server.faults`) can break it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from run_contracts.contract import Contract, load
from run_contracts.server.clock import Clock, Ids
from run_contracts.server.commands import Commands
from run_contracts.server.options import ServerOptions
from run_contracts.server.records import Run, Thread, Wire
from run_contracts.server.refusal import Refusal, absent
from run_contracts.server.rendering import text
from run_contracts.server.requests import PageQuery, page_query

SENTENCES = (
    "The small red boat left the harbour before the sun came up.",
    "Nobody on the pier had expected it to sail on a day like this.",
    "Two gulls followed it past the lighthouse and then turned back.",
    "By noon the wind had dropped and the sea lay flat and grey.",
    "The captain wrote one line into the log and closed the book.",
    "Far behind them the town rang its bells for the market.",
)
REPLY_SENTENCES = 4
LONGEST_VALUE = 512


class Service(Commands):
    """The server's memory and everything it can be asked, in one edition."""

    def __init__(self, options: ServerOptions, clock: Clock, edition: str) -> None:
        """Start with nothing."""
        self.options = options
        self.clock = clock
        self.edition = edition
        self.contract: Contract = load(edition)
        self.ids = Ids(options.seed)
        self.words = random.Random(options.seed)  # noqa: S311 - content, not secrets
        self.assistants: dict[str, Wire] = {}
        self.threads: dict[str, Thread] = {}

    # Assistants and threads

    def create_assistant(self, body: Wire) -> Wire:
        """Make an assistant."""
        is_v2 = self.edition == "v2"
        extra: Wire = {"file_ids": body.get("file_ids", [])}
        if is_v2:
            extra = {
                "top_p": _or(body.get("top_p"), 1.0),
                "temperature": _or(body.get("temperature"), 1.0),
                "tool_resources": body.get("tool_resources") or {},
                "response_format": body.get("response_format") or "auto",
            }
        assistant = {
            "id": self.ids.new("asst_"),
            "object": "assistant",
            "created_at": self.stamp(self.clock.now()),
            "name": body.get("name"),
            "description": body.get("description"),
            "model": body["model"],
            "instructions": body.get("instructions"),
            "tools": body.get("tools", []),
            "metadata": self.metadata(body),
            **extra,
        }
        self.assistants[assistant["id"]] = assistant
        return assistant

    def find_assistant(self, assistant_id: str) -> Wire:
        """Return an assistant, or refuse."""
        found = self.assistants.get(assistant_id)
        if found is None:
            raise self.absence("assistant", assistant_id)
        return found

    def create_thread(self, body: Wire) -> Thread:
        """Make a thread with the messages of the body."""
        resources: Wire = {"tool_resources": {}} if self.edition == "v2" else {}
        wire = {
            "id": self.ids.new("thread_"),
            "object": "thread",
            "created_at": self.stamp(self.clock.now()),
            "metadata": self.metadata(body),
            **resources,
        }
        thread = Thread(wire=wire)
        self.threads[wire["id"]] = thread
        for message in body.get("messages", []):
            self.add_message(thread, message)
        return thread

    def find_thread(self, thread_id: str) -> Thread:
        """Return a thread, its runs advanced to now, or refuse."""
        thread = self.threads.get(thread_id)
        if thread is None:
            raise self.absence("thread", thread_id)
        for run in thread.runs:
            self.advance(run)
        return thread

    def add_message(self, thread: Thread, body: Wire) -> Wire:
        """Add a message to a thread."""
        content = body["content"]
        parts = [text(content)] if isinstance(content, str) else [_part(one) for one in content]
        message = self.render_message(
            message_id=self.ids.new("msg_"),
            thread_id=thread.wire["id"],
            moment=self.clock.now(),
            role=body["role"],
            content=parts,
            metadata=self.metadata(body),
        )
        thread.messages.append(message)
        return message

    def create_message(self, thread_id: str, body: Wire) -> Wire:
        """Add a message, unless a run of the thread is active."""
        thread = self.find_thread(thread_id)
        active = self.active_run(thread)
        if active is not None:
            raise Refusal(f"Can't add messages to {thread_id} while a run {active.id} is active.")
        return self.add_message(thread, body)

    def metadata(self, body: Wire) -> Wire:
        """Return the metadata to keep; v1 kept any value as its text, if that is not too long."""
        given = body.get("metadata") or {}
        kept = {name: one if isinstance(one, str) else str(one) for name, one in given.items()}
        for name, value in kept.items():
            if len(value) > LONGEST_VALUE:
                raise Refusal(
                    f"Invalid value for 'metadata.{name}' (maxLength {LONGEST_VALUE}).",
                    param=f"metadata.{name}",
                    code="string_above_max_length",
                )
        return kept

    def absence(self, kind: str, wanted: str) -> Refusal:
        """Return the refusal for an id that names nothing."""
        return absent(kind, wanted)

    def refusal_body(self, refusal: Refusal) -> Wire:
        """Return the body of a refusal."""
        return refusal.body()

    def created(self, run: Run) -> Wire:
        """Return what a create answers."""
        return self.render_run(run)

    # Lists

    def list_runs(self, thread_id: str, query: Mapping[str, str]) -> Wire:
        """Return a page of a thread's runs."""
        page = page_query(query)
        return self.page([self.render_run(run) for run in self.runs_of(thread_id)], page)

    def runs_of(self, thread_id: str) -> list[Run]:
        """Return the runs of a thread, oldest first."""
        return self.find_thread(thread_id).runs

    def list_messages(self, thread_id: str, query: Mapping[str, str]) -> Wire:
        """Return a page of a thread's messages."""
        return self.page(self.find_thread(thread_id).messages, page_query(query))

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
        return items if query.after is None else items[self.place(items, query.after) + 1 :]

    def before_cursor(self, items: list[Wire], query: PageQuery) -> tuple[list[Wire], int]:
        """Return the page itself, and how many items are left beyond it."""
        if query.before is not None:
            items = items[: self.place(items, query.before)]
            start = max(0, len(items) - query.limit)
            return items[start:], start
        return items[: query.limit], max(0, len(items) - query.limit)

    def place(self, items: list[Wire], cursor: str) -> int:
        """Return where a cursor stands, or refuse it."""
        for at, item in enumerate(items):
            if item["id"] == cursor:
                return at
        raise Refusal(f"No item found with id '{cursor}'.", param="after")

    def has_more(self, rest: int) -> bool:
        """Say whether items are left beyond a page."""
        return rest > 0

    # The model

    def reply(self) -> list[str]:
        """Return the words the model will write."""
        return " ".join(self.words.sample(SENTENCES, REPLY_SENTENCES)).split()


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _part(part: Wire) -> Wire:
    """Return a part of a request's message as the wire answers it."""
    return text(part["text"]) if part["type"] == "text" else part
